/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One password of our own, alone in a file: the first line of it, blanks included, without the end
 * of the line.
 */
#ifndef CULVERT_AAA_PASSWORD_H
#define CULVERT_AAA_PASSWORD_H

#include "util/diag.h"

#define PASSWORD_MAX	256	/* octets */

/*
 * Read the password in @path, into memory that password_free() takes. NULL after saying in @diag
 * what is wrong: no regular file, one of more than 64 KiB, or one that somebody but its owner may
 * read or write, an owner who is neither root nor ourselves, a password that is empty, too long, or
 * has control characters.
 */
char *password_load(const char *path, struct diag *diag);

/* Erase and free it. NULL is allowed. */
void password_free(char *password);

#endif
