// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/socket.h>
#include <libmnl/libmnl.h>
#include <libnftnl/common.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "net/nft_set.h"

#define COMMENT		"culvertd"
#define MESSAGE_MAX	512	/* octets of one change, of which names have 2 * NFT_NAME_SIZE */
#define ANSWERS_SIZE	(1 << 20)
#define ANSWER_MAX	32768	/* octets; a datagram of a dump is no larger */
#define ANSWER_S	10

/* A type of nft(8): what a key is, as the kernel keeps it for programs. */
#define TYPE_IPV4_ADDR	7

int nft_open(struct nft *nft)
{
	const struct timeval patience = { .tv_sec = ANSWER_S };
	int on = 1, size = ANSWERS_SIZE, err;

	nft->seq = (uint32_t)time(NULL);
	nft->sock = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	if (!nft->sock)
		return -errno;
	if (mnl_socket_bind(nft->sock, 0, MNL_SOCKET_AUTOPID)) {
		err = -errno;
		nft_close(nft);
		return err;
	}
	/* A transaction that fails has an answer for each change that was wrong. */
	setsockopt(mnl_socket_get_fd(nft->sock), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(mnl_socket_get_fd(nft->sock), SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	mnl_socket_setsockopt(nft->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	return 0;
}

void nft_close(struct nft *nft)
{
	if (nft->sock)
		mnl_socket_close(nft->sock);
	nft->sock = NULL;
}

/* --- a transaction -------------------------------------------------------------------------- */

/* Add the change to the message. Returns false if there is no memory. */
static bool put_element(struct nlmsghdr *nlh, const struct nft_change *change)
{
	struct nftnl_set *set = nftnl_set_alloc();
	struct nftnl_set_elem *element = nftnl_set_elem_alloc();
	struct nftnl_udata_buf *udata = nftnl_udata_buf_alloc(32);
	bool done = set && element && udata &&
		    nftnl_udata_put_strz(udata, NFTNL_UDATA_SET_ELEM_COMMENT, COMMENT);

	if (done) {
		nftnl_set_set_str(set, NFTNL_SET_TABLE, change->name.table);
		nftnl_set_set_str(set, NFTNL_SET_NAME, change->name.set);
		nftnl_set_elem_set(element, NFTNL_SET_ELEM_KEY, &change->address.v4,
				   sizeof(change->address.v4));
		if (change->add)
			nftnl_set_elem_set(element, NFTNL_SET_ELEM_USERDATA,
					   nftnl_udata_buf_data(udata), nftnl_udata_buf_len(udata));
		nftnl_set_elem_add(set, element);
		element = NULL;
		nftnl_set_elems_nlmsg_build_payload(nlh, set);
	}
	if (udata)
		nftnl_udata_buf_free(udata);
	if (element)
		nftnl_set_elem_free(element);
	if (set)
		nftnl_set_free(set);
	return done;
}

/* Number of the change in its message, from the number of the message that begins the batch. */
static uint32_t seq_of(uint32_t begin, size_t i)
{
	return begin + 1 + (uint32_t)i;
}

/*
 * Write the batch of all changes without an error to @buf. The last one is to be acknowledged.
 * Returns its size in octets; 0 if nothing is left; a negative errno.
 */
static int put_batch(struct nft *nft, const struct nft_change *changes, size_t n, char *buf)
{
	struct nlmsghdr *nlh = nftnl_batch_begin(buf, nft->seq), *last = NULL;
	char *p = buf + NLMSG_ALIGN(nlh->nlmsg_len);

	for (size_t i = 0; i < n; i++) {
		const struct nft_change *change = &changes[i];

		if (change->err)
			continue;
		last = nftnl_nlmsg_build_hdr(p, change->add ? NFT_MSG_NEWSETELEM :
							      NFT_MSG_DELSETELEM,
					     change->name.family,
					     change->add ? NLM_F_CREATE | NLM_F_EXCL : 0,
					     seq_of(nft->seq, i));
		if (!put_element(last, change))
			return -ENOMEM;
		p += NLMSG_ALIGN(last->nlmsg_len);
	}
	if (!last)
		return 0;
	last->nlmsg_flags |= NLM_F_ACK;
	nlh = nftnl_batch_end(p, seq_of(nft->seq, n));
	return (int)(p + NLMSG_ALIGN(nlh->nlmsg_len) - buf);
}

struct answers {
	struct nft_change *changes;
	size_t n;
	uint32_t begin;			/* number of the message that begins the batch */
	uint32_t last;			/* of the change that is acknowledged */
	bool over;
	bool refused;			/* some change is wrong */
	int err;			/* of the batch as a whole */
};

static void read_answer(struct answers *a, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	const uint32_t i = nlh->nlmsg_seq - a->begin - 1;

	if (nlh->nlmsg_type != NLMSG_ERROR || mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
		return;
	if (i < a->n && e->error) {
		a->changes[i].err = e->error;
		a->refused = true;
	} else if (e->error && nlh->nlmsg_seq - a->begin <= a->n + 1) {
		/* Neither changed nor acknowledged, as whoever may not do it. */
		a->err = e->error;
		a->over = true;
	}
	if (nlh->nlmsg_seq == a->last)
		a->over = true;
}

/* Read until the last change was acknowledged or refused; errors come before that, in their order. */
static int read_answers(struct nft *nft, struct answers *a)
{
	_Alignas(8) char buf[ANSWER_MAX];
	const struct nlmsghdr *nlh;
	ssize_t n;
	int left;

	while (!a->over) {
		n = mnl_socket_recvfrom(nft->sock, buf, sizeof(buf));
		if (n < 0)
			return -errno;
		left = (int)n;
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
			read_answer(a, nlh);
	}
	return a->err;
}

/*
 * Send the changes that have no error. Returns 1 if some were refused, so that nothing was changed;
 * 0 if there is nothing more to do; a negative errno if none was changed for another reason.
 */
static int make_rest(struct nft *nft, struct nft_change *changes, size_t n, char *buf)
{
	struct answers a = { .changes = changes, .n = n, .begin = nft->seq };
	int size = put_batch(nft, changes, n, buf);
	int err;

	for (size_t i = 0; i < n; i++)
		if (!changes[i].err)
			a.last = seq_of(a.begin, i);
	nft->seq += (uint32_t)n + 2;
	if (size <= 0)
		return size;
	if (mnl_socket_sendto(nft->sock, buf, (size_t)size) < 0)
		return -errno;
	err = read_answers(nft, &a);
	return err ? err : a.refused;
}

int nft_make(struct nft *nft, struct nft_change *changes, size_t n)
{
	char *buf = malloc((n + 2) * MESSAGE_MAX);
	int more = buf ? 1 : -ENOMEM;

	for (size_t i = 0; i < n; i++)
		changes[i].err = 0;
	/* Each time there is at least one less. */
	while (more > 0)
		more = make_rest(nft, changes, n, buf);
	free(buf);
	for (size_t i = 0; more < 0 && i < n; i++)
		if (!changes[i].err)
			changes[i].err = more;
	return more;
}

/* --- sets ----------------------------------------------------------------------------------- */

/* Ask for the table of @name, its set or its elements, and have @cb read the answer. */
static int ask(struct nft *nft, uint16_t type, uint16_t flags, const struct nft_name *name,
	       mnl_cb_t cb, void *arg)
{
	_Alignas(8) char buf[ANSWER_MAX];
	const uint32_t seq = ++nft->seq;
	struct nlmsghdr *nlh = nftnl_nlmsg_build_hdr(buf, type, name->family, flags, seq);
	ssize_t n;
	int more = 1;

	if (type == NFT_MSG_GETTABLE) {
		mnl_attr_put_strz(nlh, NFTA_TABLE_NAME, name->table);
	} else if (type == NFT_MSG_GETSET) {
		mnl_attr_put_strz(nlh, NFTA_SET_TABLE, name->table);
		mnl_attr_put_strz(nlh, NFTA_SET_NAME, name->set);
	} else {
		mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, name->table);
		mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, name->set);
	}
	if (mnl_socket_sendto(nft->sock, nlh, nlh->nlmsg_len) < 0)
		return -errno;
	while (more > 0) {
		n = mnl_socket_recvfrom(nft->sock, buf, sizeof(buf));
		if (n < 0)
			return -errno;
		more = mnl_cb_run(buf, (size_t)n, seq, mnl_socket_get_portid(nft->sock), cb, arg);
	}
	return more < 0 ? -errno : 0;
}

static int read_set(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_set *set = arg;

	return nftnl_set_nlmsg_parse(nlh, set) < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

static int read_table(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_table *table = arg;

	return nftnl_table_nlmsg_parse(nlh, table) < 0 ? MNL_CB_ERROR : MNL_CB_OK;
}

/* A number that no other table has, or had since the host was started. */
static int find_table(struct nft *nft, const struct nft_name *name, uint64_t *handle)
{
	struct nftnl_table *table = nftnl_table_alloc();
	int err = table ? ask(nft, NFT_MSG_GETTABLE, NLM_F_ACK, name, read_table, table) : -ENOMEM;

	if (!err)
		*handle = nftnl_table_get_u64(table, NFTNL_TABLE_HANDLE);
	if (table)
		nftnl_table_free(table);
	return err;
}

/* The handle of a set is one of its table only, and counts from 1 again when that is made anew. */
int nft_set_find(struct nft *nft, const struct nft_name *name, uint64_t *handle)
{
	const uint32_t other = NFT_SET_INTERVAL | NFT_SET_MAP | NFT_SET_OBJECT | NFT_SET_CONSTANT |
			       NFT_SET_ANONYMOUS;
	struct nftnl_set *set = nftnl_set_alloc();
	uint64_t table = 0;
	int err = set ? find_table(nft, name, &table) : -ENOMEM;

	if (!err)
		err = ask(nft, NFT_MSG_GETSET, NLM_F_ACK, name, read_set, set);
	if (!err) {
		*handle = table << 32 | nftnl_set_get_u64(set, NFTNL_SET_HANDLE);
		if (nftnl_set_get_u32(set, NFTNL_SET_FLAGS) & other ||
		    nftnl_set_get_u32(set, NFTNL_SET_KEY_LEN) != sizeof(struct in_addr) ||
		    nftnl_set_get_u32(set, NFTNL_SET_KEY_TYPE) != TYPE_IPV4_ADDR)
			err = -EINVAL;
	}
	if (set)
		nftnl_set_free(set);
	return err;
}

/* --- elements that were left behind --------------------------------------------------------- */

struct found {
	const struct nft_name *name;
	struct nft_change list[NFT_CHANGES_MAX];
	size_t n;
};

static int is_comment(const struct nftnl_udata *attr, void *data)
{
	bool *ours = data;

	*ours = *ours || (nftnl_udata_type(attr) == NFTNL_UDATA_SET_ELEM_COMMENT &&
			  nftnl_udata_len(attr) == sizeof(COMMENT) &&
			  !memcmp(nftnl_udata_get(attr), COMMENT, sizeof(COMMENT)));
	return 0;
}

static int note_ours(struct nftnl_set_elem *element, void *arg)
{
	struct found *found = arg;
	uint32_t udata_len = 0, len = 0;
	const void *udata = nftnl_set_elem_get(element, NFTNL_SET_ELEM_USERDATA, &udata_len);
	const void *key = nftnl_set_elem_get(element, NFTNL_SET_ELEM_KEY, &len);
	struct nft_change *change = &found->list[found->n];
	bool ours = false;

	if (udata)
		nftnl_udata_parse(udata, udata_len, is_comment, &ours);
	if (!ours || !key || len != sizeof(change->address.v4) || found->n == NFT_CHANGES_MAX)
		return 0;
	*change = (struct nft_change){ .name = *found->name };
	change->address.family = AF_INET;
	memcpy(&change->address.v4, key, len);
	found->n++;
	return 0;
}

static int read_elements(const struct nlmsghdr *nlh, void *arg)
{
	struct nftnl_set *set = nftnl_set_alloc();
	int ok = set && nftnl_set_elems_nlmsg_parse(nlh, set) >= 0;

	if (ok)
		nftnl_set_elem_foreach(set, note_ours, arg);
	if (set)
		nftnl_set_free(set);
	return ok ? MNL_CB_OK : MNL_CB_ERROR;
}

/* Returns how many of them are gone, of which some may have gone by themselves. */
static int count_gone(const struct found *found)
{
	int n = 0;

	for (size_t i = 0; i < found->n; i++)
		n += !found->list[i].err || found->list[i].err == -ENOENT;
	return n;
}

int nft_remove_ours(struct nft *nft, const struct nft_name *name)
{
	struct found *found = malloc(sizeof(*found));
	int err = found ? 0 : -ENOMEM, gone = 1, n = 0;

	/* Those that cannot be removed must not be found for ever. */
	while (!err && gone) {
		found->name = name;
		found->n = 0;
		err = ask(nft, NFT_MSG_GETSETELEM, NLM_F_DUMP, name, read_elements, found);
		if (!err && found->n)
			err = nft_make(nft, found->list, found->n);
		gone = err ? 0 : count_gone(found);
		n += gone;
	}
	free(found);
	return err ? err : n;
}
