/* SPDX-License-Identifier: GPL-2.0-only */
/* Passwords that people type, or programs write. They are never arguments, which everybody can see. */
#ifndef PPPCTL_PASSWORD_H
#define PPPCTL_PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct password {
	char *text;
	size_t size;
};

/* Erase and free the password. */
void password_drop(struct password *password);

/*
 * Read a line without its end, from a file that has no buffer. Returns false, after complaining, if
 * there is none.
 */
bool password_read(struct password *password, FILE *in);

/*
 * Ask for a password on the terminal that standard input is, twice unless it is empty, since people
 * do not see what they type. Returns false after complaining.
 */
bool password_ask(struct password *password, const char *prompt);

/* The same, once: who mistypes it learns that from the server. */
bool password_ask_once(struct password *password, const char *prompt);

#endif
