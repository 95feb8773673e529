// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "json.h"
#include "util/text.h"

/* What is drained, and how. */
struct drain {
	const char *server;		/* NULL: all of them */
	uint64_t timeout_s;		/* 0: no limit */
	bool wait;
};

/* [SERVER] [SECONDS] [wait]; a single number is the seconds. Returns an exit status. */
static int read_words(struct drain *drain, int argc, char **argv)
{
	*drain = (struct drain){ 0 };
	if (argc && !strcmp(argv[argc - 1], "wait")) {
		drain->wait = true;
		argc--;
	}
	if (argc && text_number(argv[argc - 1], 0, UINT32_MAX, &drain->timeout_s))
		argc--;
	else if (argc > 1)
		return misused("drain has \"%s\": expected a number of seconds", argv[argc - 1]);
	if (argc > 1)
		return misused("drain takes one server or all; there is \"%s\"", argv[1]);
	drain->server = argc ? argv[0] : NULL;
	return STATUS_OK;
}

/* Returns how many sessions are left; -1 if not all that should be are drained any more. */
static intmax_t left(const struct drain *drain, const json_t *status)
{
	const json_t *server;
	intmax_t n = 0;
	size_t i;

	json_array_foreach(json_object_get(status, "servers"), i, server) {
		if (drain->server && strcmp(drain->server, text_of(server, "name")))
			continue;
		if (!json_is_true(json_object_get(server, "draining")))
			return -1;
		n += (intmax_t)number_of(server, "sessions");
	}
	return n;
}

/* Wait until nobody is left. */
static int wait_for_all(const struct options *options, const struct drain *drain)
{
	intmax_t n = 1;
	int status = STATUS_OK;

	while (n > 0) {
		json_t *answer = ask(options, (struct call){ .method = "org.culvert.Daemon.Status" }, &status);

		if (!answer)
			return status;
		n = left(drain, answer);
		json_decref(answer);
		if (n > 0)
			sleep(1);
	}
	if (!n)
		return STATUS_OK;
	complain("somebody has undone it");
	return STATUS_FAILED;
}

int cmd_drain(const struct options *options, int argc, char **argv)
{
	struct drain drain;
	int status = read_words(&drain, argc, argv);

	if (status)
		return status;
	status = ask_and_show(options,
			      (struct call){
		.method = "org.culvert.Daemon.Drain",
		.parameters = json_pack("{s:s*, s:I}", "server", drain.server, "timeout_s",
					(json_int_t)drain.timeout_s),
	}, NULL);
	return status || !drain.wait ? status : wait_for_all(options, &drain);
}

int cmd_undrain(const struct options *options, int argc, char **argv)
{
	if (argc > 1)
		return misused("undrain takes one server or all; there is \"%s\"", argv[1]);
	return ask_and_show(options, (struct call){
		.method = "org.culvert.Daemon.Undrain",
		.parameters = json_pack("{s:s*}", "server", argc ? argv[0] : NULL),
	}, NULL);
}
