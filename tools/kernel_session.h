/* SPDX-License-Identifier: GPL-2.0-only */
/* What the subcommands about sessions of the kernel module share. */
#ifndef PPPCTL_KERNEL_SESSION_H
#define PPPCTL_KERNEL_SESSION_H

#include <jansson.h>
#include <stdint.h>

#include "table.h"

/* Room for the texts below. */
#define SHOWN_SIZE 128

/* Where the frames go: "link pptp0", "channel", "none" */
const char *show_upper(const json_t *session, char text[SHOWN_SIZE]);

/* What is encrypted how: "128 stateless", "tx 128 stateless, rx off", "off" */
const char *show_kernel_mppe(const json_t *session, char text[SHOWN_SIZE]);

/* All packets that were dropped, whatever for. */
uint64_t drops_in(const json_t *stats);

/* Every counter that is not 0, as properties. */
void print_counters(const json_t *stats);

#endif
