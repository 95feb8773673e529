/* SPDX-License-Identifier: GPL-2.0-only */
/* How much room text takes on a terminal. */
#ifndef PPPCTL_WIDTH_H
#define PPPCTL_WIDTH_H

#include <stdbool.h>
#include <stddef.h>

/* Returns how many columns of a terminal the UTF-8 string takes. */
size_t width_of(const char *text);

/*
 * Write as much of @text to @out, of @size octets, as @columns have room for. If that is not all, it
 * ends with an ellipsis, or with ~ where characters of the locale have one octet. Characters are not
 * cut. Returns how many columns it takes.
 */
size_t cut_to_width(char *out, size_t size, const char *text, size_t columns);

/*
 * Make the widest of @n columns narrower until their sum is @room. Those that may be made so have
 * @narrows set; none gets narrower than 8. The sum may be more in the end, if there is no more to
 * take.
 */
void fit_widths(size_t *widths, const bool *narrows, size_t n, size_t room);

/* Returns how many columns standard output has; 0 if it is no terminal. */
size_t width_of_terminal(void);

#endif
