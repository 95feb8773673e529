/* SPDX-License-Identifier: GPL-2.0-only */
/* Read and print JSON values. They come from the daemon, or from the kernel by kernel.h. */
#ifndef PPPCTL_JSON_H
#define PPPCTL_JSON_H

#include <jansson.h>
#include <stdint.h>

#include "pppctl.h"

/* Print @value as the options say, with a newline. */
void print_json(const struct options *options, const json_t *value);

/* Returns true if print_json() or print_json_error() has printed something. */
bool json_was_printed(void);

/* Remember the reply with an error that was complained of, for print_json_error(). */
void keep_error(const json_t *message);

/*
 * If the options ask for JSON, print an object about what was complained of last, as pppctl(8) has it.
 * @status is the exit status that it leads to.
 */
void print_json_error(const struct options *options, int status);

/* Return the member @name; if it is missing or has another type, the value noted beside. */
const char *text_of(const json_t *object, const char *name);	/* "" */
const char *text_or_dash(const json_t *object, const char *name); /* "-", also for "" */
uint64_t number_of(const json_t *object, const char *name);	/* 0 */

#endif
