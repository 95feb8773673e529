/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control socket: what pppctl talks to.
 *
 * A unix stream socket. The client sends one JSON object a line, and gets one
 * JSON object a line for each, in order:
 *
 *	{"cmd":"session.list"}
 *	{"ok":true,"result":[...]}
 *	{"ok":false,"error":"there is no session 7"}
 *
 * Commands come from a table that the owner registers. One is built in:
 * {"cmd":"monitor"} is answered {"ok":true,"result":null}, and from then on the
 * client also gets each event given to control_publish(), as {"event":{...}}.
 *
 * Bounded: a request of more than CONTROL_MAX_REQUEST octets is refused and its
 * sender disconnected. Requests of a client that does not take its answers are
 * left unread. A monitor that falls behind by CONTROL_MAX_BACKLOG octets is
 * disconnected. Once options->max_clients are connected, a new one takes the
 * place of the one that has been silent for longest; monitors keep theirs.
 *
 * Who may connect is settled by the socket's owner and mode: 0600 root, or 0660
 * and the configured group.
 */
#ifndef CULVERT_CONTROL_H
#define CULVERT_CONTROL_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define CONTROL_MAX_REQUEST	4096
#define CONTROL_MAX_BACKLOG	(4 * 1024 * 1024)

struct control;
struct uv_loop_s;

/*
 * Carry out one command at once. @request is the whole request object, borrowed
 * for the call. Returns a new reference to the result (json_null() for none),
 * or NULL after writing to @error, of @size octets, what was wrong in words for
 * the person at the other end.
 */
typedef json_t *(*control_fn)(void *ctx, const json_t *request, char *error, size_t size);

/* An answer that is owed to a client. */
struct control_answer;

/*
 * Begin to carry out a command that takes its time, as control_fn otherwise. The client waits, and
 * others do not. Exactly one of the two functions below is to be called, at once or later.
 */
typedef void (*control_begin_fn)(void *ctx, const json_t *request, struct control_answer *answer);

/* Takes the reference to @result. */
void control_answer(struct control_answer *answer, json_t *result);
void control_refuse(struct control_answer *answer, const char *error);

/* A result that is an array, made and sent in slices: it may be long. */
struct control_list {
	/* Returns what the others are called with, or NULL after writing to @error. */
	void *(*open)(void *ctx, const json_t *request, char *error, size_t size);
	/* Returns a new reference to the next element; NULL at the end. */
	json_t *(*next)(void *list);
	void (*close)(void *list);
};

struct control_command {
	const char *name;		/* "session.list"; NULL ends the table */
	/* one of these */
	control_fn run;
	control_begin_fn begin;
	const struct control_list *list;
};

struct control_options {
	const char *path;	/* of the socket; its directory is made if it is missing */
	const char *group;	/* whose members may connect; NULL or "" for none */
	unsigned int max_clients;
};

/*
 * Listen on the socket. A socket left behind by a daemon that is gone is
 * replaced; one that is answered is not. @options is copied; @commands and
 * @ctx must outlive the control. Returns NULL after writing the reason to
 * @error.
 */
struct control *control_open(struct uv_loop_s *loop, const struct control_options *options,
			     const struct control_command *commands, void *ctx,
			     char *error, size_t size);

/* Send @event to all monitors; the reference stays the caller's. Cheap without monitors. */
void control_publish(struct control *control, json_t *event);

/* True if anybody would see an event: to skip building one. */
bool control_has_monitors(const struct control *control);

/*
 * Stop listening, remove the socket, disconnect all clients. The memory is
 * freed once the loop has run the close callbacks; answers that are owed may
 * come later even than that. NULL is allowed.
 */
void control_close(struct control *control);

#endif
