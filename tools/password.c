// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "password.h"
#include "pppctl.h"

void password_drop(struct password *password)
{
	if (password->text)
		explicit_bzero(password->text, password->size);
	free(password->text);
	*password = (struct password){ 0 };
}

bool password_read(struct password *password, FILE *in)
{
	const ssize_t len = getline(&password->text, &password->size, in);

	if (len < 0) {
		complain("there is no password");
		return false;
	}
	password->text[strcspn(password->text, "\r\n")] = '\0';
	return true;
}

/* Ctrl-C is a character meanwhile, so that the terminal never stays silent. */
static bool read_unseen(struct password *password, const char *prompt)
{
	struct termios before, silent;
	bool ok;

	if (tcgetattr(STDIN_FILENO, &before))
		return password_read(password, stdin);
	silent = before;
	silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
	/* Whoever answers at once finds the terminal silent already. */
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	fputs(prompt, stderr);
	ok = password_read(password, stdin);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	return ok;
}

bool password_ask_once(struct password *password, const char *prompt)
{
	return read_unseen(password, prompt);
}

bool password_ask(struct password *password, const char *prompt)
{
	struct password again = { 0 };
	bool same;

	if (!read_unseen(password, prompt))
		return false;
	if (!*password->text)
		return true;
	same = read_unseen(&again, "Once more: ") && !strcmp(password->text, again.text);
	if (!same)
		complain("that was another password");
	password_drop(&again);
	return same;
}
