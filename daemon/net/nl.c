// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <linux/netlink.h>

#include "net/nl.h"

/* The kernel answers before sendmsg() returns; this only keeps a kernel bug from hanging us. */
#define ANSWER_TIMEOUT_S 5

int nl_open(struct nl *nl, int bus)
{
	const struct timeval timeout = { .tv_sec = ANSWER_TIMEOUT_S };
	int on = 1;
	int err;

	memset(nl, 0, sizeof(*nl));
	nl->sock = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->sock)
		return -errno;
	if (mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    setsockopt(mnl_socket_get_fd(nl->sock), SOL_SOCKET, SO_RCVTIMEO, &timeout,
		       sizeof(timeout)) < 0) {
		err = -errno;
		nl_close(nl);
		return err;
	}
	/* Without these two the reasons are poorer, nothing else. */
	mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	nl->portid = mnl_socket_get_portid(nl->sock);
	return 0;
}

void nl_close(struct nl *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	nl->sock = NULL;
}

struct nlmsghdr *nl_request(struct nl *nl, uint16_t type, uint16_t flags, size_t extra)
{
	struct nlmsghdr *nlh;

	memset(nl->request, 0, sizeof(nl->request));
	nlh = mnl_nlmsg_put_header(nl->request);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	if (extra)
		mnl_nlmsg_put_extra_header(nlh, extra);
	return nlh;
}

static void set_reason(struct nl *nl, const char *why)
{
	snprintf(nl->reason, sizeof(nl->reason), "%s", why);
}

/* The kernel's own words, if the error message @nlh carries any. */
static void read_reason(struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	unsigned int skip = sizeof(*e);
	const struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += MNL_ALIGN(e->msg.nlmsg_len) - sizeof(e->msg);
	if (skip > mnl_nlmsg_get_payload_len(nlh))
		return;
	mnl_attr_for_each(attr, nlh, skip) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) == 0)
			set_reason(nl, mnl_attr_get_str(attr));
	}
}

/* 1: go on reading, 0: done, negative: refused. */
static int one_answer(struct nl *nl, const struct nlmsghdr *nlh, mnl_cb_t cb, void *arg)
{
	const struct nlmsgerr *e;

	if (nlh->nlmsg_seq != nl->seq || nlh->nlmsg_pid != nl->portid)
		return 1;	/* late answer to a request that timed out */
	switch (nlh->nlmsg_type) {
	case NLMSG_DONE:
		if (mnl_nlmsg_get_payload_len(nlh) < sizeof(int))
			return 0;
		return *(const int *)mnl_nlmsg_get_payload(nlh);
	case NLMSG_ERROR:
		if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
			return -EBADMSG;
		e = mnl_nlmsg_get_payload(nlh);
		if (!e->error)
			return 0;
		set_reason(nl, strerror(-e->error));
		read_reason(nl, nlh);
		return e->error;
	default:
		if (cb && cb(nlh, arg) < MNL_CB_STOP)
			return -EBADMSG;
		return 1;
	}
}

int nl_talk(struct nl *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *arg)
{
	_Alignas(8) char buf[16384];
	ssize_t n;
	int err;

	nl->reason[0] = '\0';
	nlh->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		goto fail;
	for (;;) {
		const struct nlmsghdr *in = (const struct nlmsghdr *)buf;
		int left;

		n = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (n < 0)
			goto fail;
		for (left = n; mnl_nlmsg_ok(in, left); in = mnl_nlmsg_next(in, &left)) {
			err = one_answer(nl, in, cb, arg);
			if (err <= 0)
				return err;
		}
	}
fail:
	err = -errno;
	set_reason(nl, strerror(-err));
	return err;
}
