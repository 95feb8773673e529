// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "aaa/policy.h"
#include "util/file.h"
#include "util/hash.h"
#include "util/ip.h"
#include "util/nt_hash.h"
#include "util/text.h"
#include "secrets.h"

#define MAX_WORD	1023		/* octets of any word, as in pppd */
#define MAX_SECRET_FILE	65536		/* octets of the file of a secret "@/path" */
#define NONE		UINT32_MAX
#define BAD_HASH	"{NT} has to be followed by the 32 hexadecimal digits of an NT hash; a " \
			"secret that begins with {NT} is written \\{NT}"
#define NO_ADDRESS	"no address stands behind the secret; expected a.b.c.d, a.b.c.d/n or " \
			"a.b.c.d-e.f.g.h, any with ! in front, * or -, the name of a pool, or " \
			"quotes around a secret with blanks"
#define REFUSED		"this line lets nobody in"
#define BYTE_ORDER_MARK	"\xef\xbb\xbf"	/* U+FEFF in UTF-8, which some editors put first */

struct item {
	struct secrets_entry entry;
	uint32_t next;			/* in the same bucket, in the order of the file */
	bool own_secret;		/* the secret came from a file and is not in the arena */
};

struct secrets {
	unsigned int refs;
	char *path;
	char *arena;			/* all names and most secrets */
	size_t arena_size;
	size_t arena_used;
	struct item *items;
	size_t n_items;
	size_t n_good;			/* those without a flaw */
	size_t room;			/* allocated items */
	uint32_t *buckets;		/* by client */
	uint32_t mask;
};

#define ALL_ADDRESSES	((struct ipv4_range){ 0, UINT32_MAX })

/* The addresses of most lines are just "*". All such lines share this, to save memory. */
static const struct secrets_address anything = { .range = ALL_ADDRESSES };

/* ---- words ---- */

enum token {
	TOKEN_WORD,
	TOKEN_NEWLINE,
	TOKEN_END,
	TOKEN_BAD,		/* reported already; the line is to be skipped */
};

struct lexer {
	const char *pos;
	const char *end;
	unsigned int line;
	const char *name;	/* of the file, for messages */
	struct diag *diag;
	const char *client;	/* whom the line is for; NULL: nobody whose name is known */
	char *flaw;		/* what is wrong with the line of @client; NULL: nothing so far */
	bool names_file;	/* the last word begins with @/, and not with \@ */
	bool is_login;		/* the last word is @login, and not \@login */
	bool is_hash;		/* the last word begins with {NT}, and not with \{ */
	bool cut;		/* the last word ends with a comment, without a blank between */
	char lost;		/* a backslash before this letter means nothing; NUL: none */
	size_t len;		/* of the last word */
	char word[MAX_WORD + 1];
};

/* Returns what is wrong with a line, for the log; NULL if there is no memory. */
static char *flaw_text(const char *file, unsigned int line, const char *words)
{
	char shown[TEXT_SHOW_SIZE(512)], *text;

	text_show(shown, sizeof(shown), words, strlen(words));
	return asprintf(&text, "%s:%u: %s", file, line, shown) < 0 ? NULL : text;
}

/* Tell what is wrong with a line. The other lines of the file count all the same. */
static void __attribute__((format(printf, 3, 4)))
bad_line(struct lexer *lex, unsigned int line, const char *fmt, ...)
{
	char words[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	diag_warning(lex->diag, lex->name, line, "%s; %s", words,
		     lex->client ? REFUSED : "this line is skipped");
	if (lex->client && !lex->flaw)
		lex->flaw = flaw_text(lex->name, line, words);
}

/* Begin to read the @len octets at @text, which are of the file @name. */
static void lexer_init(struct lexer *lex, const char *name, const char *text, size_t len,
		       struct diag *diag)
{
	const size_t mark = strlen(BYTE_ORDER_MARK);

	memset(lex, 0, sizeof(*lex));
	lex->pos = text;
	lex->end = text + len;
	lex->line = 1;
	lex->name = name;
	lex->diag = diag;
	if (len >= mark && !memcmp(text, BYTE_ORDER_MARK, mark))
		lex->pos += mark;
}

static int peek(const struct lexer *lex)
{
	return lex->pos < lex->end ? (unsigned char)*lex->pos : EOF;
}

static int take(struct lexer *lex)
{
	int c = peek(lex);

	if (c == EOF)
		return EOF;
	lex->pos++;
	if (c == '\n')
		lex->line++;
	return c;
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

/* Returns true if LF or CR LF are @ahead octets ahead. */
static bool ends_line(const struct lexer *lex, ptrdiff_t ahead)
{
	const char *pos = lex->pos + ahead;
	const ptrdiff_t left = lex->end - lex->pos - ahead;

	return (left >= 1 && *pos == '\n') || (left >= 2 && pos[0] == '\r' && pos[1] == '\n');
}

static void take_line_end(struct lexer *lex)
{
	while (take(lex) != '\n')
		;
}

static void skip_blanks(struct lexer *lex)
{
	for (;;) {
		if (is_blank(peek(lex))) {
			take(lex);
		} else if (peek(lex) == '#') {
			while (peek(lex) != EOF && peek(lex) != '\n')
				take(lex);
		} else if (peek(lex) == '\\' && ends_line(lex, 1)) {
			take(lex);
			take_line_end(lex);
		} else {
			return;
		}
	}
}

static int take_digits(struct lexer *lex, unsigned int base, int most)
{
	int value = 0;

	for (int n = 0; n < most; n++) {
		int c = peek(lex), digit;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if (c >= 'a' && c <= 'f')
			digit = c - 'a' + 10;
		else if (c >= 'A' && c <= 'F')
			digit = c - 'A' + 10;
		else
			break;
		if (digit >= (int)base)
			break;
		value = value * (int)base + digit;
		take(lex);
	}
	return value & 0xff;
}

/* Returns the octet for the escape behind a backslash, or EOF if it stands for no octet. */
static int take_escape(struct lexer *lex)
{
	int c = peek(lex);

	if (c >= '0' && c <= '7')
		return take_digits(lex, 8, 3);
	if (ends_line(lex, 0)) {
		take_line_end(lex);
		return EOF;
	}
	take(lex);
	switch (c) {
	case 'a':
		return '\a';
	case 'b':
		return '\b';
	case 'f':
		return '\f';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 's':
		return ' ';
	case 't':
		return '\t';
	case 'x':
		return take_digits(lex, 16, 2);
	default:
		if (!lex->lost && isalnum(c))
			lex->lost = (char)c;
		return c;
	}
}

static bool add_char(struct lexer *lex, unsigned int line, int c)
{
	if (c == '\0') {
		bad_line(lex, line, "a word has a NUL in it");
		return false;
	}
	if (lex->len == MAX_WORD) {
		bad_line(lex, line, "a word is longer than %d octets", MAX_WORD);
		return false;
	}
	lex->word[lex->len++] = (char)c;
	return true;
}

/* Returns true if the word ends before @c, which stands outside of quotes. */
static bool ends_word(int c)
{
	return c == EOF || c == '\n' || c == '#' || is_blank(c);
}

static enum token take_word(struct lexer *lex)
{
	unsigned int line = lex->line;
	bool marks_file = false, closed = false;
	int quote = 0;

	lex->len = 0;
	lex->lost = '\0';
	lex->is_hash = false;
	for (;;) {
		int c = peek(lex);

		/* In pppd the word goes on in the next line, which nobody has ever meant. */
		if (quote && (c == EOF || c == '\n')) {
			bad_line(lex, line, "the quote %c that opens here is not closed in its line; "
				 "one that belongs to the word is written \\%c", quote, quote);
			return TOKEN_BAD;
		}
		if (!quote && ends_word(c))
			break;
		take(lex);
		if (quote ? c == quote : c == '"' || c == '\'') {
			closed = quote;
			quote = quote ? 0 : c;
			continue;
		}
		closed = false;
		if (!lex->len) {
			marks_file = c == '@';
			lex->is_hash = c == '{';
		}
		if (c == '\\') {
			c = take_escape(lex);
			if (c == EOF)
				continue;
		}
		if (!add_char(lex, line, c))
			return TOKEN_BAD;
	}
	/* Behind a quote that was closed, # is not taken for a part of the word. */
	lex->cut = peek(lex) == '#' && !closed;
	lex->word[lex->len] = '\0';
	lex->names_file = marks_file && lex->word[1] == '/';
	lex->is_login = marks_file && !strcmp(lex->word, "@login");
	lex->is_hash = lex->is_hash && nt_hash_is_marked(lex->word, lex->len);
	return TOKEN_WORD;
}

static enum token next_token(struct lexer *lex)
{
	skip_blanks(lex);
	if (peek(lex) == EOF)
		return TOKEN_END;
	if (peek(lex) == '\n') {
		take(lex);
		return TOKEN_NEWLINE;
	}
	return take_word(lex);
}

static void skip_line(struct lexer *lex)
{
	int c;

	do
		c = take(lex);
	while (c != '\n' && c != EOF);
}

/* ---- files ---- */

/*
 * Where a file is named: in @line of the file that @lex reads; or (@lex NULL) by the option
 * "secrets", which cannot do without the file @path.
 */
struct named {
	struct lexer *lex;
	unsigned int line;
	const char *path;
};

static void __attribute__((format(printf, 3, 4)))
cannot_use(const struct named *named, struct diag *diag, const char *fmt, ...)
{
	char words[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(words, sizeof(words), fmt, args);
	va_end(args);
	if (named->lex)
		bad_line(named->lex, named->line, "%s", words);
	else
		diag_error(diag, named->path, 0, "%s", words);
}

/* Returns false, with a report, if others may read or write a file that has secrets. */
static bool check_mode(const struct named *named, mode_t mode, const char *path, struct diag *diag)
{
	if (mode & (S_IROTH | S_IWOTH)) {
		cannot_use(named, diag, "%s%smode %04o lets others in on the secrets; expected 0600",
			   named->lex ? path : "", named->lex ? ": " : "", mode);
		return false;
	}
	if (mode & S_IWGRP)
		diag_warning(diag, path, 0, "mode %04o lets a group change the secrets", mode);
	return true;
}

static void wipe_free(char *data, size_t len)
{
	if (!data)
		return;
	explicit_bzero(data, len);
	free(data);
}

/* Read a file of at most @most octets. If this returns true the caller must call file_free(). */
static bool read_file(struct file *file, const char *path, size_t most, const struct named *named,
		      struct diag *diag)
{
	if (file_read(file, path, most)) {
		cannot_use(named, diag, "%s %s", named->lex ? path : "secrets", file->reason);
		return false;
	}
	if (check_mode(named, file->mode, path, diag))
		return true;
	file_free(file);
	return false;
}

/* ---- lines ---- */

static char *keep(struct secrets *s, const char *word, size_t len)
{
	char *copy = s->arena + s->arena_used;

	/*
	 * Every word has room in the arena. A word takes its octets and a NUL there. In the text it
	 * takes at least as many octets, and the blank or newline behind it. The last word may have
	 * nothing behind it: for its NUL the arena is one octet larger than the text.
	 */
	memcpy(copy, word, len);
	copy[len] = '\0';
	s->arena_used += len + 1;
	return copy;
}

static struct ipv4_range range_of(const struct ip_prefix *prefix)
{
	const uint32_t first = ip_number(ip_network(prefix->address, prefix->length));

	return (struct ipv4_range){
		first, first + (uint32_t)(UINT64_C(0xffffffff) >> prefix->length),
	};
}

/* Read "a.b.c.d-e.f.g.h" or "a.b.c.d-e". Returns false if @text is none. */
static bool read_range(const char *text, struct ipv4_range *range)
{
	const char *dash = strchr(text, '-');
	struct ip_addr first, last;
	char word[16] = "";
	uint64_t octet;

	if (!dash || (size_t)(dash - text) >= sizeof(word))
		return false;
	memcpy(word, text, (size_t)(dash - text));
	if (!ip_parse_v4(word, &first))
		return false;
	range->first = ip_number(first);
	if (ip_parse_v4(dash + 1, &last))
		range->last = ip_number(last);
	else if (text_number(dash + 1, 0, 255, &octet))
		range->last = (range->first & ~0xffu) | (uint32_t)octet;
	else
		return false;
	return range->first <= range->last;
}

/* Read one word that stands for addresses. Returns false if it does not. */
static bool read_address(const char *text, struct secrets_address *out)
{
	struct ip_prefix prefix;
	struct ip_addr address;

	*out = anything;
	if (!strcmp(text, "-")) {
		out->deny = true;
		return true;
	}
	if (*text == '!') {
		out->deny = true;
		text++;
	}
	if (!strcmp(text, "*"))
		return true;
	if (ip_parse_v4(text, &address))
		prefix = ip_host(address);
	else if (!ip_parse_prefix_v4(text, &prefix))
		return read_range(text, &out->range);
	out->range = range_of(&prefix);
	return true;
}

static bool is_everything(const struct secrets_address *address)
{
	return !address->deny && !address->range.first && address->range.last == UINT32_MAX;
}

/* Returns true if @text can be the name of a pool, and nobody meant an address by it. */
static bool is_pool_name(const char *text)
{
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
	return text[strcspn(text, LETTERS)] && !text[strspn(text, LETTERS "0123456789.-")];
#undef LETTERS
}

/*
 * Read the number at *@text, of kbit/s, or of what a letter behind it says, and move *@text behind
 * it. Returns false if there is none, or no rate that can be kept.
 */
static bool read_speed(const char **text, uint64_t *rate)
{
	static const struct {
		char letter;
		uint64_t scale;
	} units[] = { { 'b', 1 }, { 'k', 1000 }, { 'm', 1000000 }, { 'g', 1000000000 } };
	uint64_t scale = 1000;

	if (!isdigit((unsigned char)**text))
		return false;
	for (*rate = 0; isdigit((unsigned char)**text) && *rate <= POLICY_RATE_MAX; ++*text)
		*rate = *rate * 10 + (uint64_t)(**text - '0');
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (tolower((unsigned char)**text) == units[i].letter) {
			scale = units[i].scale;
			++*text;
			break;
		}
	}
	if (*rate > POLICY_RATE_MAX / scale)
		return false;
	*rate *= scale;
	return !*rate || *rate >= POLICY_RATE_MIN;
}

/*
 * Read a rate as accel-ppp has it: to the user, and behind one of / \ : from him; or one for both.
 * Returns false if @text is none.
 */
static bool read_rate(const char *text, struct secrets_entry *entry)
{
	if (!read_speed(&text, &entry->rate_down))
		return false;
	entry->rate_up = entry->rate_down;
	if (*text && strchr("/\\:", *text)) {
		text++;
		if (!read_speed(&text, &entry->rate_up))
			return false;
	}
	return !*text;
}

static void bad_address(struct lexer *lex, const char *text)
{
	if (strchr(text, '/') && text[strlen(text) - 1] == '+')
		bad_line(lex, lex->line,
			 "a subnet with + counts pppd's interfaces, which do not exist here; write "
			 "the subnet without +, or an address");
	else
		bad_line(lex, lex->line, NO_ADDRESS);
}

bool secrets_read_addresses(const char *text, struct secrets_address *list, size_t *n)
{
	static const char blanks[] = " \t\r\n";
	char word[64];

	for (*n = 0; *(text += strspn(text, blanks)); ++*n) {
		const size_t len = strcspn(text, blanks);

		if (*n == SECRETS_MAX_ADDRESSES || len >= sizeof(word))
			return false;
		memcpy(word, text, len);
		word[len] = '\0';
		if (!read_address(word, &list[*n]))
			return false;
		text += len;
	}
	return true;
}

struct address_list {
	struct secrets_address list[SECRETS_MAX_ADDRESSES];
	size_t n;
};

/*
 * Take the last word, which is word number @at behind the secret. Returns false, with a report, if
 * it means nothing there.
 */
static bool take_address(struct secrets *s, struct lexer *lex, struct secrets_entry *entry,
			 struct address_list *to, unsigned int at)
{
	if (to->n == SECRETS_MAX_ADDRESSES) {
		bad_line(lex, lex->line, "more than %d addresses", SECRETS_MAX_ADDRESSES);
		return false;
	}
	if (!entry->rate_down && !entry->rate_up && read_address(lex->word, &to->list[to->n])) {
		to->n++;
		return true;
	}
	if (!at && is_pool_name(lex->word)) {
		entry->pool = keep(s, lex->word, lex->len);
		to->list[to->n++] = anything;
		return true;
	}
	if (at == 1 && read_rate(lex->word, entry))
		return true;
	bad_address(lex, lex->word);
	return false;
}

static bool keep_addresses(struct lexer *lex, struct secrets_entry *entry,
			   const struct address_list *from)
{
	struct secrets_address *copy;

	if (from->n == 1 && is_everything(&from->list[0])) {
		entry->addresses = &anything;
		entry->n_addresses = 1;
		return true;
	}
	if (!from->n)
		return true;
	copy = malloc(from->n * sizeof(*copy));
	if (!copy) {
		diag_error(lex->diag, lex->name, lex->line, "out of memory");
		return false;
	}
	memcpy(copy, from->list, from->n * sizeof(*copy));
	entry->addresses = copy;
	entry->n_addresses = from->n;
	return true;
}

/* Parse the rest of the line. Returns false, with a report, if it is bad. */
static bool parse_addresses(struct secrets *s, struct lexer *lex, struct secrets_entry *entry)
{
	struct address_list found = { .n = 0 };

	for (unsigned int at = 0;; at++) {
		unsigned int line = lex->line;
		enum token token = next_token(lex);

		if (token == TOKEN_NEWLINE || token == TOKEN_END)
			break;
		if (token == TOKEN_WORD && !strcmp(lex->word, "--")) {
			diag_warning(lex->diag, lex->name, line,
				     "options after -- are pppd's; they are ignored here");
			skip_line(lex);
			break;
		}
		if (token == TOKEN_BAD || !take_address(s, lex, entry, &found, at)) {
			skip_line(lex);
			return false;
		}
	}
	return keep_addresses(lex, entry, &found);
}

/*
 * If the last word stands for a hash, turn it into the octets of that. Returns false if its digits
 * are wrong.
 */
static bool resolve_hash(struct lexer *lex)
{
	uint8_t hash[NT_HASH_LEN];

	if (!lex->is_hash)
		return true;
	if (!nt_hash_parse(lex->word, lex->len, hash))
		return false;
	memcpy(lex->word, hash, sizeof(hash));
	lex->len = sizeof(hash);
	explicit_bzero(hash, sizeof(hash));
	return true;
}

/* Read the first word of a file. Returns false, with a report, if there is none. */
static bool first_word(struct lexer *inner, const struct named *named)
{
	enum token token;

	do
		token = next_token(inner);
	while (token == TOKEN_NEWLINE);
	if (token == TOKEN_WORD && !resolve_hash(inner)) {
		cannot_use(named, inner->diag, "in %s, " BAD_HASH, inner->name);
		return false;
	}
	if (token == TOKEN_WORD && inner->len && inner->len <= SECRETS_MAX_SECRET)
		return true;
	if (token == TOKEN_WORD && inner->len)
		cannot_use(named, inner->diag, "the secret in %s is longer than %d octets",
			   inner->name, SECRETS_MAX_SECRET);
	else
		cannot_use(named, inner->diag, "there is no secret in %s", inner->name);
	return false;
}

static bool copy_secret(struct item *item, const struct lexer *from)
{
	uint8_t *secret = malloc(from->len);

	if (!secret) {
		diag_error(from->diag, from->name, 0, "out of memory");
		return false;
	}
	memcpy(secret, from->word, from->len);
	item->entry.secret = secret;
	item->entry.secret_len = from->len;
	item->entry.nt_hash = from->is_hash;
	item->own_secret = true;
	return true;
}

static bool is_utf8(const char *word, size_t len)
{
	const uint8_t *p = (const uint8_t *)word;

	for (size_t n; len; p += n, len -= n) {
		uint32_t code;

		n = text_utf8(p, len, &code);
		if (!n)
			return false;
	}
	return true;
}

/* Returns true if the octets can be Latin-1, where 0x80 to 0x9f are control characters. */
static bool is_latin1(const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((uint8_t)word[i] & 0xe0) == 0x80)
			return false;
	return true;
}

/*
 * Warn if the secret, the last word of @lex, may be another than the one that was meant. The line of
 * @item is in the file that @at reads.
 */
static void doubt_secret(const struct lexer *lex, const struct lexer *at, const struct item *item)
{
	unsigned int line = item->entry.line;
	const char *client = item->entry.client;

	if (lex->cut)
		diag_warning(at->diag, at->name, line,
			     "the secret of \"%s\" ends at a #, and what follows is a comment; put "
			     "it in quotes if # belongs to it", client);
	if (lex->lost)
		diag_warning(at->diag, at->name, line, "the secret of \"%s\" has a backslash that "
			     "means nothing; one that belongs to it is written \\\\", client);
	else if (text_has_control(lex->word))
		diag_warning(at->diag, at->name, line, "the secret of \"%s\" has a control "
			     "character; a backslash that belongs to it is written \\\\", client);
	if (is_utf8(lex->word, lex->len))
		return;
	if (is_latin1(lex->word, lex->len))
		diag_warning(at->diag, at->name, line, "the secret of \"%s\" is not UTF-8; it is "
			     "taken for Latin-1 (ISO 8859-1), as pppd takes all", client);
	else
		diag_warning(at->diag, at->name, line, "the secret of \"%s\" is neither UTF-8 nor "
			     "Latin-1: logins by MS-CHAP will fail", client);
}

/* Read the secret of "@/path" from the first word of the file @path. */
static bool read_secret(struct lexer *lex, struct item *item, const char *path)
{
	const struct named named = { .lex = lex, .line = item->entry.line };
	struct lexer inner;
	struct file file;
	bool ok;

	if (!read_file(&file, path, MAX_SECRET_FILE, &named, lex->diag))
		return false;
	lexer_init(&inner, path, file.data, file.len, lex->diag);
	ok = first_word(&inner, &named) && copy_secret(item, &inner);
	if (ok && !inner.is_hash)
		doubt_secret(&inner, lex, item);
	explicit_bzero(&inner, sizeof(inner));
	file_free(&file);
	return ok;
}

static bool set_secret(struct secrets *s, struct lexer *lex, struct item *item, bool from_file)
{
	if (from_file) {
		char path[MAX_WORD + 1];

		memcpy(path, lex->word + 1, lex->len);
		return read_secret(lex, item, path);
	}
	if (!lex->len) {
		bad_line(lex, item->entry.line,
			 "the secret of \"%s\" is empty: anybody could use it",
			 item->entry.client);
		return false;
	}
	if (lex->is_login) {
		bad_line(lex, item->entry.line,
			 "the secret of \"%s\" is @login, and accounts of the system are not asked; "
			 "a password that is so is written \\@login", item->entry.client);
		return false;
	}
	if (lex->len > SECRETS_MAX_SECRET) {
		bad_line(lex, item->entry.line, "the secret of \"%s\" is longer than %d octets",
			 item->entry.client, SECRETS_MAX_SECRET);
		return false;
	}
	if (!resolve_hash(lex)) {
		bad_line(lex, item->entry.line, BAD_HASH);
		return false;
	}
	if (!lex->is_hash)
		doubt_secret(lex, lex, item);
	item->entry.secret = (const uint8_t *)keep(s, lex->word, lex->len);
	item->entry.secret_len = lex->len;
	item->entry.nt_hash = lex->is_hash;
	return true;
}

static struct item *new_item(struct secrets *s, struct lexer *lex)
{
	if (s->n_items == SECRETS_MAX_ENTRIES) {
		diag_error(lex->diag, lex->name, lex->line, "more than %d secrets",
			   SECRETS_MAX_ENTRIES);
		return NULL;
	}
	if (s->n_items == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		struct item *items = realloc(s->items, room * sizeof(*items));

		if (!items) {
			diag_error(lex->diag, lex->name, lex->line, "out of memory");
			return NULL;
		}
		s->items = items;
		s->room = room;
	}
	memset(&s->items[s->n_items], 0, sizeof(*s->items));
	return &s->items[s->n_items];
}

static bool keep_name(struct secrets *s, struct lexer *lex, const char *what, const char **name)
{
	if (lex->len > SECRETS_MAX_NAME) {
		bad_line(lex, lex->line, "the %s name is longer than %d octets", what,
			 SECRETS_MAX_NAME);
		return false;
	}
	if (text_has_control(lex->word)) {
		bad_line(lex, lex->line, "the %s name \"%s\" has a control character; a backslash "
			 "is written \\\\", what, lex->word);
		return false;
	}
	if (lex->lost)
		diag_warning(lex->diag, lex->name, lex->line, "in the %s name \"%s\", \\%c is just "
			     "%c; a backslash is written \\\\", what, lex->word, lex->lost,
			     lex->lost);
	if (!is_utf8(lex->word, lex->len))
		diag_warning(lex->diag, lex->name, lex->line, "the %s name \"%s\" is not UTF-8; only "
			     "a peer that sends the same octets is found", what, lex->word);
	*name = keep(s, lex->word, lex->len);
	return true;
}

/* Parse the server, the secret and the addresses of a line. */
static bool parse_rest(struct secrets *s, struct lexer *lex, struct item *item)
{
	static const char * const missing[] = { "a server and a secret", "a secret" };

	for (int i = 0; i < 2; i++) {
		enum token token = next_token(lex);
		bool ok;

		if (token == TOKEN_BAD) {
			skip_line(lex);
			return false;
		}
		if (token != TOKEN_WORD) {
			bad_line(lex, item->entry.line, "\"%s\" has to be followed by %s",
				 item->entry.client, missing[i]);
			return false;
		}
		ok = i ? set_secret(s, lex, item, lex->names_file) :
			 keep_name(s, lex, "server", &item->entry.server);
		if (!ok) {
			skip_line(lex);
			return false;
		}
	}
	if (!parse_addresses(s, lex, &item->entry))
		return false;
	/* Else it was said already that a comment may have swallowed them. */
	if (!item->entry.n_addresses && !lex->cut)
		diag_warning(lex->diag, lex->name, item->entry.line,
			     "\"%s\" may use no address at all; end the line with * to allow any",
			     item->entry.client);
	return true;
}

/* Free the memory that belongs to this item alone, and erase a secret in it. */
static void drop_item(struct item *item)
{
	if (item->own_secret) {
		explicit_bzero((void *)item->entry.secret, item->entry.secret_len);
		free((void *)item->entry.secret);
	}
	if (item->entry.addresses != &anything)
		free((void *)item->entry.addresses);
	free((void *)item->entry.flaw);
}

/* Let the line of @item refuse its client. @flaw says why, and belongs to the item from now on. */
static void refuse_item(struct item *item, char *flaw)
{
	const struct secrets_entry *e = &item->entry;

	drop_item(item);
	*item = (struct item){
		.entry = { .client = e->client, .server = e->server, .line = e->line, .flaw = flaw },
		.next = item->next,
	};
}

static bool parse_line(struct secrets *s, struct lexer *lex)
{
	struct item *item = new_item(s, lex);
	bool good;

	if (!item)
		return false;
	item->entry.line = lex->line;
	item->entry.server = "*";
	if (!keep_name(s, lex, "client", &item->entry.client)) {
		skip_line(lex);
		return true;
	}
	lex->client = item->entry.client;
	good = parse_rest(s, lex, item);
	s->n_items++;
	s->n_good += good;
	if (!good && !lex->flaw)
		diag_error(lex->diag, lex->name, item->entry.line, "out of memory");
	if (!good)
		refuse_item(item, lex->flaw);
	lex->client = NULL;
	lex->flaw = NULL;
	return good || item->entry.flaw;
}

/* ---- finding ---- */

/* The hash needs no seed: the administrator chose the names, so no peer can make chains long. */
static uint32_t *bucket_of(const struct secrets *s, const void *name, size_t len)
{
	return &s->buckets[hash_folded(name, len) & s->mask];
}

static bool is_for(const struct secrets_entry *e, const void *client, size_t len, bool fold_case)
{
	if (strlen(e->client) != len)
		return false;
	return fold_case ? !strncasecmp(e->client, client, len) :
					  !memcmp(e->client, client, len);
}

static const struct secrets_entry *find_for(const struct secrets *s, const void *client,
					    size_t client_len, const char *server, bool fold_case)
{
	const struct secrets_entry *any = NULL;
	uint32_t i = *bucket_of(s, client, client_len);

	for (; i != NONE; i = s->items[i].next) {
		const struct secrets_entry *e = &s->items[i].entry;

		if (!is_for(e, client, client_len, fold_case))
			continue;
		if (!strcmp(e->server, server))
			return e;
		if (!any && !strcmp(e->server, "*"))
			any = e;
	}
	return any;
}

const struct secrets_entry *secrets_find(const struct secrets *secrets, const void *client,
					 size_t client_len, const char *server, bool fold_case)
{
	const struct secrets_entry *entry = find_for(secrets, client, client_len, server,
						     fold_case);

	return entry ? entry : find_for(secrets, "*", 1, server, fold_case);
}

bool secrets_knows(const struct secrets *secrets, const void *client, size_t client_len,
		   bool fold_case)
{
	uint32_t i = *bucket_of(secrets, client, client_len);

	for (; i != NONE; i = secrets->items[i].next)
		if (is_for(&secrets->items[i].entry, client, client_len, fold_case))
			return true;
	return false;
}

const struct secrets_entry *secrets_namesake(const struct secrets *secrets,
					     const struct secrets_entry *entry)
{
	uint32_t i = *bucket_of(secrets, entry->client, strlen(entry->client));

	for (; i != NONE; i = secrets->items[i].next) {
		const struct secrets_entry *e = &secrets->items[i].entry;

		if (e == entry)
			break;
		if (!strcmp(e->server, entry->server) && !strcasecmp(e->client, entry->client) &&
		    strcmp(e->client, entry->client))
			return e;
	}
	return NULL;
}

static const struct item *find_twin(const struct secrets *s, const struct item *item)
{
	uint32_t i = *bucket_of(s, item->entry.client, strlen(item->entry.client));

	for (; i != NONE; i = s->items[i].next) {
		const struct secrets_entry *e = &s->items[i].entry;

		if (!strcmp(e->client, item->entry.client) &&
		    !strcmp(e->server, item->entry.server))
			return &s->items[i];
	}
	return NULL;
}

/* Put all items into the hash table, and warn of items that can never be found. */
static bool build_index(struct secrets *s, struct diag *diag)
{
	uint32_t n = 1;

	while (n < s->n_items)
		n *= 2;
	s->mask = n - 1;
	s->buckets = malloc(n * sizeof(*s->buckets));
	if (!s->buckets) {
		diag_error(diag, s->path, 0, "out of memory");
		return false;
	}
	for (uint32_t i = 0; i < n; i++)
		s->buckets[i] = NONE;
	/* Backwards, so that each chain is in the order of the file. */
	for (uint32_t i = (uint32_t)s->n_items; i-- > 0;) {
		struct item *item = &s->items[i];
		const struct item *twin = find_twin(s, item);
		uint32_t *bucket = bucket_of(s, item->entry.client, strlen(item->entry.client));

		if (twin && !twin->entry.flaw)
			diag_warning(diag, s->path, twin->entry.line,
				     "client \"%s\" and server \"%s\" stand in line %u already; "
				     "this line is never used", item->entry.client,
				     item->entry.server, item->entry.line);
		item->next = *bucket;
		*bucket = i;
	}
	return true;
}

/* ---- the whole ---- */

static void secrets_free(struct secrets *s)
{
	for (size_t i = 0; i < s->n_items; i++)
		drop_item(&s->items[i]);
	wipe_free(s->arena, s->arena_size);
	free(s->items);
	free(s->buckets);
	free(s->path);
	free(s);
}

static void parse_lines(struct secrets *s, struct lexer *lex)
{
	enum token token;

	while ((token = next_token(lex)) != TOKEN_END) {
		if (token == TOKEN_BAD)
			skip_line(lex);
		else if (token == TOKEN_WORD && !parse_line(s, lex))
			return;
	}
}

struct secrets *secrets_parse(const char *name, const void *text, size_t len, struct diag *diag)
{
	struct lexer lex;
	struct secrets *s = calloc(1, sizeof(*s));
	unsigned int errors = diag->errors;
	bool ok;

	if (!s) {
		diag_error(diag, name, 0, "out of memory");
		return NULL;
	}
	s->refs = 1;
	s->path = strdup(name);
	s->arena_size = len + 1;
	s->arena = malloc(s->arena_size);
	lexer_init(&lex, name, text, len, diag);
	if (s->path && s->arena)
		parse_lines(s, &lex);
	else
		diag_error(diag, name, 0, "out of memory");
	explicit_bzero(&lex, sizeof(lex));
	ok = diag->errors == errors && build_index(s, diag);
	if (!ok) {
		secrets_free(s);
		return NULL;
	}
	if (!s->n_good)
		diag_warning(diag, name, 0, "there is no secret in this file: nobody can log in");
	return s;
}

void secrets_check_pools(struct secrets *secrets, bool (*exists)(const void *ctx, const char *pool),
			 const void *ctx, struct diag *diag)
{
	for (size_t i = 0; i < secrets->n_items; i++) {
		struct secrets_entry *e = &secrets->items[i].entry;
		char *flaw;

		if (!e->pool || exists(ctx, e->pool))
			continue;
		/* The name is not shown: it may be a part of a secret with blanks. */
		diag_warning(diag, secrets->path, e->line, NO_ADDRESS "; " REFUSED);
		flaw = flaw_text(secrets->path, e->line, NO_ADDRESS);
		if (!flaw) {
			diag_error(diag, secrets->path, e->line, "out of memory");
			return;
		}
		refuse_item(&secrets->items[i], flaw);
	}
}

struct secrets *secrets_load(const char *path, struct diag *diag)
{
	const struct named named = { .path = path };
	struct secrets *s;
	struct file file;

	if (!read_file(&file, path, SECRETS_MAX_FILE, &named, diag))
		return NULL;
	s = secrets_parse(path, file.data, file.len, diag);
	file_free(&file);
	return s;
}

struct secrets *secrets_get(struct secrets *secrets)
{
	secrets->refs++;
	return secrets;
}

void secrets_put(struct secrets *secrets)
{
	if (secrets && !--secrets->refs)
		secrets_free(secrets);
}

size_t secrets_count(const struct secrets *secrets)
{
	return secrets->n_items;
}

const struct secrets_entry *secrets_at(const struct secrets *secrets, size_t i)
{
	return &secrets->items[i].entry;
}

bool secrets_allows(const struct secrets_entry *entry, struct ip_addr address)
{
	/* No peer may have other addresses, whatever the file says. */
	if (!ip_is_unicast(address))
		return false;
	for (size_t i = 0; i < entry->n_addresses; i++) {
		const struct secrets_address *rule = &entry->addresses[i];

		if (ipv4_ranges_contain(&rule->range, 1, address))
			return !rule->deny;
	}
	return false;
}

/*
 * The addresses on which no address of the line has decided yet. Each address of the line splits at
 * most one range in two.
 */
struct undecided {
	struct ipv4_range list[SECRETS_MAX_ADDRESSES + 1];
	size_t n;
};

static void leave(struct undecided *rest, uint32_t first, uint32_t last)
{
	rest->list[rest->n++] = (struct ipv4_range){ first, last };
}

/*
 * Remove @range from @left. The parts of @range that were undecided go to @parts; returns their
 * number. That is at most one more than the number of gaps between them, which were decided before.
 * Each gap counts only once: from now on it is inside what is decided as a whole, and splits no
 * other range again; and each range of a line makes at most one gap. Hence the parts of all ranges
 * of a line fit SECRETS_MAX_RANGES.
 */
static size_t decide(struct undecided *left, struct ipv4_range range, struct ipv4_range *parts)
{
	struct undecided rest = { .n = 0 };
	size_t n = 0;

	for (size_t i = 0; i < left->n; i++) {
		const struct ipv4_range *u = &left->list[i];

		if (!ipv4_ranges_overlap(u, &range)) {
			leave(&rest, u->first, u->last);
			continue;
		}
		parts[n].first = u->first > range.first ? u->first : range.first;
		parts[n].last = u->last < range.last ? u->last : range.last;
		if (u->first < parts[n].first)
			leave(&rest, u->first, parts[n].first - 1);
		if (u->last > parts[n].last)
			leave(&rest, parts[n].last + 1, u->last);
		n++;
	}
	*left = rest;
	return n;
}

size_t secrets_ranges(const struct secrets_entry *entry, struct ipv4_range *ranges)
{
	struct undecided left = { .list = { ALL_ADDRESSES }, .n = 1 };
	struct ipv4_range denied[SECRETS_MAX_ADDRESSES + 1];
	size_t n = 0;

	for (size_t i = 0; i < entry->n_addresses; i++) {
		const struct secrets_address *rule = &entry->addresses[i];

		if (rule->deny)
			decide(&left, rule->range, denied);
		else
			n += decide(&left, rule->range, ranges + n);
	}
	return n;
}

bool secrets_allow_all(const struct secrets_entry *entry)
{
	return entry->n_addresses && is_everything(&entry->addresses[0]);
}

bool secrets_fixed_address(const struct secrets_entry *entry, struct ip_addr *address)
{
	const struct ipv4_range *range = entry->n_addresses == 1 ? &entry->addresses[0].range : NULL;

	if (!range || range->first != range->last)
		return false;
	*address = ip_from_number(range->first);
	return secrets_allows(entry, *address);
}
