/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A password that the daemon itself uses, in a file of its own. The password is the first line of
 * the file with all blanks, without the newline.
 */
#ifndef CULVERT_AAA_PASSWORD_H
#define CULVERT_AAA_PASSWORD_H

#include "util/diag.h"

#define PASSWORD_MAX	256	/* octets */

/*
 * Read the password from the file @path. Returns a string that the caller must give to
 * password_free(). After an error it returns NULL and has reported the error to @diag. These are
 * errors: @path is not a regular file; the file has more than 64 KiB; group or others have any
 * permission on the file; its owner is neither root nor the effective user of this process; the
 * password is empty, has more than PASSWORD_MAX octets, or has control characters (NUL too).
 */
char *password_load(const char *path, struct diag *diag);

/* Erase and free @password, which may be NULL. */
void password_free(char *password);

#endif
