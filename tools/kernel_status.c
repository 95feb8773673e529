// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "json.h"
#include "kernel.h"
#include "kernel_session.h"
#include "table.h"

static void print_part(const json_t *counters, const char *name, const char *title)
{
	const json_t *part = json_object_get(counters, name);

	if (!part)
		return;
	puts(title);
	print_counters(part);
}

int cmd_kernel_status(const struct options *options, int argc, char **argv)
{
	json_t *counters;
	int status;

	if (argc)
		return misused("kernel status takes no arguments; there is \"%s\"", argv[0]);
	counters = kernel_counters(&status);
	if (!counters)
		return status;
	if (options->json) {
		print_json(options, counters);
	} else {
		puts("module culvert in this network namespace");
		print_property("sessions", "%ju", (uintmax_t)number_of(counters, "sessions"));
		if (!options->brief) {
			print_part(counters, "totals", "all sessions, past and present");
			print_part(counters, "stats", "packets of no session");
		}
	}
	json_decref(counters);
	return STATUS_OK;
}
