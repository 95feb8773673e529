// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "client/demand.h"
#include "client/log.h"
#include "util/callback.h"
#include "util/container.h"

#define IPV4_HEADER	20	/* octets at least, RFC 791 section 3.1 */
#define IPV4_TO		16	/* offset of the destination address */
#define MULTICAST	224	/* lowest first octet that is not unicast, RFC 1112 section 4 */

bool demand_wants(const uint8_t *packet, size_t len)
{
	return len >= IPV4_HEADER && packet[0] >> 4 == 4 && packet[IPV4_TO] < MULTICAST;
}

static bool hold(struct demand *d, const uint8_t *packet, size_t len)
{
	if (!demand_wants(packet, len) || d->n == DEMAND_PACKETS || !d->ops->holds(d->owner))
		return false;
	memcpy(d->packets[d->n].data, packet, len);
	d->packets[d->n++].len = len;
	return true;
}

static void poll_cb(uv_poll_t *poll, int status, int events)
{
	CALLBACK("demand: packets");
	struct demand *d = poll->data;
	uint8_t packet[DEMAND_PACKET_MAX];
	bool held = false;
	ssize_t n;

	/* Bounded, so that a flood of packets does not hold the loop. */
	for (unsigned int i = 0; i < DEMAND_PACKETS; i++) {
		n = d->net->ops->tun_read(&d->tun, packet, sizeof(packet));
		if (n <= 0)
			break;
		held = hold(d, packet, n) || held;
	}
	if (held)
		d->ops->asked(d->owner);
}

void demand_pass_on(struct demand *d, const char *ifname)
{
	for (unsigned int i = 0; i < d->n; i++) {
		int err = d->net->ops->tun_pass_on(ifname, d->packets[i].data, d->packets[i].len);

		if (err)
			log_client(d->config, LOG_LEVEL_WARNING, "packet that was held: %s",
				   strerror(-err));
	}
	d->n = 0;
}

void demand_drop(struct demand *d)
{
	d->n = 0;
}

/* --- the interface ------------------------------------------------------------------------ */

static void put(struct demand *d)
{
	if (--d->users == 0)
		free(d);
}

static void run_make(struct host_job *job, struct rtnl *rtnl)
{
	struct demand *d = container_of(job, struct demand, make);

	d->err = job->net->ops->tun_open(&d->tun, "listen%d");
}

static void run_remove(struct host_job *job, struct rtnl *rtnl)
{
	struct demand *d = container_of(job, struct demand, remove);

	if (!d->err)
		job->net->ops->tun_close(&d->tun);
}

static int watch(struct demand *d)
{
	int err = d->err ? d->err : uv_poll_init(d->loop, &d->poll, d->tun.fd);

	if (err)
		return err;
	d->users++;
	d->ifindex = d->tun.ifindex;
	d->poll.data = d;
	return uv_poll_start(&d->poll, UV_READABLE, poll_cb);
}

static void made(struct host_job *job)
{
	struct demand *d = container_of(job, struct demand, make);
	int err = d->closed ? 0 : watch(d);

	d->making = false;
	if (err)
		log_client(d->config, LOG_LEVEL_ERROR, "no interface to listen on: %s",
			   strerror(-err));
	else if (!d->closed)
		d->ops->made(d->owner);
	put(d);
}

static void removed(struct host_job *job)
{
	put(container_of(job, struct demand, remove));
}

struct demand *demand_open(uv_loop_t *loop, struct host_net *net,
			   const struct config_client *config, const struct demand_ops *ops,
			   void *owner)
{
	struct demand *d = calloc(1, sizeof(*d));

	if (!d) {
		log_client(config, LOG_LEVEL_ERROR, "out of memory");
		return NULL;
	}
	d->loop = loop;
	d->net = net;
	d->config = config;
	d->ops = ops;
	d->owner = owner;
	d->make = (struct host_job){ .run = run_make, .done = made };
	d->remove = (struct host_job){ .run = run_remove, .done = removed };
	d->users = 2;
	d->making = true;
	host_job_add(net, &d->make);
	return d;
}

static void poll_closed(uv_handle_t *handle)
{
	CALLBACK("demand: closed");

	put(handle->data);
}

void demand_close(struct demand *d)
{
	if (!d)
		return;
	d->closed = true;
	if (d->ifindex)
		uv_close((uv_handle_t *)&d->poll, poll_closed);
	/* libuv does not use the descriptor any more. The jobs are done in order. */
	host_job_add(d->net, &d->remove);
}
