/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that the subcommands about sessions of the kernel module share. */
#ifndef PPPCTL_KERNEL_SESSION_H
#define PPPCTL_KERNEL_SESSION_H

#include <jansson.h>
#include <stdint.h>

#include "table.h"

/* Octets of the texts below. */
#define SHOWN_SIZE 128

/* Returns where the frames of the session go: "link pptp0", "channel" or "none". */
const char *show_upper(const json_t *session, char text[SHOWN_SIZE]);

/* Returns how the session is encrypted: "128 stateless", "tx 128 stateless, rx off", "off". */
const char *show_kernel_mppe(const json_t *session, char text[SHOWN_SIZE]);

/* Returns the sum of all counters of dropped packets. */
uint64_t drops_in(const json_t *stats);

/* Returns @words: the name of a counter as it is shown, "rx drop stale". */
const char *counter_in_words(const char *name, char words[64]);

/* Print each counter that is not 0, as properties. */
void print_counters(const json_t *stats);

#endif
