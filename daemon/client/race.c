// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/race.h"
#include "util/container.h"

static void go_on(struct race *r);

static unsigned int index_of(const struct racer *racer)
{
	return (unsigned int)(racer - racer->race->racers);
}

static unsigned int count(const struct race *r, enum racer_state state)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < r->n; i++)
		n += r->racers[i].state == state;
	return n;
}

/* Stop watching the socket of @racer. Returns the socket, which is open. */
static int take_socket(struct racer *racer)
{
	int fd = racer->fd;

	poller_remove(racer->race->poller, fd);
	racer->fd = -1;
	return fd;
}

static void drop(struct racer *racer, enum racer_state state, int err)
{
	close(take_socket(racer));
	racer->state = state;
	if (err)
		racer->race->ops->failed(racer->race, index_of(racer), err);
}

static int socket_error(int fd)
{
	int err = 0;
	socklen_t len = sizeof(err);

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) ? -errno : -err;
}

static void win(struct racer *racer)
{
	struct race *r = racer->race;
	int fd = take_socket(racer);

	racer->state = RACER_OUT;
	race_stop(r);
	r->last = index_of(racer);
	r->ops->won(r, r->last, fd);
}

/* The attempt to connect is over: it succeeded or failed. */
static void ready(struct polled *polled, uint32_t events)
{
	struct racer *racer = container_of(polled, struct racer, polled);
	int err;

	if (racer->state != RACER_RUNS)
		return;
	err = socket_error(racer->fd);
	if (!err) {
		win(racer);
		return;
	}
	drop(racer, RACER_OUT, err);
	go_on(racer->race);
}

static bool bind_to(int fd, struct ip_addr from)
{
	const int on = 1;
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(from, 0, &sa);

	/* With this option the port is chosen when the server is known, so that many can share it. */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
	return bind(fd, (struct sockaddr *)&sa, len) == 0;
}

/* With a mark of 0, no privilege is needed. */
static bool set_mark(int fd, uint32_t mark)
{
	return !mark || setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)) == 0;
}

static int open_socket(struct racer *racer, struct ip_addr to)
{
	const int on = 1;
	const struct ip_addr from = racer->race->from;
	struct sockaddr_storage sa;
	socklen_t len = ip_to_sockaddr(to, racer->race->port, &sa);

	racer->fd = socket(to.family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (racer->fd < 0 || setsockopt(racer->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) ||
	    !set_mark(racer->fd, racer->race->mark) ||
	    (ip_is_set(from) && !bind_to(racer->fd, from)) ||
	    (connect(racer->fd, (struct sockaddr *)&sa, len) && errno != EINPROGRESS))
		return -errno;
	return poller_add(racer->race->poller, racer->fd, &racer->polled, EPOLLOUT | EPOLLET);
}

/* Returns false if that failed at once. */
static bool start(struct race *r, unsigned int i)
{
	struct racer *racer = &r->racers[i];
	int err = open_socket(racer, r->list[i]);

	r->last = i;
	racer->state = err ? RACER_OUT : RACER_RUNS;
	racer->until = uv_now(r->loop) + RACE_CONNECT_MS;
	if (!err)
		return true;
	if (racer->fd >= 0)
		close(racer->fd);
	r->ops->failed(r, i, err);
	return false;
}

/* Start the next address that can be started. */
static void start_next(struct race *r)
{
	bool started = false;

	for (unsigned int k = 0; k < r->n && !started; k++) {
		unsigned int i = (r->first + k) % r->n;

		if (r->racers[i].state == RACER_WAITS)
			started = start(r, i);
	}
	r->next_at = race_has_more(r) ? uv_now(r->loop) + RACE_HEAD_START_MS : NEVER;
}

/* An address has failed, so the next one need not wait. */
static void go_on(struct race *r)
{
	start_next(r);
	if (!count(r, RACER_RUNS))
		r->ops->lost(r);
}

void race_init(struct race *r, struct poller *poller, uv_loop_t *loop, const struct ip_addr *list,
	       unsigned int n, unsigned int first, uint16_t port, const struct race_ops *ops)
{
	*r = (struct race){
		.last = first, .poller = poller, .loop = loop, .ops = ops, .list = list, .n = n,
		.first = first, .port = port, .next_at = NEVER,
	};
	for (unsigned int i = 0; i < n; i++)
		r->racers[i] = (struct racer){ .polled.ready = ready, .race = r, .fd = -1 };
}

void race_exclude(struct race *r, unsigned int i)
{
	r->racers[i].state = RACER_OUT;
}

void race_go(struct race *r)
{
	go_on(r);
}

bool race_has_more(const struct race *r)
{
	return count(r, RACER_WAITS);
}

void race_stop(struct race *r)
{
	r->next_at = NEVER;
	for (unsigned int i = 0; i < r->n; i++)
		if (r->racers[i].state == RACER_RUNS)
			drop(&r->racers[i], RACER_WAITS, 0);
}

uint64_t race_deadline(const struct race *r)
{
	uint64_t at = r->next_at;

	for (unsigned int i = 0; i < r->n; i++)
		if (r->racers[i].state == RACER_RUNS)
			at = earlier(at, r->racers[i].until);
	return at;
}

void race_tick(struct race *r)
{
	uint64_t now = uv_now(r->loop);
	bool failed = false;

	for (unsigned int i = 0; i < r->n; i++) {
		if (r->racers[i].state == RACER_RUNS && now >= r->racers[i].until) {
			drop(&r->racers[i], RACER_OUT, -ETIMEDOUT);
			failed = true;
		}
	}
	if (failed || now >= r->next_at)
		go_on(r);
}
