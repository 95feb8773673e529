// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>

#include "control.h"
#include "json.h"
#include "table.h"

/* What became of records that no server has, and how that is said. */
static const struct {
	const char *counter;
	const char *words;
} losses[] = {
	{ "dropped", "for want of room" },
	{ "too_old", "that had waited for too long" },
	{ "unusable", "that no packet can carry, or that were damaged" },
	{ "not_known", "Accounting-On or -Off, which the servers do not answer" },
};

static void print_losses(const json_t *a)
{
	const char *name = "dropped";

	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		uint64_t n = number_of(a, losses[i].counter);

		if (!n)
			continue;
		print_property(name, "%ju %s", (uintmax_t)n, losses[i].words);
		name = "";
	}
}

static void print_queue(const json_t *a)
{
	char oldest[UNIT_SIZE];

	print_property("queued", "%ju records, of which %ju are under way",
		       (uintmax_t)number_of(a, "queued"), (uintmax_t)number_of(a, "under_way"));
	if (number_of(a, "oldest_s"))
		print_property("oldest", "%s", show_duration(number_of(a, "oldest_s"), oldest));
	print_property("sent", "%ju; %ju tries were not answered",
		       (uintmax_t)number_of(a, "sent"), (uintmax_t)number_of(a, "unanswered"));
	print_property("merged", "%ju Interim-Updates with a later record",
		       (uintmax_t)number_of(a, "merged"));
	print_losses(a);
}

static void print_file(const json_t *a)
{
	print_property("file", "%ju lines written, %ju wait, %ju dropped%s",
		       (uintmax_t)number_of(a, "lines"), (uintmax_t)number_of(a, "lines_queued"),
		       (uintmax_t)number_of(a, "lines_dropped"),
		       json_is_true(json_object_get(a, "file_fault")) ?
			       "; it cannot be written to" : "");
}

static void show(const struct options *options, const json_t *a)
{
	const bool radius = json_is_true(json_object_get(a, "radius"));
	const bool file = json_is_true(json_object_get(a, "file"));

	if (options->brief) {
		printf("%ju\n", (uintmax_t)number_of(a, "queued"));
		return;
	}
	if (!radius && !file) {
		puts("nothing is recorded");
		return;
	}
	puts("accounting");
	print_property("sessions", "%ju", (uintmax_t)number_of(a, "sessions"));
	print_queue(a);
	if (*text_of(a, "store_fault"))
		print_property("store", "cannot be used: %s", text_of(a, "store_fault"));
	if (file)
		print_file(a);
}

int cmd_accounting(const struct options *options, int argc, char **argv)
{
	if (argc)
		return misused("accounting takes no arguments; there is \"%s\"", argv[0]);
	return ask_and_show(options, (struct call){ .method = "org.culvert.Accounting.Status" }, show);
}
