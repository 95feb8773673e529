// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <linux/netlink.h>

#include "net/nl.h"

/*
 * The kernel answers before sendmsg() returns. The timeout bounds the wait if a kernel bug prevents
 * it.
 */
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
	/* Errors here are ignored: without these options only the texts of errors are poorer. */
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

static struct nlmsghdr *start(struct nl *nl, char *at, uint16_t type, uint16_t flags, size_t extra)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(at);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	if (extra)
		mnl_nlmsg_put_extra_header(nlh, extra);
	return nlh;
}

struct nlmsghdr *nl_request(struct nl *nl, uint16_t type, uint16_t flags, size_t extra)
{
	memset(nl->request, 0, sizeof(nl->request));
	nl->first_seq = nl->seq + 1;
	return start(nl, nl->request, type, flags, extra);
}

struct nlmsghdr *nl_also(struct nl *nl, const struct nlmsghdr *before, uint16_t type,
			 uint16_t flags, size_t extra)
{
	return start(nl, mnl_nlmsg_get_payload_tail(before), type, flags, extra);
}

static void set_reason(struct nl *nl, const char *why)
{
	snprintf(nl->reason, sizeof(nl->reason), "%s", why);
}

/* Take the text of the kernel (extended ACK) from the error message @nlh, if it has one. */
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

/* The state of an exchange: what the kernel has answered so far. */
struct talk {
	mnl_cb_t cb;
	void *arg;
	int err;			/* of the first request that the kernel refused; 0: none */
	bool interrupted;		/* what the dump lists changed during the dump */
	bool over;			/* the last request is answered: the exchange ends */
	bool question;			/* the first answer to the last request ends it */
};

static void refused(struct nl *nl, struct talk *talk, int err, const struct nlmsghdr *nlh)
{
	if (talk->err)
		return;
	talk->err = err < 0 ? err : -EBADMSG;
	set_reason(nl, strerror(-talk->err));
	if (nlh)
		read_reason(nl, nlh);
}

/* Handle an error message. An acknowledgment is an error message with the error 0. */
static void hear_error(struct nl *nl, struct talk *talk, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
		refused(nl, talk, -EBADMSG, NULL);
	else if (e->error)
		refused(nl, talk, e->error, nlh);
	talk->over = nlh->nlmsg_seq == nl->seq;
}

static void hear_done(struct nl *nl, struct talk *talk, const struct nlmsghdr *nlh)
{
	const int *err = mnl_nlmsg_get_payload(nlh);

	if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(*err) && *err)
		refused(nl, talk, *err, NULL);
	else if (talk->interrupted)
		refused(nl, talk, -EINTR, NULL);
	talk->over = true;
}

static void hear_answer(struct nl *nl, struct talk *talk, const struct nlmsghdr *nlh)
{
	if (talk->cb && talk->cb(nlh, talk->arg) < MNL_CB_STOP)
		refused(nl, talk, -EBADMSG, NULL);
	if (talk->question && nlh->nlmsg_seq == nl->seq)
		talk->over = true;
}

/*
 * Returns true if @nlh answers a request of this exchange. Late answers to requests that timed out
 * do not.
 */
static bool is_answer(const struct nl *nl, const struct nlmsghdr *nlh)
{
	return nlh->nlmsg_pid == nl->portid &&
	       nlh->nlmsg_seq - nl->first_seq <= nl->seq - nl->first_seq;
}

static void hear(struct nl *nl, struct talk *talk, const struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		talk->interrupted = true;
	if (nlh->nlmsg_type == NLMSG_ERROR)
		hear_error(nl, talk, nlh);
	else if (nlh->nlmsg_type == NLMSG_DONE)
		hear_done(nl, talk, nlh);
	else if (nlh->nlmsg_type >= NLMSG_MIN_TYPE)
		hear_answer(nl, talk, nlh);
}

bool nl_ok(const struct nlmsghdr *nlh, int left)
{
	return mnl_nlmsg_ok(nlh, left) && nlh->nlmsg_len <= (unsigned int)left;
}

static int hear_all(struct nl *nl, struct talk *talk, const void *data, size_t len)
{
	const struct nlmsghdr *nlh = data;
	int left = (int)len;

	for (; !talk->over && nl_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		if (is_answer(nl, nlh))
			hear(nl, talk, nlh);
	/* The octets left are not a message, so the rest of the answer cannot be read. */
	return talk->over || left <= 0 ? 0 : -EBADMSG;
}

static int receive(struct nl *nl, struct talk *talk)
{
	_Alignas(8) char buf[16384];
	ssize_t n;

	do {
		n = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : hear_all(nl, talk, buf, (size_t)n);
}

/* Send all requests up to @nlh. */
static int ask(struct nl *nl, const struct nlmsghdr *nlh)
{
	size_t len = (size_t)((char *)mnl_nlmsg_get_payload_tail(nlh) - nl->request);

	nl->reason[0] = '\0';
	return mnl_socket_sendto(nl->sock, nl->request, len) < 0 ? -errno : 0;
}

/* Send all requests up to @nlh and read the answers until the exchange is over. */
static int exchange(struct nl *nl, const struct nlmsghdr *nlh, struct talk talk)
{
	int err = ask(nl, nlh);

	while (!err && !talk.over)
		err = receive(nl, &talk);
	if (err)
		set_reason(nl, strerror(-err));
	return err ? err : talk.err;
}

void nl_put_address(struct nlmsghdr *nlh, uint16_t type, struct ip_addr address)
{
	if (ip_is_set(address))
		mnl_attr_put(nlh, type, ip_bits(address) / 8, &address.v6);
}

struct ip_addr nl_get_address(const struct nlattr *attr)
{
	struct ip_addr address = { .family = AF_UNSPEC };

	switch (mnl_attr_get_payload_len(attr)) {
	case sizeof(address.v4):
		address.family = AF_INET;
		break;
	case sizeof(address.v6):
		address.family = AF_INET6;
		break;
	default:
		return address;
	}
	memcpy(&address.v6, mnl_attr_get_payload(attr), ip_bits(address) / 8);
	return address;
}

int nl_talk(struct nl *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *arg)
{
	nlh->nlmsg_flags |= NLM_F_ACK;
	return exchange(nl, nlh, (struct talk){ .cb = cb, .arg = arg });
}

int nl_dump(struct nl *nl, struct nlmsghdr *nlh)
{
	nlh->nlmsg_flags |= NLM_F_DUMP;
	return ask(nl, nlh);
}

int nl_dump_part(struct nl *nl, mnl_cb_t cb, void *arg)
{
	struct talk talk = { .cb = cb, .arg = arg };
	int err = receive(nl, &talk);

	return err ? err : talk.err ? talk.err : !talk.over;
}

int nl_ask(struct nl *nl, struct nlmsghdr *nlh, mnl_cb_t cb, void *arg)
{
	return exchange(nl, nlh, (struct talk){ .cb = cb, .arg = arg, .question = true });
}
