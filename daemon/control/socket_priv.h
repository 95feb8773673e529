/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the control socket (socket.h):
 *	socket.c	the socket itself, and who is connected
 *	connection.c	a client: calls in, replies out, and what waits
 *	dispatch.c	from a call to its method, and to the reply
 *	list.c		replies in slices
 *	service.c	org.varlink.service
 *	visit.c		clients within the daemon
 */
#ifndef CULVERT_CONTROL_SOCKET_PRIV_H
#define CULVERT_CONTROL_SOCKET_PRIV_H

#include <sys/queue.h>
#include <uv.h>

#include "control/access.h"
#include "control/interfaces.h"
#include "control/socket.h"

#define WHO_MAX	160	/* octets, with the NUL */

struct listing;

struct control_client {
	LIST_ENTRY(control_client) link;
	uv_pipe_t pipe;			/* unless it visits */
	uv_idle_t idle;		/* runs for a list that has nothing to send yet */
	unsigned int handles;	/* of these, open */
	struct control *control;
	char who[WHO_MAX];	/* begins lines of the log */
	unsigned int rights;	/* mask of enum control_right */
	bool visits;
	struct control_visitor *visitor;	/* if it visits; NULL: it has left */
	uint64_t heard_ms;	/* uv_now() when the client last sent something */
	bool last_words;	/* disconnect once everything is written; read nothing more */
	bool closing;
	bool ended;		/* the client sends no more; what it has called is still answered */
	bool paused;		/* reading is stopped: @call is full */
	bool serving;		/* within client_serve() */
	bool starved;		/* control_continue() has found no room */
	size_t unwritten;	/* octets of memory that what waits to be written takes */
	struct control_answer *owed;	/* further calls wait for it; NULL: none */
	struct listing *listing;	/* the list that is being sent; NULL: none */
	size_t len;		/* octets in @call */
	char call[];		/* received and not carried out yet: CONTROL_MAX_CALL if it does not visit */
};

/* A method, with what has to be known of it. */
struct control_entry {
	const struct control_method *method;
	const struct idl_member *described;
	void *ctx;
};

struct control {
	uv_pipe_t listener;
	uv_timer_t again;	/* to accept a client that had to wait for memory */
	LIST_HEAD(, control_client) clients;
	unsigned int n_clients;
	unsigned int max_clients;
	unsigned int handles;	/* open handles of libuv, and clients */
	struct access_groups groups;
	struct interfaces interfaces;
	struct control_entry *entries;
	size_t n_entries;
	const char *version;
};

/* How a call wants to be answered. */
struct call_form {
	bool more;
	bool oneway;
};

/* ---- socket.c ---- */

/* @client is gone; frees the control if it was the last of all. */
void control_forget(struct control *control);

/* ---- connection.c ---- */

/*
 * Returns a client, whose memory the loop frees after client_close(), or NULL if there is none. Its pipe
 * is initialised, and what it visits for is the caller's to fill in.
 */
struct control_client *control_client_new(struct control *control, bool visits);

/* Begin to serve the accepted pipe of @client. */
int client_open(struct control_client *client);
void client_close(struct control_client *client);

/* Returns how many octets of memory a text of @len octets takes while it waits. */
size_t client_cost(size_t len);

/* Send @text, which is taken, and a NUL. NULL: there was no memory, and the client is disconnected. */
void client_send(struct control_client *client, char *text);

/* What took @cost octets was written, and waits no more. */
void client_written(struct control_client *client, size_t cost);

/* Carry out calls while the client reads its replies. Read on if there is room for more. */
void client_serve(struct control_client *client);

/* ---- dispatch.c ---- */

/* Find the description of each of @methods. Returns 0; or -1 after writing to @error. */
int dispatch_open(struct control *control, const struct control_method *methods, void *ctx,
		  char *error, size_t size);

/* Carry out the call of @len octets. */
void dispatch(struct control_client *client, const char *text, size_t len);

/* Carry out a call. */
void dispatch_call(struct control_client *client, const char *name, json_t *parameters,
		   const struct call_form *form);

/* Reply with parameters, whose reference is taken (NULL: no memory), or with an error. */
void send_reply(struct control_client *client, const struct call_form *form, json_t *parameters);
void send_error(struct control_client *client, const struct call_form *form,
		const struct control_error *error);

/* All that waited for the client is written, and something is owed to it. */
void answer_room(struct control_client *client);

/* Returns true if the client is told something that it need not ask for again. */
bool answer_is_told(const struct control_client *client);

/* The client waits no more for what is owed to it. */
void answer_forsake(struct control_client *client);

/* ---- list.c ---- */

void list_start(struct control_client *client, const struct control_entry *entry,
		const json_t *parameters, const struct call_form *form);
void list_continue(struct control_client *client);
void list_close(struct control_client *client);

/* ---- service.c ---- */

/* Methods whose context is the struct control, and the description of their interface. */
extern const char service_description[];
extern const struct control_method service_methods[];

#endif
