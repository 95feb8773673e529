/* SPDX-License-Identifier: GPL-2.0-only */
/* Attempts that the daemon remembers, for commands that show them beside something else. */
#ifndef PPPCTL_DIAGNOSE_H
#define PPPCTL_DIAGNOSE_H

#include <jansson.h>

/* Print a line for each of @attempts: how long ago, with whom, and the verdict. */
void print_verdicts(const json_t *attempts);

#endif
