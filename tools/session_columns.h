/* SPDX-License-Identifier: GPL-2.0-only */
/* The columns that lists of sessions can have, by the names that they have behind -o and "sort". */
#ifndef PPPCTL_SESSION_COLUMNS_H
#define PPPCTL_SESSION_COLUMNS_H

#include <jansson.h>
#include <stdbool.h>

#include "table.h"

struct session_column;

#define MAX_COLUMNS 64

/* Some of them. */
struct choice {
	const struct session_column *columns[MAX_COLUMNS];
	struct column headings[MAX_COLUMNS];
	size_t n;
};

/*
 * Choose @names, as "user,rate", and before them those that are in @usual if @names begins with +.
 * Returns false after complaining.
 */
bool choose_columns(struct choice *choice, const char *names, const char *usual);

/* Returns the members of a session that are needed for it, as the parameter "fields". */
json_t *fields_of(const struct choice *choice);

/* Returns a table with these columns. @choice must outlive it. */
struct table *table_of_sessions(const struct choice *choice);
void add_session(struct table *table, const struct choice *choice, const json_t *session);

/*
 * Returns the parameter "sort" for the name of a column, which may have a hyphen before it, in
 * @order; NULL after complaining.
 */
const char *order_by(const char *name, char order[32]);

/* How many columns there are, and the name of each. */
size_t n_session_columns(void);
const char *session_column_name(size_t i);

/*
 * Return the heading of the column @name, which is one of them, and what stands in it for @session, in
 * @text or not. *@right is true if it is aligned to the right.
 */
const char *session_heading(const char *name, bool *right);
const char *session_cell(const char *name, const json_t *session, char text[UNIT_SIZE],
			 bool *right);

/* Print all columns. */
void print_columns(void);

#endif
