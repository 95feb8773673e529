// SPDX-License-Identifier: GPL-2.0-only
/* Make the NT hash of a password, for a file of secrets. The daemon is not asked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "pppctl.h"
#include "util/nt_hash.h"
#include "util/text.h"

struct line {
	char *text;
	size_t size;
};

static void drop(struct line *line)
{
	if (line->text)
		explicit_bzero(line->text, line->size);
	free(line->text);
}

/* Read a line without its end. Returns false, after complaining, if there is none. */
static bool read_line(struct line *line)
{
	const ssize_t len = getline(&line->text, &line->size, stdin);

	if (len < 0) {
		complain("there is no password");
		return false;
	}
	line->text[strcspn(line->text, "\r\n")] = '\0';
	return true;
}

/* Ctrl-C is a character meanwhile, so that the terminal never stays silent. */
static bool ask_for(const char *prompt, struct line *line)
{
	struct termios before, silent;
	bool ok;

	if (tcgetattr(STDIN_FILENO, &before))
		return read_line(line);
	silent = before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	fputs(prompt, stderr);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	ok = read_line(line);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	return ok;
}

/* People who do not see what they type are asked twice. */
static bool read_password(struct line *line)
{
	struct line again = { 0 };
	bool same;

	if (!isatty(STDIN_FILENO))
		return read_line(line);
	if (!ask_for("Password: ", line))
		return false;
	same = ask_for("Once more: ", &again) && !strcmp(line->text, again.text);
	if (!same)
		complain("that was another password");
	drop(&again);
	return same;
}

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
	struct line line = { 0 };
	int status = STATUS_USAGE;

	/* Not as an argument, which everybody on this host can see. */
	if (argc)
		return misused("hash takes no arguments: it reads the password from the terminal or "
			       "from standard input");
	setvbuf(stdin, NULL, _IONBF, 0);
	if (read_password(&line))
		status = print_hash(line.text);
	drop(&line);
	return status;
}
