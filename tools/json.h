/* SPDX-License-Identifier: GPL-2.0-only */
/* JSON values, from the daemon or made of what the kernel says: taken apart, and printed. */
#ifndef PPPCTL_JSON_H
#define PPPCTL_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "pppctl.h"

/* Print @value as the options say, with a newline. */
void print_json(const struct options *options, const json_t *value);

/* Members of an object, with a stand-in for what is missing or of another type. */
const char *text_of(const json_t *object, const char *name);	/* "" */
const char *text_or_dash(const json_t *object, const char *name); /* "-", also for "" */
uint64_t number_of(const json_t *object, const char *name);	/* 0 */

#endif
