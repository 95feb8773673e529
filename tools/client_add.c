// SPDX-License-Identifier: GPL-2.0-only
/* Clients that are made at run time: client add, client remove. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "control.h"
#include "json.h"
#include "password.h"

#define ADD "org.culvert.Client.Add"

/* Returns OPTION=VALUE... as an object; NULL after a complaint. */
static json_t *read_options(int argc, char **argv)
{
	json_t *options = json_object();

	for (int i = 0; i < argc; i++) {
		char *equal = strchr(argv[i], '=');

		if (equal && equal != argv[i]) {
			*equal = '\0';
			if (!json_object_get(options, argv[i])) {
				json_object_set_new(options, argv[i], json_string(equal + 1));
				continue;
			}
			misused("client add has %s twice", argv[i]);
		} else {
			misused("client add has \"%s\": expected an option of culvert.conf, = and a value",
				argv[i]);
		}
		json_decref(options);
		return NULL;
	}
	return options;
}

/* Returns true unless the options say where the password is, or that there is none. */
static bool needs_password(const json_t *options)
{
	return !json_object_get(options, "secret-file") &&
	       strcmp(text_of(options, "auth"), "none") != 0;
}

/* Returns the descriptor, open for reading; NULL after complaining. */
static FILE *open_descriptor(const char *number)
{
	char *end;
	long fd = strtol(number, &end, 10);
	FILE *in = *number && !*end && fd >= 0 && fd <= INT_MAX ? fdopen((int)fd, "r") : NULL;

	if (in)
		setvbuf(in, NULL, _IONBF, 0);
	else
		complain("--password-fd is \"%s\": expected the number of an open descriptor", number);
	return in;
}

/* Returns false after complaining. */
static bool get_password(const struct options *options, struct password *password)
{
	FILE *in;
	bool ok;

	if (options->password_fd) {
		in = open_descriptor(options->password_fd);
		ok = in && password_read(password, in);
		if (in)
			fclose(in);
		return ok;
	}
	return isatty(STDIN_FILENO) ? password_ask_once(password, "Password: ") :
				      password_read(password, stdin);
}

/* What became of the client that is waited for; there is one. */
static struct {
	json_t *client;			/* as it was told last; NULL: not yet */
	unsigned int told;		/* so many times */
	bool listens;			/* that is what it is to come to */
	bool removed;
} awaited;

static void keep(const struct options *options, const json_t *parameters)
{
	json_t *client = json_object_get(parameters, "client");

	awaited.removed |= json_is_true(json_object_get(parameters, "removed"));
	if (!client)
		return;
	json_decref(awaited.client);
	awaited.client = json_incref(client);
	awaited.told++;
}

/*
 * Returns true if nothing comes by itself any more. A client that will listen is down first, until it has
 * its interface.
 */
static bool is_settled(void)
{
	const char *state = text_of(awaited.client, "state");

	if (!strcmp(state, "down"))
		return !awaited.listens || awaited.told > 1;
	return *text_of(awaited.client, "failure") || !strcmp(state, "up") ||
	       !strcmp(state, "listening");
}

/* Make @call, and wait until the client is up, or listens, or has failed. Returns an exit status. */
static int add_and_wait(const struct options *options, struct call call)
{
	FILE *stream = follow_begin(options, call);
	int status = STATUS_ABSENT;

	if (!stream)
		return status;
	while (follow_one(options, stream, keep, &status))
		if (is_settled())
			break;
	fclose(stream);
	if (status != STATUS_OK) {
		print_json_error(options, status);
	} else if (awaited.removed) {
		complain("the client was removed meanwhile");
		status = STATUS_FAILED;
	} else if (*text_of(awaited.client, "failure")) {
		complain("%s failed: %s", text_of(awaited.client, "failed_step"),
			 text_of(awaited.client, "failure"));
		status = STATUS_FAILED;
	} else if (options->json) {
		print_json(options, awaited.client);
	}
	json_decref(awaited.client);
	return status;
}

int cmd_client_add(const struct options *options, int argc, char **argv)
{
	struct call call = { .method = ADD, .member = "client" };
	struct password password = { 0 };
	json_t *given;
	int status = STATUS_USAGE;

	if (argc < 2)
		return misused("client add needs a name and options of a section \"client\"");
	given = read_options(argc - 1, argv + 1);
	if (!given)
		return STATUS_USAGE;
	if (!needs_password(given) || get_password(options, &password)) {
		call.parameters = json_pack("{s:s, s:o, s:s*}", "name", argv[0], "options", given,
					    "password", password.text);
		awaited.listens = !strcmp(text_of(given, "connect"), "demand");
		status = options->wait ? add_and_wait(options, call) :
					 ask_and_show(options, call, NULL);
	} else {
		json_decref(given);
	}
	password_drop(&password);
	return status;
}

int cmd_client_remove(const struct options *options, int argc, char **argv)
{
	return argc ? each_named(options, (struct call){ .method = "org.culvert.Client.Remove" }, argc,
				 argv, NULL) :
		      misused("client remove needs the name of a client");
}
