// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "util/ip.h"
#include "secrets.h"

static struct diag diag;

static int set_up(void **state)
{
	diag_init(&diag);
	return 0;
}

static int tear_down(void **state)
{
	diag_free(&diag);
	return 0;
}

static struct secrets *parse(const char *text)
{
	/* a copy of just this size lets ASan see a read behind the end */
	size_t len = strlen(text);
	char *copy = malloc(len ? len : 1);
	struct secrets *s;

	assert_non_null(copy);
	memcpy(copy, text, len);
	s = secrets_parse("file", copy, len, &diag);
	free(copy);
	return s;
}

static struct secrets *parse_good(const char *text)
{
	struct secrets *s = parse(text);

	if (!s)
		fail_msg("%s", diag.n_lines ? diag.lines[diag.n_lines - 1].text : "no reason");
	return s;
}

static void secret_is(const struct secrets *s, const char *client, const char *server,
		      const char *want)
{
	const struct secrets_entry *e = secrets_find(s, client, strlen(client), server, false);

	if (!want) {
		assert_null(e);
		return;
	}
	assert_non_null(e);
	assert_int_equal(e->secret_len, strlen(want));
	assert_memory_equal(e->secret, want, strlen(want));
}

static void plain_lines(void **state)
{
	struct secrets *s = parse_good("# client server secret addresses\n"
				       "alice * wonderland *\n"
				       "\n"
				       "  bob\toffice  builder\t10.0.0.5 # his own\n"
				       "carol office last-line-without-newline *");

	assert_int_equal(secrets_count(s), 3);
	secret_is(s, "alice", "office", "wonderland");
	secret_is(s, "alice", "elsewhere", "wonderland");
	secret_is(s, "bob", "office", "builder");
	secret_is(s, "bob", "elsewhere", NULL);
	secret_is(s, "Alice", "office", NULL);
	secret_is(s, "alic", "office", NULL);
	secret_is(s, "", "office", NULL);
	secret_is(s, "carol", "office", "last-line-without-newline");
	assert_int_equal(secrets_find(s, "bob", 3, "office", false)->line, 4);
	assert_int_equal(diag.n_lines, 0);
	secrets_put(s);
}

/* Names and secrets fill the whole arena. */
static void nothing_but_words(void **state)
{
	struct secrets *s = parse_good("a b c");

	secret_is(s, "a", "b", "c");
	secrets_put(s);
}

static void words_as_pppd_reads_them(void **state)
{
	struct secrets *s = parse_good(
		"\"two words\" * 'single \"inside\"' *\n"
		"a\\ b * \"quote \\\" in\" *\n"
		"esc * \\a\\b\\f\\n\\r\\s\\t\\q *\n"
		"oct * \\101\\x42\\7x *\n"
		"long * par\\\nted *\n"
		"joined \\\n * s3 \\\n *\n"
		"hash * s4#comment\n"
		"# only a comment\\\n"
		"DOM\\\\user * s5 *\r\n"
		"quoted\\# * \"x # y\" *\n"
		"at * \\@x *\n"
		"octal-at * \\100x *\n"
		"in\"the\"middle * 'it'\"'\"s *\n"
		"all \"*\" \"a\"'b'c#comment\n"
		"files * @name *\n"
		"dos\\\r\nname * 'x' \\\r\n*\r\n"
		"hash-in * a\"#\"b *\n");

	secret_is(s, "two words", "x", "single \"inside\"");
	secret_is(s, "a b", "x", "quote \" in");
	secret_is(s, "esc", "x", "\a\b\f\n\r \tq");
	secret_is(s, "oct", "x", "AB\7x");
	secret_is(s, "long", "x", "parted");
	secret_is(s, "joined", "x", "s3");
	secret_is(s, "hash", "x", "s4");
	secret_is(s, "DOM\\user", "x", "s5");
	secret_is(s, "quoted#", "x", "x # y");
	secret_is(s, "at", "x", "@x");
	secret_is(s, "octal-at", "x", "@x");
	secret_is(s, "inthemiddle", "x", "it's");
	secret_is(s, "all", "x", "abc");
	secret_is(s, "files", "x", "@name");
	secret_is(s, "dosname", "x", "x");
	secret_is(s, "hash-in", "x", "a#b");
	secrets_put(s);
}

static void expect_warnings(const char * const *want, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		assert_true(i < diag.n_lines);
		assert_string_equal(diag.lines[i].text, want[i]);
		assert_true(diag.lines[i].warning);
	}
	assert_int_equal(diag.n_lines, n);
	assert_int_equal(diag.errors, 0);
}

#define warnings_are(want) expect_warnings(want, sizeof(want) / sizeof((want)[0]))
#define SKIPPED "; this line is skipped"
#define REFUSED "; this line lets nobody in"

/* The line @line refuses @client, and says @why. */
static void refuses(const struct secrets *s, const char *client, const char *why)
{
	const struct secrets_entry *e = secrets_find(s, client, strlen(client), "x", false);
	struct ip_addr in;

	assert_non_null(e);
	assert_non_null(e->flaw);
	assert_string_equal(e->flaw, why);
	assert_int_equal(e->secret_len, 0);
	assert_false(secrets_fixed_address(e, &in));
	assert_false(secrets_allow_all(e));
}

/* RFC 2759 section 9.2 */
#define HASH_DIGITS	"44ebba8d5312b8d611474411f56989ae"

static void hash_is(const struct secrets *s, const char *client)
{
	static const uint8_t want[] = {
		0x44, 0xeb, 0xba, 0x8d, 0x53, 0x12, 0xb8, 0xd6,
		0x11, 0x47, 0x44, 0x11, 0xf5, 0x69, 0x89, 0xae,
	};
	const struct secrets_entry *e = secrets_find(s, client, strlen(client), "office", false);

	assert_non_null(e);
	assert_true(e->nt_hash);
	assert_int_equal(e->secret_len, sizeof(want));
	assert_memory_equal(e->secret, want, sizeof(want));
}

static void hashes_of_passwords(void **state)
{
	static const char * const want[] = {
		"file:7: {NT} has to be followed by the 32 hexadecimal digits of an NT hash; a "
		"secret that begins with {NT} is written \\{NT}" REFUSED,
	};
	struct secrets *s = parse_good("a * {NT}" HASH_DIGITS " *\n"
				       "b * \"{nt}" HASH_DIGITS "\" *\n"
				       "c * \\{NT}" HASH_DIGITS " *\n"
				       "d * '\\{NT}x' *\n"
				       "e * {N}x *\n"
				       "f * {NT}" HASH_DIGITS "#comment\n"
				       "g * {NT}" HASH_DIGITS "0 *\n");

	hash_is(s, "a");
	hash_is(s, "b");
	secret_is(s, "c", "x", "{NT}" HASH_DIGITS);
	assert_false(secrets_find(s, "c", 1, "x", false)->nt_hash);
	secret_is(s, "d", "x", "{NT}x");
	secret_is(s, "e", "x", "{N}x");
	hash_is(s, "f");
	refuses(s, "g", "file:7: {NT} has to be followed by the 32 hexadecimal digits of an NT hash; "
		"a secret that begins with {NT} is written \\{NT}");
	warnings_are(want);
	secrets_put(s);
}

static void best_match_wins(void **state)
{
	struct secrets *s = parse_good("* * any-any *\n"
				       "* office any-office *\n"
				       "alice * alice-any *\n"
				       "alice office alice-office *\n"
				       "bob * bob-first *\n"
				       "bob * bob-second *\n");

	secret_is(s, "alice", "office", "alice-office");
	secret_is(s, "alice", "home", "alice-any");
	secret_is(s, "zoe", "office", "any-office");
	secret_is(s, "zoe", "home", "any-any");
	secret_is(s, "bob", "office", "bob-first");
	assert_int_equal(diag.n_lines, 1);
	assert_string_equal(diag.lines[0].text,
			    "file:6: client \"bob\" and server \"*\" stand in line 5 already; "
			    "this line is never used");
	secrets_put(s);
}

static bool may(const struct secrets *s, const char *client, const char *address)
{
	struct ip_addr in;
	const struct secrets_entry *e = secrets_find(s, client, strlen(client), "x", false);

	assert_non_null(e);
	assert_true(ip_parse(address, &in));
	return secrets_allows(e, in);
}

static void addresses(void **state)
{
	struct secrets *s = parse_good("any * s *\n"
				       "one * s 10.0.0.5\n"
				       "net * s !10.1.0.1 10.1.0.0/16 10.2.0.9\n"
				       "but * s !10.1.0.0/16 *\n"
				       "none * s -\n"
				       "nothing * s\n"
				       "unaligned * s 10.3.0.77/24\n");
	struct ip_addr in;

	assert_true(may(s, "any", "192.0.2.1"));
	assert_false(may(s, "any", "127.0.0.1"));
	assert_false(may(s, "any", "0.0.0.0"));
	assert_false(may(s, "any", "224.0.0.1"));
	assert_false(may(s, "any", "255.255.255.255"));
	assert_true(may(s, "one", "10.0.0.5"));
	assert_false(may(s, "one", "10.0.0.6"));
	assert_false(may(s, "net", "10.1.0.1"));
	assert_true(may(s, "net", "10.1.255.1"));
	assert_true(may(s, "net", "10.2.0.9"));
	assert_false(may(s, "net", "10.2.0.8"));
	assert_false(may(s, "but", "10.1.2.3"));
	assert_true(may(s, "but", "10.2.2.3"));
	assert_false(may(s, "none", "10.2.2.3"));
	assert_false(may(s, "nothing", "10.2.2.3"));
	assert_true(may(s, "unaligned", "10.3.0.1"));

	assert_true(secrets_fixed_address(secrets_find(s, "one", 3, "x", false), &in));
	assert_int_equal(ip_number(in), 0x0a000005);
	assert_false(secrets_fixed_address(secrets_find(s, "any", 3, "x", false), &in));
	assert_false(secrets_fixed_address(secrets_find(s, "net", 3, "x", false), &in));
	assert_false(secrets_fixed_address(secrets_find(s, "none", 4, "x", false), &in));
	assert_int_equal(diag.warnings, 1);
	assert_string_equal(diag.lines[0].text, "file:6: \"nothing\" may use no address at all; "
			    "end the line with * to allow any");
	secrets_put(s);
}

/* Check the ranges of a user whose addresses are @text; @want "any" if the user may have any. */
static void ranges_are(const char *text, const char *want)
{
	struct ipv4_range ranges[SECRETS_MAX_RANGES];
	char line[128], got[512] = "";
	struct secrets *s;
	size_t n;

	snprintf(line, sizeof(line), "a * s %s\n", text);
	s = parse_good(line);
	n = secrets_ranges(secrets_at(s, 0), ranges);
	for (size_t i = 0; i < n; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s%s-%s", i ? " " : "",
			 ip_text(ip_from_number(ranges[i].first)),
			 ip_text(ip_from_number(ranges[i].last)));
	assert_string_equal(secrets_allow_all(secrets_at(s, 0)) ? "any" : got, want);
	secrets_put(s);
}

static void addresses_as_ranges(void **state)
{
	ranges_are("*", "any");
	ranges_are("* !10.0.0.1", "any");
	ranges_are("0.0.0.0/0 10.0.0.1", "any");
	ranges_are("-", "");
	ranges_are("!* 10.0.0.1", "");
	ranges_are("10.0.0.5", "10.0.0.5-10.0.0.5");
	ranges_are("10.3.0.77/24", "10.3.0.0-10.3.0.255");
	ranges_are("0.0.0.0/0", "any");
	/* Ranges are in the order of the line; the first address that matches decides. */
	ranges_are("10.2.0.0/31 10.1.0.0/31", "10.2.0.0-10.2.0.1 10.1.0.0-10.1.0.1");
	ranges_are("!10.1.0.1 10.1.0.0/30", "10.1.0.0-10.1.0.0 10.1.0.2-10.1.0.3");
	ranges_are("10.1.0.0/30 !10.1.0.1", "10.1.0.0-10.1.0.3");
	ranges_are("10.1.0.1 10.1.0.0/30 10.1.0.2",
		   "10.1.0.1-10.1.0.1 10.1.0.0-10.1.0.0 10.1.0.2-10.1.0.3");
	ranges_are("!10.0.0.0/8 *", "0.0.0.0-9.255.255.255 11.0.0.0-255.255.255.255");
	ranges_are("10.0.0.0/8 !0.0.0.0/1 *", "10.0.0.0-10.255.255.255 128.0.0.0-255.255.255.255");
	ranges_are("!255.255.255.255 !0.0.0.0 *", "0.0.0.1-255.255.255.254");
	ranges_are("10.0.0.5-10.0.1.4", "10.0.0.5-10.0.1.4");
	ranges_are("10.0.0.5-9", "10.0.0.5-10.0.0.9");
	ranges_are("!10.0.0.6-7 10.0.0.5-10.0.0.9", "10.0.0.5-10.0.0.5 10.0.0.8-10.0.0.9");
	ranges_are("0.0.0.0-255.255.255.255", "any");
}

/* secrets_ranges() and secrets_allows() agree on any line. */
static void ranges_agree_with_addresses(void **state)
{
	struct ipv4_range ranges[SECRETS_MAX_RANGES];
	uint32_t seed = 1;

	for (unsigned int round = 0; round < 300; round++) {
		char line[2048] = "a * s";
		struct secrets *s;
		size_t n;

		/* Small subnets come first, or they would leave little for the others. */
		for (unsigned int i = 0; i < SECRETS_MAX_ADDRESSES; i++) {
			seed = seed * 1664525 + 1013904223;
			snprintf(line + strlen(line), sizeof(line) - strlen(line), " %s10.0.0.%u/%u",
				 seed >> 31 ? "!" : "", (seed >> 8) % 256,
				 32 - i * 8 / SECRETS_MAX_ADDRESSES - (seed >> 20) % 2);
		}
		strcat(line, "\n");
		s = parse_good(line);
		n = secrets_ranges(secrets_at(s, 0), ranges);
		assert_true(n <= SECRETS_MAX_RANGES);
		for (uint32_t number = 0x09ffffff; number <= 0x0a000100; number++) {
			unsigned int times = 0;

			for (size_t i = 0; i < n; i++)
				times += ipv4_ranges_contain(&ranges[i], 1, ip_from_number(number));
			assert_int_equal(times,
					 secrets_allows(secrets_at(s, 0), ip_from_number(number)));
		}
		secrets_put(s);
	}
}

static void options_after_dashes_are_skipped(void **state)
{
	struct secrets *s = parse_good("a * s * -- idle 60 \"x\"\nb * s2 *\n");

	assert_true(may(s, "a", "10.0.0.1"));
	secret_is(s, "b", "x", "s2");
	assert_string_equal(diag.lines[0].text,
			    "file:1: options after -- are pppd's; they are ignored here");
	secrets_put(s);
}

static void references_keep_it_alive(void **state)
{
	struct secrets *s = parse_good("a * s *\n");

	assert_ptr_equal(secrets_get(s), s);
	secrets_put(s);
	secret_is(s, "a", "x", "s");
	secrets_put(s);
	secrets_put(NULL);
}

/* No word of the line is shown: it may be a part of a secret with blanks. */
#define NO_ADDRESS(line)	"file:" line ": no address stands behind the secret; expected a.b.c.d, " \
				"a.b.c.d/n or a.b.c.d-e.f.g.h, any with ! in front, * or -, the " \
				"name of a pool, or quotes around a secret with blanks"

static void a_wrong_line_locks_nobody_else_out(void **state)
{
	static const char * const want[] = {
		"file:1: \"alone\" has to be followed by a server and a secret" REFUSED,
		"file:2: \"two\" has to be followed by a secret" REFUSED,
		"file:3: the secret of \"empty\" is empty: anybody could use it" REFUSED,
		NO_ADDRESS("4") REFUSED,
		"file:5: a subnet with + counts pppd's interfaces, which do not exist here; write "
		"the subnet without +, or an address" REFUSED,
		NO_ADDRESS("6") REFUSED,
		"file:7: a word has a NUL in it" REFUSED,
		"file:11: the quote \" that opens here is not closed in its line; one that belongs "
		"to the word is written \\\"" REFUSED,
		"file:13: the client name \"CORP\\x07lice\" has a control character; a backslash is "
		"written \\\\" SKIPPED,
		"file:15: the quote ' that opens here is not closed in its line; one that belongs "
		"to the word is written \\'" REFUSED,
		"file:16: a word has a NUL in it" SKIPPED,
	};
	struct secrets *s = parse_good("alone\n"
				       "two *\n"
				       "empty * \"\" *\n"
				       "x * s * host.example\n"
				       "x * s 10.0.0.0/24+\n"
				       "x * s 10.0.0.0/33\n"
				       "nul * nul\\000 *\n"
				       "good * s *\n"
				       "\n"
				       "good2 * s *\n"
				       "open * \"open *\n"
				       "good3 * \"s\" *\n"
				       "CORP\\alice * s *\n"
				       "good4 * s *\n"
				       "open2 'open\n"
				       "nul\\000 * s *\n");

	warnings_are(want);
	assert_int_equal(secrets_count(s), 13);
	refuses(s, "alone", "file:1: \"alone\" has to be followed by a server and a secret");
	refuses(s, "empty", "file:3: the secret of \"empty\" is empty: anybody could use it");
	refuses(s, "x", NO_ADDRESS("4"));
	refuses(s, "open2", "file:15: the quote ' that opens here is not closed in its line; one "
		"that belongs to the word is written \\'");
	secret_is(s, "good", "x", "s");
	secret_is(s, "good2", "x", "s");
	secret_is(s, "good3", "x", "s");
	secret_is(s, "good4", "x", "s");
	secrets_put(s);
}

/* A user whose own line is wrong is not anybody. A line for this server is better. */
static void a_wrong_line_is_the_users(void **state)
{
	struct secrets *s = parse_good("* * any *\nbob * \"\" *\nbob office s *\n");

	secret_is(s, "carol", "x", "any");
	refuses(s, "bob", "file:2: the secret of \"bob\" is empty: anybody could use it");
	secret_is(s, "bob", "office", "s");
	secrets_put(s);
}

static const struct secrets_entry *entry_of(const struct secrets *s, const char *client)
{
	const struct secrets_entry *e = secrets_find(s, client, strlen(client), "x", false);

	assert_non_null(e);
	return e;
}

static void rates_are(const char *word, uint64_t down, uint64_t up)
{
	char line[128];
	struct secrets *s;

	diag_free(&diag);
	snprintf(line, sizeof(line), "a * s * %s\n", word);
	s = parse_good(line);
	assert_int_equal(!entry_of(s, "a")->flaw, down || up);
	assert_int_equal(entry_of(s, "a")->rate_down, down);
	assert_int_equal(entry_of(s, "a")->rate_up, up);
	secrets_put(s);
}

static void columns_of_accel_ppp(void **state)
{
	struct secrets *s = parse_good("a * s 10.0.0.5 2048/512\n"
				       "b * s gold-1\n"
				       "c * s silver 10M\n"
				       "d * s * 512:256\n");
	struct ip_addr in;

	assert_int_equal(diag.n_lines, 0);
	assert_true(secrets_fixed_address(entry_of(s, "a"), &in));
	assert_int_equal(entry_of(s, "a")->rate_down, 2048000);
	assert_int_equal(entry_of(s, "a")->rate_up, 512000);
	assert_null(entry_of(s, "a")->pool);
	assert_string_equal(entry_of(s, "b")->pool, "gold-1");
	assert_true(secrets_allow_all(entry_of(s, "b")));
	assert_int_equal(entry_of(s, "b")->rate_up, 0);
	assert_string_equal(entry_of(s, "c")->pool, "silver");
	assert_int_equal(entry_of(s, "c")->rate_up, 10000000);
	assert_true(secrets_allow_all(entry_of(s, "d")));
	secrets_put(s);
	rates_are("512", 512000, 512000);
	rates_are("512\\\\256k", 512000, 256000);
	rates_are("1g/9000B", 1000000000, 9000);
	rates_are("0/64", 0, 64000);
	rates_are("512/", 0, 0);
	rates_are("512x", 0, 0);
	rates_are("7", 0, 0);
	rates_are("99999999999999999999999", 0, 0);
	rates_are("512 512", 0, 0);
}

static bool is_gold(const void *ctx, const char *pool)
{
	assert_ptr_equal(ctx, &diag);
	return !strcmp(pool, "gold");
}

static void unknown_pools_refuse(void **state)
{
	static const char * const want[] = { NO_ADDRESS("2") REFUSED };
	struct secrets *s = parse_good("a * s gold\nb * my secret 512\nc * s *\n");

	secrets_check_pools(s, is_gold, &diag, &diag);
	warnings_are(want);
	assert_string_equal(entry_of(s, "a")->pool, "gold");
	refuses(s, "b", NO_ADDRESS("2"));
	secret_is(s, "c", "x", "s");
	secrets_put(s);
}

static void what_may_be_meant_in_another_way_is_told(void **state)
{
	static const char * const want[] = {
		"file:1: the secret of \"a\" ends at a #, and what follows is a comment; put it in "
		"quotes if # belongs to it",
		"file:3: in the client name \"CORPdave\", \\d is just d; a backslash is written "
		"\\\\",
		"file:4: the secret of \"e\" has a backslash that means nothing; one that belongs "
		"to it is written \\\\",
		"file:5: the secret of \"f\" has a control character; a backslash that belongs to "
		"it is written \\\\",
		"file:6: the secret of \"g\" is neither UTF-8 nor Latin-1: logins by MS-CHAP will "
		"fail",
		"file:7: the secret of \"h\" is not UTF-8; it is taken for Latin-1 (ISO 8859-1), as "
		"pppd takes all",
		"file:9: \"j\" may use no address at all; end the line with * to allow any",
		"file:11: the client name \"Andr\\xe9\" is not UTF-8; only a peer that sends the same "
		"octets is found",
	};
	struct secrets *s = parse_good("a * pass#word *\n"
				       "b * pass\\#word * # right\n"
				       "CORP\\dave * s *\n"
				       "e * p\\dss *\n"
				       "f * p\\bss *\n"
				       "g * pay\x80 *\n"
				       "h * caf\xe9 *\n"
				       "i * caf\xc3\xa9 *\n"
				       "j * s # *\n"
				       "k \\* \\\"\\'\\@ *\n"
				       "Andr\xe9 * s *\n");

	warnings_are(want);
	secret_is(s, "a", "x", "pass");
	secret_is(s, "b", "x", "pass#word");
	secret_is(s, "CORPdave", "x", "s");
	secret_is(s, "h", "x", "caf\xe9");
	secrets_put(s);
}

/* pppd asks the system about who has @login; here it would be his password. */
static void accounts_of_the_system_are_not_asked(void **state)
{
	static const char * const want[] = {
		"file:1: the secret of \"a\" is @login, and accounts of the system are not asked; a "
		"password that is so is written \\@login" REFUSED,
	};
	struct secrets *s = parse_good("a * @login *\nb * \\@login *\nc * @logins *\n");

	warnings_are(want);
	secret_is(s, "b", "x", "@login");
	secret_is(s, "c", "x", "@logins");
	secrets_put(s);
}

static void a_byte_order_mark_is_no_part_of_a_name(void **state)
{
	struct secrets *s = parse_good("\xef\xbb\xbf" "alice * s *\n");

	secret_is(s, "alice", "x", "s");
	assert_int_equal(secrets_at(s, 0)->line, 1);
	assert_int_equal(diag.n_lines, 0);
	secrets_put(s);
}

static void a_file_without_a_secret_is_told(void **state)
{
	static const char * const want[] = {
		"file: there is no secret in this file: nobody can log in",
	};
	struct secrets *s = parse_good("# later\n\n");

	warnings_are(want);
	assert_null(secrets_find(s, "alice", 5, "x", false));
	secrets_put(s);
}

static char *repeat(char c, size_t n)
{
	char *text = malloc(n + 1);

	assert_non_null(text);
	memset(text, c, n);
	text[n] = '\0';
	return text;
}

static void too_long(size_t client, size_t server, size_t secret, const char *want)
{
	char *c = repeat('c', client), *v = repeat('v', server), *x = repeat('x', secret);
	char *text;
	struct secrets *s;

	assert_true(asprintf(&text, "%s %s %s *\n", c, v, x) > 0);
	s = parse_good(text);
	assert_int_equal(s && secrets_count(s) && !secrets_at(s, 0)->flaw, !want);
	if (want)
		assert_string_equal(diag.lines[0].text, want);
	diag_free(&diag);
	secrets_put(s);
	free(text);
	free(c);
	free(v);
	free(x);
}

static void everything_is_bounded(void **state)
{
	char text[8192] = "a * s";
	struct secrets *s;

	too_long(255, 255, 256, NULL);
	too_long(256, 1, 1, "file:1: the client name is longer than 255 octets" SKIPPED);
	too_long(1, 256, 1, "file:1: the server name is longer than 255 octets" REFUSED);
	too_long(1, 1, 257, "file:1: the secret of \"c\" is longer than 256 octets" REFUSED);
	too_long(1, 1, 1024, "file:1: a word is longer than 1023 octets" REFUSED);
	for (int i = 0; i < SECRETS_MAX_ADDRESSES; i++)
		strcat(text, " 10.0.0.1");
	s = parse_good(text);
	secrets_put(s);
	strcat(text, " 10.0.0.1");
	s = parse_good(text);
	assert_string_equal(diag.lines[0].text, "file:1: more than 64 addresses" REFUSED);
	refuses(s, "a", "file:1: more than 64 addresses");
	secrets_put(s);
}

static void no_secret_is_ever_reported(void **state)
{
	char *long_one = repeat('Z', 300);
	char *text;

	assert_true(asprintf(&text, "u * %s *\nu * hidden x y z\nu * hi\\dden#hidden\n"
				    "u * \"hidden\nu * hidden\\001\x80 *\n", long_one) > 0);
	secrets_put(parse_good(text));
	assert_int_equal(diag.warnings, 9);
	for (size_t i = 0; i < diag.n_lines; i++) {
		assert_null(strstr(diag.lines[i].text, "ZZ"));
		assert_null(strstr(diag.lines[i].text, "dden"));
	}
	free(text);
	free(long_one);
}

/* Write a file with this mode. Returns its path, which the caller frees. */
static char *make_file(const char *folder, const char *name, const char *text, mode_t mode)
{
	char *path;
	FILE *f;

	assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void reads_files(void **state)
{
	char folder[] = "/tmp/secrets-test-XXXXXX";
	char *inner, *path, *open_path, *empty, *text, *want;
	struct secrets *s;

	assert_non_null(mkdtemp(folder));
	inner = make_file(folder, "inner", "# a comment\n\n 'from file' ignored\n", 0600);
	empty = make_file(folder, "empty", "\n# nothing\n", 0600);
	assert_true(asprintf(&text, "a * @%s 10.0.0.1\n", inner) > 0);
	path = make_file(folder, "chap-secrets", text, 0600);
	open_path = make_file(folder, "open", "a * s *\n", 0644);

	s = secrets_load(path, &diag);
	assert_non_null(s);
	secret_is(s, "a", "x", "from file");
	assert_int_equal(diag.n_lines, 0);
	secrets_put(s);

	assert_null(secrets_load(open_path, &diag));
	assert_true(asprintf(&want, "%s: mode 0644 lets others in on the secrets; expected 0600",
			     open_path) > 0);
	assert_string_equal(diag.lines[0].text, want);
	free(want);
	diag_free(&diag);

	assert_int_equal(chmod(open_path, 0660), 0);
	s = secrets_load(open_path, &diag);
	assert_non_null(s);
	assert_true(asprintf(&want, "%s: mode 0660 lets a group change the secrets",
			     open_path) > 0);
	assert_string_equal(diag.lines[0].text, want);
	assert_true(diag.lines[0].warning);
	secrets_put(s);
	free(want);
	diag_free(&diag);

	assert_null(secrets_load("/nonexistent/secrets", &diag));
	assert_string_equal(diag.lines[0].text, "/nonexistent/secrets: secrets cannot be read: "
			    "No such file or directory");
	diag_free(&diag);
	assert_null(secrets_load(folder, &diag));
	assert_true(asprintf(&want, "%s: secrets is not a regular file", folder) > 0);
	assert_string_equal(diag.lines[0].text, want);
	free(want);
	diag_free(&diag);

	free(text);
	assert_true(asprintf(&text, "a * @%s *\nb * @/nonexistent *\n", empty) > 0);
	s = parse_good(text);
	assert_int_equal(diag.warnings, 3);
	secrets_put(s);
	assert_true(asprintf(&want, "file:1: there is no secret in %s" REFUSED, empty) > 0);
	assert_string_equal(diag.lines[0].text, want);
	assert_string_equal(diag.lines[1].text, "file:2: /nonexistent cannot be read: No such file "
			    "or directory" REFUSED);
	free(want);
	diag_free(&diag);

	free(text);
	free(empty);
	empty = make_file(folder, "empty", "caf\xe9\n", 0600);
	assert_true(asprintf(&text, "a * @%s *\n", empty) > 0);
	s = parse_good(text);
	assert_int_equal(diag.warnings, 1);
	assert_string_equal(diag.lines[0].text, "file:1: the secret of \"a\" is not UTF-8; it is taken "
			    "for Latin-1 (ISO 8859-1), as pppd takes all");
	secret_is(s, "a", "x", "caf\xe9");
	secrets_put(s);
	diag_free(&diag);

	free(text);
	assert_int_equal(chmod(open_path, 0644), 0);
	assert_true(asprintf(&text, "a * @%s *\nb * s *\n", open_path) > 0);
	s = parse_good(text);
	assert_non_null(entry_of(s, "a")->flaw);
	secret_is(s, "b", "x", "s");
	secrets_put(s);
	assert_true(asprintf(&want, "file:1: %s: mode 0644 lets others in on the secrets; expected "
			     "0600" REFUSED, open_path) > 0);
	assert_string_equal(diag.lines[0].text, want);
	free(want);

	diag_free(&diag);
	free(text);
	free(inner);
	inner = make_file(folder, "inner", "{NT}" HASH_DIGITS "\n", 0600);
	free(empty);
	empty = make_file(folder, "empty", "{NT}0\n", 0600);
	assert_true(asprintf(&text, "a * @%s *\nb * @%s *\n", inner, empty) > 0);
	s = parse_good(text);
	hash_is(s, "a");
	assert_non_null(entry_of(s, "b")->flaw);
	secrets_put(s);
	assert_true(asprintf(&want, "file:2: in %s, {NT} has to be followed by the 32 hexadecimal "
			     "digits of an NT hash; a secret that begins with {NT} is written "
			     "\\{NT}" REFUSED, empty) > 0);
	assert_string_equal(diag.lines[0].text, want);
	free(want);

	unlink(inner);
	unlink(empty);
	unlink(path);
	unlink(open_path);
	rmdir(folder);
	free(inner);
	free(empty);
	free(path);
	free(open_path);
	free(text);
}

static void found_is(const struct secrets *s, const char *client, const char *server,
		     unsigned int line)
{
	const struct secrets_entry *e = secrets_find(s, client, strlen(client), server, true);

	assert_int_equal(e ? e->line : 0, line);
	assert_int_equal(secrets_knows(s, client, strlen(client), true),
			 e && strcmp(e->client, "*"));
}

static void case_is_folded_if_asked_for(void **state)
{
	struct secrets *s = parse_good("Alice * one *\n"
				       "alice office two *\n"
				       "alicE office three *\n"
				       "J\303\204\\\\x * four *\n");

	found_is(s, "ALICE", "office", 2);
	found_is(s, "Alice", "office", 2);
	found_is(s, "alice", "elsewhere", 1);
	found_is(s, "alic", "office", 0);
	found_is(s, "alicee", "office", 0);
	found_is(s, "j\303\204\\X", "office", 4);
	found_is(s, "j\303\244\\x", "office", 0);
	assert_true(secrets_knows(s, "alice", 5, false));
	assert_false(secrets_knows(s, "ALICE", 5, false));
	assert_null(secrets_namesake(s, secrets_at(s, 0)));
	assert_null(secrets_namesake(s, secrets_at(s, 1)));
	assert_ptr_equal(secrets_namesake(s, secrets_at(s, 2)), secrets_at(s, 1));
	assert_null(secrets_namesake(s, secrets_at(s, 3)));
	secrets_put(s);
	s = parse_good("* * any *\n");
	found_is(s, "ALICE", "office", 1);
	secrets_put(s);
}

static void many_users(void **state)
{
	enum { USERS = 20000 };
	char *text = malloc(USERS * 32);
	size_t len = 0;
	struct secrets *s;

	assert_non_null(text);
	for (int i = 0; i < USERS; i++)
		len += (size_t)sprintf(text + len, "user%d * secret%d *\n", i, i);
	s = secrets_parse("file", text, len, &diag);
	assert_non_null(s);
	assert_int_equal(secrets_count(s), USERS);
	secret_is(s, "user0", "x", "secret0");
	secret_is(s, "user19999", "x", "secret19999");
	secrets_put(s);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(plain_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_but_words, set_up, tear_down),
		cmocka_unit_test_setup_teardown(words_as_pppd_reads_them, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hashes_of_passwords, set_up, tear_down),
		cmocka_unit_test_setup_teardown(best_match_wins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(addresses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(addresses_as_ranges, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ranges_agree_with_addresses, set_up, tear_down),
		cmocka_unit_test_setup_teardown(options_after_dashes_are_skipped, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(references_keep_it_alive, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_line_locks_nobody_else_out, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_wrong_line_is_the_users, set_up, tear_down),
		cmocka_unit_test_setup_teardown(columns_of_accel_ppp, set_up, tear_down),
		cmocka_unit_test_setup_teardown(unknown_pools_refuse, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_may_be_meant_in_another_way_is_told, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(accounts_of_the_system_are_not_asked, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_byte_order_mark_is_no_part_of_a_name, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_file_without_a_secret_is_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(everything_is_bounded, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_secret_is_ever_reported, set_up, tear_down),
		cmocka_unit_test_setup_teardown(reads_files, set_up, tear_down),
		cmocka_unit_test_setup_teardown(case_is_folded_if_asked_for, set_up, tear_down),
		cmocka_unit_test_setup_teardown(many_users, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
