// SPDX-License-Identifier: GPL-2.0-only
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <linux/netfilter.h>

#include "util/nft_name.h"

static const struct {
	const char *name;
	uint8_t family;
} families[] = {
	{ "inet", NFPROTO_INET },
	{ "ip", NFPROTO_IPV4 },
	{ "bridge", NFPROTO_BRIDGE },
	{ "netdev", NFPROTO_NETDEV },
};

#define LETTERS	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Read a word as nft(8) has them without quotes, and the blanks behind it. Returns NULL if it is none. */
static const char *read_word(const char *text, char word[NFT_NAME_SIZE])
{
	size_t len = strspn(text, LETTERS "0123456789_/\\.-");

	if (!len || len >= NFT_NAME_SIZE || !strchr(LETTERS "_", *text))
		return NULL;
	memcpy(word, text, len);
	word[len] = '\0';
	return text + len + strspn(text + len, " ");
}

static const char *read_name(const char *text, struct nft_name *name)
{
	char words[3][NFT_NAME_SIZE];
	unsigned int n = 0;

	text += strspn(text, " ");
	while (text && *text && *text != ',' && n < 3)
		text = read_word(text, words[n++]);
	if (!text || n < 2 || (*text && *text != ','))
		return NULL;
	name->family = n == 2 ? NFPROTO_INET : NFPROTO_UNSPEC;
	for (size_t i = 0; n == 3 && i < sizeof(families) / sizeof(families[0]); i++)
		if (!strcmp(words[0], families[i].name))
			name->family = families[i].family;
	memcpy(name->table, words[n - 2], sizeof(name->table));
	memcpy(name->set, words[n - 1], sizeof(name->set));
	return name->family == NFPROTO_UNSPEC ? NULL : text;
}

int nft_names_parse(const char *text, struct nft_name names[NFT_NAMES_MAX])
{
	int n = 0;

	if (!text[strspn(text, " ")])
		return 0;
	for (;;) {
		if (n == NFT_NAMES_MAX)
			return -1;
		text = read_name(text, &names[n++]);
		if (!text)
			return -1;
		if (!*text)
			return n;
		text++;
	}
}

bool nft_name_equal(const struct nft_name *a, const struct nft_name *b)
{
	return a->family == b->family && !strcmp(a->table, b->table) && !strcmp(a->set, b->set);
}

const char *nft_name_format(const struct nft_name *name, char text[NFT_NAME_TEXT_SIZE])
{
	const char *family = "";

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (families[i].family == name->family)
			family = families[i].name;
	snprintf(text, NFT_NAME_TEXT_SIZE, "%s %s %s", family, name->table, name->set);
	return text;
}
