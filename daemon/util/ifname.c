// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "util/ifname.h"

#define NAME_MAX_LEN	(IFNAMSIZ - 1)
#define NUMBER_MIN_LEN	2		/* "~1" */

#define WANT	"expected a letter, then letters, digits, '.', '_', '-', %u, %i and %p"

static bool is_value(char c)
{
	return c && strchr("uip", c);
}

const char *ifname_pattern_flaw(const char *pattern)
{
	const size_t len = strlen(pattern);
	size_t least = 0;

	if (!isalpha((unsigned char)*pattern))
		return WANT;
	if (len >= 2 && !strcmp(pattern + len - 2, "%d") && strchr(pattern, '%') == pattern + len - 2)
		return strspn(pattern, IFNAME_PLAIN) == len - 2 && len <= NAME_MAX_LEN ?
		       NULL : WANT "; or a %d at the end";
	for (const char *p = pattern; *p; p++, least++) {
		if (*p == '%' && is_value(p[1]))
			p++;
		else if (!strchr(IFNAME_PLAIN, *p))
			return *p == '%' && p[1] == 'd' ? WANT "; or a %d alone at the end" : WANT;
	}
	return least + NUMBER_MIN_LEN <= NAME_MAX_LEN ? NULL : "expected at most 13 octets";
}

static void text_of(char *text, size_t size, char value, const struct ifname_values *values)
{
	if (value == 'i')
		snprintf(text, size, "%llu", (unsigned long long)values->session);
	else
		snprintf(text, size, "%s", ip_text(values->peer));
	for (; *text; text++)
		if (*text == '.' || *text == ':')
			*text = '-';
}

/* Append @text as far as @most and @name allow. Returns false if it was cut or changed. */
static bool append(char name[IFNAMSIZ], const char *text, size_t most)
{
	size_t len = strlen(name);
	bool same = true;

	for (; *text && most && len < NAME_MAX_LEN; text++, most--) {
		const bool plain = strchr(IFNAME_PLAIN, *text);

		name[len++] = plain ? *text : '_';
		same = same && plain;
	}
	name[len] = '\0';
	return same && !*text;
}

/* Returns the octets of all of the name but the user's. */
static size_t length_of_rest(const char *pattern, const struct ifname_values *values)
{
	char text[IP_TEXT_SIZE];
	size_t len = 0;

	for (const char *p = pattern; *p; p++) {
		if (*p != '%') {
			len++;
		} else if (*++p != 'u') {
			text_of(text, sizeof(text), *p, values);
			len += strlen(text);
		}
	}
	return len;
}

static size_t count_users(const char *pattern)
{
	size_t n = 0;

	while ((pattern = strstr(pattern, "%u"))) {
		pattern += 2;
		n++;
	}
	return n;
}

bool ifname_of(char name[IFNAMSIZ], const char *pattern, const struct ifname_values *values)
{
	const size_t rest = length_of_rest(pattern, values), users = count_users(pattern);
	size_t each = !users ? 0 : rest + users >= NAME_MAX_LEN ? 1 : (NAME_MAX_LEN - rest) / users;
	bool exact = true;

	name[0] = '\0';
	for (const char *p = pattern; *p; p++) {
		char text[IP_TEXT_SIZE] = { *p };

		if (*p == '%' && *++p == 'u') {
			exact = append(name, values->user, each) && *values->user &&
				!values->unproven && exact;
			continue;
		}
		if (p > pattern && p[-1] == '%')
			text_of(text, sizeof(text), *p, values);
		exact = append(name, text, NAME_MAX_LEN) && exact;
	}
	return exact;
}

void ifname_number(char name[IFNAMSIZ], const char *base, unsigned int number)
{
	char end[12];

	snprintf(end, sizeof(end), "~%u", number);
	snprintf(name, IFNAMSIZ, "%.*s%s", (int)(NAME_MAX_LEN - strlen(end)), base, end);
}
