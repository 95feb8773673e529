/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The backend that asks a database for the user (database.h) and judges the proof by what it says
 * (database_row.h, entry_verdict.h). It answers later.
 *
 * A user is unknown if the database has no row for the name. A name with a NUL in it, which no
 * database has, and an empty one are not asked. If the database cannot tell, AUTH_UNAVAILABLE is the
 * result. A row of which no use can be made, or which names a profile that there is not, refuses its
 * user: somebody else must not let him in, or with other limits. Whether the user is disabled, or
 * has expired, is told only to who has the right secret.
 */
#ifndef CULVERT_AAA_BACKEND_DATABASE_H
#define CULVERT_AAA_BACKEND_DATABASE_H

#include "aaa/backend.h"
#include "aaa/database.h"

struct auth_database_settings {
	const char * const *profiles;	/* names of those that there are */
	size_t n_profiles;
};

/*
 * Create the backend; takes a reference to @database, and copies @settings. Returns NULL if there is
 * no memory.
 */
struct auth *auth_database_new(struct database *database,
			       const struct auth_database_settings *settings);

#endif
