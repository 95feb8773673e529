/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control socket, by which programs talk to the daemon. In this folder, a program that is
 * connected to it is called a client.
 *
 * It is a unix stream socket that speaks Varlink (https://varlink.org): a message is a JSON object
 * and a NUL. A client sends calls, and each is answered in order:
 *
 *	{"method":"org.culvert.Session.Show","parameters":{"id":7}}
 *	{"parameters":{"session":{...}}}
 *	{"error":"org.culvert.NotFound","parameters":{"what":"session","name":"7"}}
 *
 * A call with "more":true may have several replies, all but the last with "continues":true; one with
 * "oneway":true has none. The owner registers methods in a table. Interfaces are described by texts
 * (idl.h), and what comes is compared with them before a method hears of it: a method finds each
 * parameter that has to be there, and all of the right type; one that may be absent is never null.
 * The interface org.varlink.service is built in.
 *
 * Bounds:
 *  - A call of more than CONTROL_MAX_CALL octets, its NUL included, is refused and its client is
 *    disconnected.
 *  - While a client does not read its replies, its further calls are not carried out; at most
 *    CONTROL_MAX_CALL octets of them are read.
 *  - A list is made and sent in pieces, each when the one before was written. A piece has at most
 *    CONTROL_MAX_REPLY octets.
 *  - What is told without being asked for (control_continue()) and waits for a client takes at most
 *    CONTROL_MAX_BACKLOG octets of memory; more is refused, and it is the teller's to count what was lost.
 *  - When options->max_clients are connected and one more connects, the client that has sent nothing
 *    for longest is disconnected. Those that are told something are not: if there are no others, the
 *    new one is refused and disconnected.
 *
 * Rights: root and the user that the daemon runs as may do everything. The members of the groups of
 * struct control_options may do what stands there, and nobody else may connect; no group has
 * CONTROL_HOST. What a method needs stands in its row; what is changed, and by whom, is logged.
 *
 * Secrets: what a row calls so is left out of the log, and calls are erased from memory once they are
 * carried out. So is all that jansson frees, from the first control_open() on.
 *
 * The daemon itself can be a client for somebody who comes by another way (control_visit()): all of
 * this holds for it, but that it is not counted among max_clients.
 */
#ifndef CULVERT_CONTROL_SOCKET_H
#define CULVERT_CONTROL_SOCKET_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define CONTROL_MAX_CALL	16384
#define CONTROL_MAX_REPLY	(256 * 1024)
#define CONTROL_MAX_BACKLOG	(960 * 1024)	/* with the client itself, and what malloc() loses, 1 MiB */

struct control;
struct control_client;
struct uv_loop_s;

enum control_right {
	CONTROL_READ	= 1,	/* to look */
	CONTROL_WRITE	= 2,	/* to change something */
	CONTROL_CAPTURE	= 4,	/* to see what users send and receive */
	CONTROL_HOST	= 8,	/* to change what this host is: its routes, its programs */
};

/* Why a method was not carried out; zeroed: there was no memory. */
struct control_error {
	/* private, but for tests */
	unsigned int kind;
	char subject[128];
	char text[256];
};

/* Each says why: there is no @what of this @name; or in words for the person who asked. */
void control_not_found(struct control_error *error, const char *what, const char *name);
void control_refused(struct control_error *error, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The parameter @parameter has the right type, but is wrong; the words name it, too. */
void control_invalid(struct control_error *error, const char *parameter, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Carry out a method at once. @parameters are borrowed for the call. Returns a new reference to the
 * parameters of the reply, an object; or NULL after saying why in @error, or if there is no memory.
 */
typedef json_t *(*control_fn)(void *ctx, const json_t *parameters, struct control_error *error);

/* The reply to one call, to be given later. */
struct control_answer;

/*
 * Begin to carry out a method that takes time. The client waits for @answer; other clients are
 * served meanwhile. The callee must give @answer exactly once, by control_answer() or
 * control_fail(), before it returns or later.
 */
typedef void (*control_begin_fn)(void *ctx, const json_t *parameters,
				 struct control_answer *answer);

/*
 * Give the reply: its parameters, whose reference is taken (NULL: there was no memory), or an error.
 * Frees @answer. The client may have disconnected meanwhile.
 */
void control_answer(struct control_answer *answer, json_t *parameters);
void control_fail(struct control_answer *answer, const struct control_error *error);

/*
 * Send one more reply before @answer, whose parameters are @parameters, the text of an object, or NULL
 * if there was no memory for that. Returns false if too much waits for the client already: this reply is
 * lost, and teller->room() says when there is room again. Without memory the client is disconnected, so
 * that after true the teller may be gone. Only if the call was made with "more", and after
 * control_tell().
 */
bool control_continue(struct control_answer *answer, const char *parameters);

/* Returns true if the call was made with "more". */
bool control_wants_more(const struct control_answer *answer);

/* Who gives many replies, and need not give a last one. */
struct control_teller {
	/* All was written after control_continue() has returned false. */
	void (*room)(struct control_teller *teller);
	/* The client has disconnected. The answer is freed, if it was not given. */
	void (*gone)(struct control_teller *teller);
};

/* @teller must stay in place until gone() is called or the answer is given. */
void control_tell(struct control_answer *answer, struct control_teller *teller);

enum control_next {
	CONTROL_ELEMENT,	/* here is an element */
	CONTROL_LATER,		/* the slice is over before there was one */
	CONTROL_END,		/* there are no more */
};

/*
 * A method whose reply has an array that may be long: it is made and sent in slices. With "more",
 * each slice that has elements is a reply.
 */
struct control_list {
	const char *member;	/* the name of the array in the reply */
	/* Returns the argument of the others; or NULL after saying why, or without memory. */
	void *(*open)(void *ctx, const json_t *parameters, struct control_error *error);
	/* *@element becomes a new reference to the next element; NULL: there is no memory. */
	enum control_next (*next)(void *list, json_t **element);
	/*
	 * Returns a new reference to an object with the other members of the last reply; NULL: there is no
	 * memory. @cut: the list goes on, but the reply is full, and the client has not said "more".
	 * May be NULL: there are no other members, and a list that is cut has to be asked for with
	 * "more".
	 */
	json_t *(*end)(void *list, bool cut);
	/* Called once, at the end or when the client disconnects. Frees @list. */
	void (*close)(void *list);
};

struct control_method {
	const char *name;		/* "org.culvert.Session.Show"; NULL ends the table */
	enum control_right right;	/* that a client must have */
	bool needs_more;		/* it has no use without "more" */
	const char *secret;		/* a parameter that the log does not show; NULL: none */
	/* exactly one of these is set */
	control_fn run;
	control_begin_fn begin;
	const struct control_list *list;
};

struct control_options {
	const char *path;	/* of the socket; missing directories are made */
	/* Groups whose members may connect; NULL or "": none. */
	const char *group;		/* may look and change */
	const char *read_group;		/* may look */
	const char *capture_group;	/* may look, at what users send and receive too */
	unsigned int max_clients;
	const char *version;	/* of the daemon; a constant string */
};

/*
 * Listen on the socket. If there is a socket of that name which a daemon has left behind, it is
 * replaced. If a daemon still answers on it, or it is not a socket, control_open() fails. @options
 * is used during the call only; @methods, @descriptions (texts, NULL ends them) and @ctx must outlive
 * the result. Returns NULL after writing the reason to @error, of @size octets.
 */
struct control *control_open(struct uv_loop_s *loop, const struct control_options *options,
			     const struct control_method *methods, const char * const *descriptions,
			     void *ctx, char *error, size_t size);

/* Somebody who calls methods without the socket. */
struct control_visitor {
	/*
	 * Here is a message, a NUL behind its @len octets; it is the visitor's, to be freed. Called
	 * during control_call() and control_taken(), too. control_call() and control_leave() may not
	 * be called meanwhile.
	 */
	void (*reply)(struct control_visitor *visitor, char *text, size_t len);
	/* The visit is over: there is no memory for a reply, or the control was closed. */
	void (*gone)(struct control_visitor *visitor);
};

/*
 * Let @visitor, which must stay in place until it leaves or is gone, call methods with @rights, a mask
 * of enum control_right. @who is copied, and begins lines of the log: "web: token alice (127.0.0.1)".
 * Returns NULL if there is no memory.
 */
struct control_client *control_visit(struct control *control, struct control_visitor *visitor,
				     const char *who, unsigned int rights);

/* Call @method with @parameters, borrowed; the call before has had its last reply, which was taken. */
void control_call(struct control_client *visit, const char *method, json_t *parameters, bool more);

/*
 * The visitor has passed on a message of @len octets, as reply() was told: what was not taken is what
 * waits for a client.
 */
void control_taken(struct control_client *visit, size_t len);

/* Call no more. What is under way is given up; neither reply() nor gone() are called. */
void control_leave(struct control_client *visit);

/* Returns true if there is such a method and it needs CONTROL_WRITE. */
bool control_changes(const struct control *control, const char *method);

/*
 * Stop listening, remove the socket, disconnect all clients. The memory is freed once the loop has
 * run the close callbacks. A struct control_answer may be given even after that. @control may be
 * NULL.
 */
void control_close(struct control *control);

#endif
