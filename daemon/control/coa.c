// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "control/coa.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/log.h"
#include "util/text.h"

/* Datagrams that are read in one callback; the others follow in the next iteration of the loop. */
#define TAKE_AT_ONCE	32

/* Requests that are remembered; each takes some 600 octets. */
#define SEEN		4096

struct coa_socket {
	LIST_ENTRY(coa_socket) link;
	struct coa *coa;
	struct coa_listen_settings on;
	uint64_t number;		/* no two have the same */
	int fd;				/* -1: there is none */
	uv_poll_t poll;
};

LIST_HEAD(coa_sockets, coa_socket);

/* A permitted source, with a secret that is wiped before it is freed. */
struct coa_client {
	struct ip_addr address;
	char *name;
	char *secret;
	size_t secret_len;
};

struct coa_clients {
	struct coa_client *list;
	size_t n;
	char *nas_identifier;
};

struct coa {
	struct sessions *sessions;
	struct radius_coa radius;
	struct radius_coa_seen seen[SEEN];
	struct coa_applier applier;
	struct coa_clients clients;
	struct coa_sockets sockets;
	struct coa_counters counters;	/* those that are not elsewhere */
	uint64_t numbered;		/* sockets that were opened */
	unsigned int handles;		/* of sockets, not closed yet */
	bool closing;
};

/* --- sources --------------------------------------------------------------------------------- */

static void free_clients(struct coa_clients *clients)
{
	for (size_t i = 0; i < clients->n; i++) {
		struct coa_client *client = &clients->list[i];

		if (client->secret)
			explicit_bzero(client->secret, client->secret_len);
		free(client->secret);
		free(client->name);
	}
	free(clients->list);
	free(clients->nas_identifier);
	*clients = (struct coa_clients){ .list = NULL };
}

static bool copy_client(struct coa_client *to, const struct coa_client_settings *from)
{
	to->address = from->address;
	to->name = strdup(from->name);
	to->secret = malloc(from->secret_len);
	to->secret_len = from->secret_len;
	if (to->secret)
		memcpy(to->secret, from->secret, from->secret_len);
	return to->name && to->secret;
}

/* Returns false if there is no memory. */
static bool copy_clients(struct coa_clients *to, const struct coa_settings *settings)
{
	bool done;

	*to = (struct coa_clients){
		.list = calloc(settings->n_clients + 1, sizeof(*to->list)),
		.nas_identifier = strdup(settings->nas_identifier ? settings->nas_identifier : ""),
	};
	done = to->list && to->nas_identifier;
	for (size_t i = 0; done && i < settings->n_clients; i++, to->n++)
		done = copy_client(&to->list[i], &settings->clients[i]);
	if (!done)
		free_clients(to);
	return done;
}

static const struct coa_client *find_client(const struct coa *coa, struct ip_addr from)
{
	for (size_t i = 0; i < coa->clients.n; i++)
		if (ip_equal(coa->clients.list[i].address, from))
			return &coa->clients.list[i];
	return NULL;
}

static struct radius_secret secret_of(const struct coa_client *client)
{
	return (struct radius_secret){ client->secret, client->secret_len };
}

/* --- datagrams ------------------------------------------------------------------------------- */

/* A datagram that came to one of our addresses, or leaves from there. */
struct datagram {
	struct ip_addr peer;
	uint16_t port;			/* of the peer, in host order */
	struct ip_addr ours;
	size_t len;
};

/* Room for the address in a control message, of either family. */
union address_room {
	struct cmsghdr header;
	char octets[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

static uint16_t port_of(const struct sockaddr_storage *sa)
{
	return ntohs(sa->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)sa)->sin6_port :
						 ((const struct sockaddr_in *)sa)->sin_port);
}

/* Returns the address of ours that the datagram was sent to; @bound if the kernel does not say. */
static struct ip_addr find_ours(struct msghdr *msg, struct ip_addr bound)
{
	struct in6_pktinfo info6;
	struct in_pktinfo info;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
			memcpy(&info, CMSG_DATA(c), sizeof(info));
			return ip_from_v4(info.ipi_addr);
		}
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
			memcpy(&info6, CMSG_DATA(c), sizeof(info6));
			return (struct ip_addr){ .family = AF_INET6, .v6 = info6.ipi6_addr };
		}
	}
	return bound;
}

/* Returns 0 or a negative errno. */
static int receive(const struct coa_socket *sock, struct datagram *d, void *octets, size_t size)
{
	struct sockaddr_storage sa;
	struct iovec iov = { octets, size };
	union address_room room;
	struct msghdr msg = {
		.msg_name = &sa, .msg_namelen = sizeof(sa), .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &room, .msg_controllen = sizeof(room),
	};
	ssize_t n = recvmsg(sock->fd, &msg, 0);

	if (n < 0)
		return -errno;
	d->len = (size_t)n;
	d->peer = ip_from_sockaddr((struct sockaddr *)&sa);
	d->port = port_of(&sa);
	d->ours = find_ours(&msg, sock->on.address);
	return 0;
}

/* Let the datagram leave from the address of ours that it names. */
static void name_ours(struct msghdr *msg, union address_room *room, struct ip_addr ours)
{
	const struct in_pktinfo info = { .ipi_spec_dst = ours.v4 };
	const struct in6_pktinfo info6 = { .ipi6_addr = ours.v6 };
	bool v6 = ours.family == AF_INET6;
	size_t len = v6 ? sizeof(info6) : sizeof(info);

	memset(room, 0, sizeof(*room));
	room->header.cmsg_level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
	room->header.cmsg_type = v6 ? IPV6_PKTINFO : IP_PKTINFO;
	room->header.cmsg_len = CMSG_LEN(len);
	memcpy(CMSG_DATA(&room->header), v6 ? (const void *)&info6 : &info, len);
	msg->msg_control = room;
	msg->msg_controllen = CMSG_SPACE(len);
}

/* Who does not get the answer sends its request once more, and gets the same one. */
static void send_to(const struct coa_socket *sock, const struct datagram *d,
		    struct radius_coa_answer answer)
{
	struct sockaddr_storage sa;
	struct iovec iov = { (void *)answer.octets, answer.len };
	union address_room room;
	struct msghdr msg = {
		.msg_name = &sa, .msg_namelen = ip_to_sockaddr(d->peer, d->port, &sa),
		.msg_iov = &iov, .msg_iovlen = 1,
	};

	name_ours(&msg, &room, d->ours);
	if (sendmsg(sock->fd, &msg, 0) < 0)
		log_limited("CoA", uv_now(sock->coa->sessions->loop), LOG_LEVEL_WARNING,
			    "CoA: answer to %s: %s", ip_text(d->peer), strerror(errno));
}

/* --- the log --------------------------------------------------------------------------------- */

/* Returns why a request was dropped, by the counter that grew; NULL: it was only repeated. */
static const char *drop_reason(const struct radius_coa_counters *before,
			       const struct radius_coa_counters *after)
{
	if (after->bad_authenticator != before->bad_authenticator)
		return "its authenticator is wrong: is the secret the same at both ends?";
	if (after->unsigned_requests != before->unsigned_requests)
		return "it has no Message-Authenticator, which require-message-authenticator wants";
	if (after->bad_time != before->bad_time)
		return "its Event-Timestamp is missing or too far from this host's clock";
	if (after->doubtful != before->doubtful)
		return "it may be a repetition: it was made before culvertd began, or too many came since";
	if (after->malformed != before->malformed)
		return "it is no RADIUS packet";
	if (after->bad_code != before->bad_code)
		return "it is neither a CoA- nor a Disconnect-Request";
	return after->too_long != before->too_long ? "it has too many Proxy-States" : NULL;
}

static void tell_drop(const struct coa *coa, const struct coa_client *client,
		      const struct datagram *d, const struct radius_coa_counters *before)
{
	const char *why = drop_reason(before, &coa->radius.counters);

	if (why)
		log_with(&(struct log_fields){ .coa = client->name },
			 log_limited("CoA", uv_now(coa->sessions->loop), LOG_LEVEL_WARNING,
				     "CoA: request of coa-client %s (%s port %u) dropped: %s",
				     client->name, ip_text(d->peer), d->port, why));
}

static const char *error_text(enum radius_error_cause error)
{
	switch (error) {
	case RADIUS_ERROR_NAS_MISMATCH:
		return "it is for another NAS";
	case RADIUS_ERROR_INVALID_VALUE:
		return "the Session-Timeout is over already";
	case RADIUS_ERROR_NO_SESSION:
		return "no session matches";
	default:
		return "out of memory, or too many requests at once";
	}
}

/* A selector for the log: the one that a person knows a session by. */
static void show_whom(const struct radius_selectors *of, char *text, size_t size)
{
	char quoted[TEXT_QUOTE_SIZE], shown[TEXT_SHOW_SIZE(RADIUS_VALUE_MAX)];
	const struct {
		const char *what, *value;
	} texts[] = {
		{ "user", of->user }, { "session", of->session_id }, { "port", of->port_id },
		{ "calling", of->calling }, { "called", of->called }, { "session", of->multi_id },
	};

	for (unsigned int i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (!*texts[i].value)
			continue;
		text_show(shown, sizeof(shown), texts[i].value, strlen(texts[i].value));
		snprintf(text, size, "%s %s", texts[i].what, text_quote(quoted, shown));
		return;
	}
	if (of->port.given)
		snprintf(text, size, "port %u", of->port.value);
	else if (ip_is_set(of->address))
		snprintf(text, size, "address %s", ip_text(of->address));
	else
		snprintf(text, size, "an IPv6 prefix or interface identifier");
}

static void tell_answer(const struct coa *coa, const struct coa_client *client,
			const struct radius_coa_request *request, enum radius_error_cause error)
{
	const struct log_fields about = { .coa = client->name, .user = request->selectors.user };
	char whom[TEXT_QUOTE_SIZE + 16];

	show_whom(&request->selectors, whom, sizeof(whom));
	log_with(&about, log_limited(client->name, uv_now(coa->sessions->loop),
				     error ? LOG_LEVEL_NOTICE : LOG_LEVEL_INFO,
				     "CoA: coa-client %s %s %s%s%s", client->name,
				     request->disconnect ? "disconnects" : "changes", whom,
				     error ? ": refused: " : "", error ? error_text(error) : ""));
}

/* --- requests -------------------------------------------------------------------------------- */

static const struct coa_socket *find_socket(const struct coa *coa, uint64_t number)
{
	const struct coa_socket *sock;

	LIST_FOREACH(sock, &coa->sockets, link)
		if (sock->number == number)
			return sock;
	return NULL;
}

/* A task can be answered. Its source and its socket may be gone by now. */
static void done(struct coa_applier *a, const struct coa_task *task, enum radius_error_cause error)
{
	struct coa *coa = container_of(a, struct coa, applier);
	const struct coa_client *client = find_client(coa, task->request.from);
	const struct coa_socket *sock = find_socket(coa, task->socket);
	const struct datagram d = {
		.peer = task->request.from, .port = task->request.port, .ours = task->asked,
	};

	coa->counters.acks += !error;
	coa->counters.naks += !!error;
	if (!client || !sock)
		return;
	tell_answer(coa, client, &task->request, error);
	send_to(sock, &d,
		radius_coa_answer(&coa->radius, &task->request, error, secret_of(client)));
}

static void received(const struct coa_socket *sock, const struct datagram *d, const void *octets)
{
	static struct coa_task task;
	struct coa *coa = sock->coa;
	const struct radius_coa_counters before = coa->radius.counters;
	const struct coa_client *client = find_client(coa, d->peer);
	struct radius_coa_answer answer;

	if (!client) {
		coa->counters.unknown_source++;
		log_limited("CoA", uv_now(coa->sessions->loop), LOG_LEVEL_WARNING,
			    "CoA: request from %s port %u dropped: no coa-client has this address",
			    ip_text(d->peer), d->port);
		return;
	}
	switch (radius_coa_received(&coa->radius, &task.request, &answer, d->peer, d->port,
				    secret_of(client), octets, d->len, (uint64_t)time(NULL))) {
	case RADIUS_COA_DROPPED:
		tell_drop(coa, client, d, &before);
		break;
	case RADIUS_COA_ANSWER:
		send_to(sock, d, answer);
		break;
	case RADIUS_COA_TAKEN:
		task.asked = d->ours;
		task.socket = sock->number;
		coa_apply(&coa->applier, &task);
	}
}

/* Returns false if no datagram waits. */
static bool take_one(const struct coa_socket *sock)
{
	static uint8_t octets[RADIUS_PACKET_MAX];
	struct datagram d = { .port = 0 };
	int err = receive(sock, &d, octets, sizeof(octets));

	if (!err)
		received(sock, &d, octets);
	return err != -EAGAIN;
}

static void readable(uv_poll_t *poll, int status, int events)
{
	CALLBACK("CoA: requests");
	const struct coa_socket *sock = container_of(poll, struct coa_socket, poll);

	for (int i = 0; i < TAKE_AT_ONCE && callback_has_time() && take_one(sock); i++)
		;
}

/* --- sockets --------------------------------------------------------------------------------- */

/* The last thing that is gone frees all. */
static void free_if_closed(struct coa *coa)
{
	if (coa->closing && !coa->handles)
		free(coa);
}

static void closed(uv_handle_t *handle)
{
	CALLBACK("CoA: closed");
	struct coa_socket *sock = container_of((uv_poll_t *)handle, struct coa_socket, poll);
	struct coa *coa = sock->coa;

	free(sock);
	coa->handles--;
	free_if_closed(coa);
}

static void close_socket(struct coa_socket *sock)
{
	LIST_REMOVE(sock, link);
	uv_close((uv_handle_t *)&sock->poll, closed);
	close(sock->fd);
}

static void close_sockets(struct coa_sockets *sockets)
{
	while (!LIST_EMPTY(sockets))
		close_socket(LIST_FIRST(sockets));
}

static int switch_on(int fd, int level, int option)
{
	const int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on));
}

/* Returns a descriptor or a negative errno. */
static int open_fd(const void *arg)
{
	const struct coa_listen_settings *on = arg;
	bool v6 = on->address.family == AF_INET6;
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(on->address, on->port, &sa);
	int fd = socket(on->address.family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int err = 0;

	if (fd < 0)
		return -errno;
	if ((*on->vrf &&
	     setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, on->vrf, (socklen_t)strlen(on->vrf))) ||
	    switch_on(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVPKTINFO : IP_PKTINFO) ||
	    (v6 && switch_on(fd, IPPROTO_IPV6, IPV6_V6ONLY)) ||
	    /* No interface may have the address yet, for instance while the host boots. */
	    switch_on(fd, IPPROTO_IP, IP_FREEBIND) || bind(fd, (struct sockaddr *)&sa, len))
		err = -errno;
	if (err)
		close(fd);
	return err ? err : fd;
}

static int open_socket(struct coa *coa, struct coa_sockets *sockets,
		       const struct coa_listen_settings *on)
{
	struct coa_socket *sock = calloc(1, sizeof(*sock));
	int err = -ENOMEM;

	if (!sock)
		return err;
	sock->coa = coa;
	sock->on = *on;
	sock->number = ++coa->numbered;
	sock->fd = netns_make(on->netns, open_fd, on);
	err = sock->fd < 0 ? sock->fd : uv_poll_init(coa->sessions->loop, &sock->poll, sock->fd);
	if (err) {
		if (sock->fd >= 0)
			close(sock->fd);
		free(sock);
		return err;
	}
	coa->handles++;
	LIST_INSERT_HEAD(sockets, sock, link);
	uv_poll_start(&sock->poll, UV_READABLE, readable);
	return 0;
}

/* Whoever has the name of a VRF or a namespace may be another one by now. */
static bool is_lasting(const struct coa_listen_settings *on)
{
	return !*on->vrf && !*on->netns;
}

/* Returns true if a socket for the one is as good as one that is made now for the other. */
static bool is_same(const struct coa_listen_settings *a, const struct coa_listen_settings *b)
{
	return is_lasting(a) && is_lasting(b) && ip_equal(a->address, b->address) &&
	       a->port == b->port;
}

static bool is_open(const struct coa *coa, const struct coa_listen_settings *on)
{
	const struct coa_socket *sock;

	LIST_FOREACH(sock, &coa->sockets, link)
		if (is_same(&sock->on, on))
			return true;
	return false;
}

/* Where it is, as text in a static buffer. */
static const char *place_text(const struct coa_listen_settings *on)
{
	static char text[sizeof(*on) + 64];

	snprintf(text, sizeof(text), "%s port %u%s%s%s%s", ip_text(on->address), on->port,
		 *on->vrf ? " in VRF " : "", on->vrf, *on->netns ? " in namespace " : "",
		 on->netns);
	return text;
}

/* Open what is not open yet, into @sockets. Returns 0, or a negative errno and the reason. */
static int open_new(struct coa *coa, struct coa_sockets *sockets,
		    const struct coa_settings *settings, char *error, size_t size)
{
	int err = 0;

	LIST_INIT(sockets);
	for (size_t i = 0; i < settings->n_listen && !err; i++) {
		const struct coa_listen_settings *on = &settings->listen[i];

		if (is_open(coa, on))
			continue;
		err = open_socket(coa, sockets, on);
		if (err)
			snprintf(error, size, "CoA: listen on %s: %s", place_text(on),
				 strerror(-err));
	}
	if (err)
		close_sockets(sockets);
	return err;
}

static bool is_wanted(const struct coa_socket *sock, const struct coa_settings *settings)
{
	for (size_t i = 0; i < settings->n_listen; i++)
		if (is_same(&sock->on, &settings->listen[i]))
			return true;
	return false;
}

/* Close what is not wanted any more, and take over what was opened. */
static void use_sockets(struct coa *coa, struct coa_sockets *opened,
			const struct coa_settings *settings)
{
	struct coa_socket *sock, *next;

	for (sock = LIST_FIRST(&coa->sockets); sock; sock = next) {
		next = LIST_NEXT(sock, link);
		if (!is_wanted(sock, settings))
			close_socket(sock);
	}
	while ((sock = LIST_FIRST(opened))) {
		LIST_REMOVE(sock, link);
		LIST_INSERT_HEAD(&coa->sockets, sock, link);
	}
}

/* --- a socket in the place of another one ---------------------------------------------------- */

/* Sockets that were closed, and may be opened again. */
struct closed_sockets {
	struct coa_listen_settings *list;
	size_t n;
};

static bool has_port(const struct coa_settings *settings, uint16_t port)
{
	for (size_t i = 0; i < settings->n_listen; i++)
		if (settings->listen[i].port == port)
			return true;
	return false;
}

/*
 * Close those that are not wanted any more, and that may be in the way of others: with the same
 * port, one for any address is in the way of one for a certain address. Without memory none is.
 */
static void make_way(struct coa *coa, struct closed_sockets *closed,
		     const struct coa_settings *settings)
{
	struct coa_socket *sock, *next;
	size_t n = 0;

	LIST_FOREACH(sock, &coa->sockets, link)
		n++;
	*closed = (struct closed_sockets){ .list = calloc(n, sizeof(*closed->list)) };
	for (sock = LIST_FIRST(&coa->sockets); sock && closed->list; sock = next) {
		next = LIST_NEXT(sock, link);
		if (is_wanted(sock, settings) || !has_port(settings, sock->on.port))
			continue;
		closed->list[closed->n++] = sock->on;
		close_socket(sock);
	}
}

static void open_again(struct coa *coa, const struct closed_sockets *closed)
{
	for (size_t i = 0; i < closed->n; i++) {
		const struct coa_listen_settings *on = &closed->list[i];
		int err = open_socket(coa, &coa->sockets, on);

		if (err)
			log_error("CoA: listen on %s again: %s", place_text(on), strerror(-err));
	}
}

static int change_sockets(struct coa *coa, const struct coa_settings *settings, char *error,
			  size_t size)
{
	struct closed_sockets closed = { .list = NULL };
	struct coa_sockets opened;
	int err = open_new(coa, &opened, settings, error, size);

	if (err == -EADDRINUSE)
		make_way(coa, &closed, settings);
	if (closed.n) {
		err = open_new(coa, &opened, settings, error, size);
		if (err)
			open_again(coa, &closed);
	}
	free(closed.list);
	if (!err)
		use_sockets(coa, &opened, settings);
	return err;
}

/* --- all of it ------------------------------------------------------------------------------- */

/* A source that is permitted no more, or a secret that is known to others, must not wait. */
int coa_use(struct coa *coa, const struct coa_settings *settings, char *error, size_t size)
{
	struct coa_clients clients;

	if (!copy_clients(&clients, settings)) {
		snprintf(error, size, "CoA: out of memory");
		return -ENOMEM;
	}
	free_clients(&coa->clients);
	coa->clients = clients;
	coa->radius.config = settings->checks;
	coa_applier_name(&coa->applier, clients.nas_identifier, settings->nas_address);
	return change_sockets(coa, settings, error, size);
}

struct coa *coa_new(struct sessions *sessions)
{
	struct coa *coa = calloc(1, sizeof(*coa));
	static const struct radius_coa_config nothing;

	if (!coa)
		return NULL;
	coa->sessions = sessions;
	LIST_INIT(&coa->sockets);
	radius_coa_init(&coa->radius, &nothing, coa->seen, SEEN);
	radius_coa_forgot(&coa->radius, (uint64_t)time(NULL));
	coa_applier_init(&coa->applier, sessions, done);
	return coa;
}

bool coa_listens(const struct coa *coa)
{
	return !LIST_EMPTY(&coa->sockets);
}

struct coa_counters coa_counters(const struct coa *coa)
{
	struct coa_counters counters = coa->counters;

	counters.packets = coa->radius.counters;
	counters.ended = coa->applier.ended;
	counters.changed = coa->applier.changed;
	return counters;
}

void coa_close(struct coa *coa)
{
	if (!coa)
		return;
	coa->closing = true;
	coa_applier_stop(&coa->applier);
	close_sockets(&coa->sockets);
	free_clients(&coa->clients);
	free_if_closed(coa);
}
