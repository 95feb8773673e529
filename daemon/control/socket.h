/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control socket, by which pppctl talks to the daemon. In this folder, a
 * program that is connected to the control socket is called a client.
 *
 * The control socket is a unix stream socket. A client sends requests, each a
 * JSON object on one line. The daemon answers each request, in order, by a JSON
 * object on one line:
 *
 *	{"cmd":"session.list"}
 *	{"ok":true,"result":[...]}
 *	{"ok":false,"error":"there is no session 7"}
 *
 * The owner registers the commands in a table. One command is built in:
 * {"cmd":"monitor"} is answered by {"ok":true,"result":null} and makes the
 * client a monitor. From then on a monitor is also sent each event that is given
 * to control_publish(), as {"event":{...}} on one line.
 *
 * Bounds:
 *  - A request of more than CONTROL_MAX_REQUEST octets, the newline included, is
 *    refused and its client is disconnected.
 *  - While a client does not read its answers, its further requests are not
 *    carried out; at most CONTROL_MAX_REQUEST octets of them are read.
 *  - A monitor is disconnected when more than CONTROL_MAX_BACKLOG octets wait to
 *    be sent to it.
 *  - When options->max_clients are connected and one more connects, the client
 *    that has sent nothing for longest is disconnected. Monitors are not: if all
 *    clients are monitors, the new one is refused and disconnected.
 *
 * The socket's owner and mode decide who may connect: mode 0600, or 0660 with
 * the configured group. The owner is the user that the daemon runs as.
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
 * or NULL after writing the reason to @error, of @size octets, in words for the
 * person who uses the client.
 */
typedef json_t *(*control_fn)(void *ctx, const json_t *request, char *error, size_t size);

/* The answer to one request, to be given later. */
struct control_answer;

/*
 * Begin to carry out a command that takes time. The arguments are those of control_fn. The client
 * waits for @answer; other clients are served meanwhile. The callee must give @answer exactly once,
 * by control_answer() or control_refuse(), before it returns or later.
 */
typedef void (*control_begin_fn)(void *ctx, const json_t *request, struct control_answer *answer);

/*
 * Give the answer: a result, whose reference is taken, or an error. Frees @answer. The client may
 * have disconnected meanwhile.
 */
void control_answer(struct control_answer *answer, json_t *result);
void control_refuse(struct control_answer *answer, const char *error);

/* A result that is an array and may be long: it is made and sent in slices. */
struct control_list {
	/* Returns the argument of next() and close(), or NULL after writing to @error. */
	void *(*open)(void *ctx, const json_t *request, char *error, size_t size);
	/* Returns a new reference to the next element; NULL after the last. */
	json_t *(*next)(void *list);
	/* Called once, at the end or when the client disconnects. Frees @list. */
	void (*close)(void *list);
};

struct control_command {
	const char *name;		/* "session.list"; NULL ends the table */
	/* exactly one of these is set */
	control_fn run;
	control_begin_fn begin;
	const struct control_list *list;
};

struct control_options {
	const char *path;	/* of the socket; missing directories are made */
	const char *group;	/* its members may connect; NULL or "": none */
	unsigned int max_clients;
};

/*
 * Listen on the socket. If there is a socket of that name which a daemon has
 * left behind, it is replaced. If a daemon still answers on it, or it is not a
 * socket, control_open() fails. @options is used during the call only; @commands
 * and @ctx must outlive the result. Returns NULL after writing the reason to
 * @error, of @size octets.
 */
struct control *control_open(struct uv_loop_s *loop, const struct control_options *options,
			     const struct control_command *commands, void *ctx, char *error,
			     size_t size);

/* Send @event to all monitors. The caller keeps its reference. Cheap without monitors. */
void control_publish(struct control *control, json_t *event);

/* Returns true if there is a monitor; otherwise no event needs to be made. */
bool control_has_monitors(const struct control *control);

/*
 * Stop listening, remove the socket, disconnect all clients. The memory is
 * freed once the loop has run the close callbacks. A struct control_answer may
 * be given even after that. @control may be NULL.
 */
void control_close(struct control *control);

#endif
