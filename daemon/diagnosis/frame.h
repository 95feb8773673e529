/* SPDX-License-Identifier: GPL-2.0-only */
/* A PPP frame as a history keeps it, in words. Pure. */
#ifndef CULVERT_DIAGNOSIS_FRAME_H
#define CULVERT_DIAGNOSIS_FRAME_H

#include <stddef.h>
#include <stdint.h>

/*
 * Write what a step HISTORY_FRAME_IN or _OUT (history_frame()) with @len octets of @data says to
 * @out, of @size octets: "LCP Configure-Request: MRU 1400, auth mschap-v2". It is printable, and cut
 * if there is no room. Returns @out.
 */
char *frame_words(char *out, size_t size, const uint8_t *data, size_t len);

#endif
