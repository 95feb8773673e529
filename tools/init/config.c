// SPDX-License-Identifier: GPL-2.0-only
/* What init writes. */
#include <stdlib.h>
#include <string.h>

#include "import/import.h"
#include "init.h"
#include "util/text.h"

static void write_dns(FILE *out, const struct init_answers *answers)
{
	const char *comma = "";

	fputs("\n\t# The name servers that users are told. They have to be reached through the tunnel.\n",
	      out);
	if (!answers->n_dns) {
		fputs("#\tdns = { \"192.0.2.53\" }\n", out);
		return;
	}
	fputs("\tdns = { ", out);
	for (size_t i = 0; i < answers->n_dns; i++) {
		fprintf(out, "%s\"%s\"", comma, ip_text(answers->dns[i]));
		comma = ", ";
	}
	fputs(" }\n", out);
}

void init_write_config(FILE *out, const struct init_answers *answers)
{
	const bool all = !ip_is_set(answers->listen);

	fputs("# A server for remote users, made by pppctl init. culvert.conf(5) has every option with its\n"
	      "# default. After a change: culvertd --check && pppctl reload. Sessions stay.\n\n"
	      "# Addresses for users. No other network that this host reaches may have them.\n"
	      "pool \"users\" {\n", out);
	fprintf(out, "\trange = { \"%s-%s\" }\n}\n\n",
		ip_text(ip_from_number(answers->pool.range.first)),
		ip_text(ip_from_number(answers->pool.range.last)));
	fputs("server \"office\" {\n", out);
	fputs(all ? "\t# All addresses of this host, also those that it gets later.\n" :
		    "\t# The address of this host that users call. \"0.0.0.0\" would be all of them.\n", out);
	fprintf(out, "\tlisten = { \"%s\" }\n", all ? "0.0.0.0" : ip_text(answers->listen));
	fputs("\n\t# Users with their passwords, a line each: name * \"password\" *. Readable by root alone.\n"
	      "\t# The last word is the addresses that a user may have: * for any of the pool.\n", out);
	fprintf(out, "\tsecrets = \"%s\"\n", answers->secrets);
	fputs("\n\t# Where users' addresses are from, and this host as users see it.\n"
	      "\tpool = \"users\"\n", out);
	fprintf(out, "\tlocal-address = \"%s\"\n", ip_text(ip_from_number(answers->pool.local)));
	write_dns(out, answers);
	fputs("\n\t# These are the defaults, and the least bad that PPTP has. Whoever cannot do them is refused.\n"
	      "\tauth = { mschap-v2 }\n"
	      "\tmppe = required\n"
	      "\tmppe-bits = { 128 }\n"
	      "}\n\n"
	      "# More sections, in files of their own: a customer, a branch, another server. None is right, too.\n"
	      "include \"conf.d/*.conf\"\n", out);
}

/* ---- a configuration that is there ---- */

/* Returns where the value of @option begins in @text, or NULL. Comments are passed over. */
static const char *value_of(const char *text, const char *option)
{
	const size_t len = strlen(option);
	bool first = true;

	while (*text) {
		if (*text == '#')
			text += strcspn(text, "\n");
		if (first && !strncmp(text, option, len) && strchr(" \t=", text[len]))
			return text + len + strspn(text + len, " \t\r\n={\"");
		first = strchr(" \t\r\n{};", *text);
		text += *text != '\0';
	}
	return NULL;
}

static bool copy_word(const char *text, char *word, size_t size)
{
	const size_t len = text ? strspn(text, "0123456789./-") : 0;

	if (!len || len >= size)
		return false;
	memcpy(word, text, len);
	word[len] = '\0';
	return true;
}

bool init_read_config(const char *text, struct init_pool *pool)
{
	struct ip_addr local;
	char word[64];

	if (!copy_word(value_of(text, "range"), word, sizeof(word)) ||
	    ipv4_parse_range(word, &pool->range))
		return false;
	if (!copy_word(value_of(text, "local-address"), word, sizeof(word)) ||
	    !ip_parse_v4(word, &local))
		return false;
	pool->local = ip_number(local);
	return true;
}

/* ---- secrets ---- */

const char *init_secret_fault(const char *text)
{
	if (!*text)
		return "is empty";
	if (strlen(text) > 255)
		return "is longer than 255 octets";
	return text_has_control(text) ? "has a control character" : NULL;
}

static void write_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', out);
		fputc(*text, out);
	}
	fputc('"', out);
}

void init_write_secret(FILE *out, const char *user, const char *password)
{
	write_quoted(out, user);
	fputs("\t*\t", out);
	write_quoted(out, password);
	fputs("\t*\n", out);
}

bool init_secrets_have(const char *secrets, const char *user)
{
	struct import_line line;
	bool found = false;

	import_begin(&line, IMPORT_PPPD, "", secrets);
	while (import_next(&line))
		found |= !strcmp(line.words[0], user);
	return found;
}

void init_make_password(const uint8_t random[INIT_PASSWORD_OCTETS],
			char password[INIT_PASSWORD_SIZE])
{
	/* Without l, o, 0 and 1, which are taken for each other. */
	static const char digits[] = "abcdefghijkmnpqrstuvwxyz23456789";
	char *out = password;

	for (size_t i = 0; i < INIT_PASSWORD_OCTETS; i++) {
		if (i && i % 4 == 0)
			*out++ = '-';
		*out++ = digits[random[i] & 31];
	}
	*out = '\0';
}
