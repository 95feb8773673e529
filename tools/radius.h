/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that the subcommands about RADIUS servers share. */
#ifndef PPPCTL_RADIUS_H
#define PPPCTL_RADIUS_H

#include <jansson.h>

#include "table.h"

/* Returns how the state of @server is to be coloured. */
enum colour radius_colour(const json_t *server);

/* Returns "12 ms" for a member of @times; "" if there was no answer in that time. */
const char *show_radius_time(const json_t *times, const char *member, char text[UNIT_SIZE]);

#endif
