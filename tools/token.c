// SPDX-License-Identifier: GPL-2.0-only
/* Make a token for the daemon's listener for HTTP. The daemon is not asked. */
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "json.h"
#include "pppctl.h"

#define OCTETS	24	/* 192 random bits */

/* What the daemon takes: daemon/aaa/tokens.h. */
#define MAX_NAME 32
#define NAME_CHARACTERS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-@"

struct made {
	char token[BASE64_ENCODE_RAW_LENGTH(OCTETS) + 1];
	char hash[2 * SHA256_DIGEST_SIZE + 1];
	char rights[32];
};

/* Without characters that a shell or a URL would take for something else. */
static bool make(struct made *made)
{
	uint8_t octets[OCTETS], digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	if (getrandom(octets, sizeof(octets), 0) != sizeof(octets)) {
		complain("there are no random numbers");
		return false;
	}
	base64_encode_raw(made->token, sizeof(octets), octets);
	made->token[sizeof(made->token) - 1] = '\0';
	for (char *c = made->token; *c; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	sha256_init(&ctx);
	sha256_update(&ctx, strlen(made->token), (const uint8_t *)made->token);
	sha256_digest(&ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(made->hash + 2 * i, 3, "%02x", digest[i]);
	return true;
}

/* Put the rights that the words name, each once, into @rights. Returns false after complaining. */
static bool take_rights(char rights[32], int argc, char **argv)
{
	static const char * const names[] = { "read", "write", "capture" };
	bool wanted[3] = { !argc };

	for (int i = 0; i < argc; i++) {
		int right = 0;

		while (right < 3 && strcmp(argv[i], names[right]))
			right++;
		if (right == 3) {
			misused("\"%s\" is no right: expected read, write or capture", argv[i]);
			return false;
		}
		wanted[right] = true;
	}
	*rights = '\0';
	for (int right = 0; right < 3; right++)
		if (wanted[right])
			snprintf(rights + strlen(rights), 32 - strlen(rights), "%s%s",
				 *rights ? "," : "", names[right]);
	return true;
}

int cmd_token(const struct options *options, int argc, char **argv)
{
	struct made made;
	char line[160];
	json_t *object;

	if (!argc)
		return misused("token needs a name");
	if (strlen(argv[0]) > MAX_NAME || argv[0][strspn(argv[0], NAME_CHARACTERS)] || !*argv[0])
		return misused("the name of a token has at most %d letters, digits and ._-@", MAX_NAME);
	if (!take_rights(made.rights, argc - 1, argv + 1))
		return STATUS_USAGE;
	if (!make(&made))
		return STATUS_FAILED;
	snprintf(line, sizeof(line), "%s %s %s", argv[0], made.rights, made.hash);
	if (options->json) {
		object = json_pack("{s:s, s:s, s:s, s:s}", "name", argv[0], "rights", made.rights,
				   "line", line, "token", made.token);
		print_json(options, object);
		json_decref(object);
		return STATUS_OK;
	}
	puts(line);
	/* Not where the line goes, so that it can be appended to the file. */
	fprintf(stderr, "The token, which is shown this once: %s\n", made.token);
	return STATUS_OK;
}
