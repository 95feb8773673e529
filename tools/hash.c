// SPDX-License-Identifier: GPL-2.0-only
/* Make the NT hash of a password, for a file of secrets. The daemon is not asked. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "password.h"
#include "pppctl.h"
#include "util/nt_hash.h"
#include "util/text.h"

static int print_hash(const char *password)
{
	char text[NT_HASH_TEXT_LEN + 1];
	uint8_t hash[NT_HASH_LEN];

	if (!*password || text_has_control(password)) {
		complain("a password has at least one character, and no control characters");
		return STATUS_USAGE;
	}
	if (!nt_hash(password, strlen(password), hash)) {
		complain("a password has at most %d characters", NT_PASSWORD_MAX);
		return STATUS_USAGE;
	}
	nt_hash_text(hash, text);
	puts(text);
	return STATUS_OK;
}

int cmd_hash(const struct options *options, int argc, char **argv)
{
	struct password password = { 0 };
	int status = STATUS_USAGE;

	/* Not as an argument, which everybody on this host can see. */
	if (argc)
		return misused("hash takes no arguments: it reads the password from the terminal or "
			       "from standard input");
	setvbuf(stdin, NULL, _IONBF, 0);
	if (isatty(STDIN_FILENO) ? password_ask(&password, "Password: ") :
				   password_read(&password, stdin))
		status = print_hash(password.text);
	password_drop(&password);
	return status;
}
