/* SPDX-License-Identifier: GPL-2.0-only */
/* top on a terminal, by ncurses. */
#ifndef PPPCTL_TOP_SCREEN_H
#define PPPCTL_TOP_SCREEN_H

#include <jansson.h>

#include "pppctl.h"

/*
 * Make the parameters of org.culvert.Session.List: @limit sessions that pass @filter, an object, in
 * the order of the column @order. Returns a new reference.
 */
json_t *top_parameters(const json_t *filter, const char *order, int limit);

/*
 * Show sessions that pass @filter until the user quits. Returns false if that cannot be done on this
 * terminal; else *@status is an exit status.
 */
bool top_on_screen(const struct options *options, const json_t *filter, int *status);

#endif
