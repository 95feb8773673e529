// SPDX-License-Identifier: GPL-2.0-only
#include <linux/compat.h>
#include <linux/if_pppox.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/ppp-ioctl.h>
#include <linux/ppp_defs.h>
#include <net/sock.h>

#include "channel.h"
#include "compat.h"
#include "link.h"
#include "notify.h"
#include "path.h"
#include "pppox.h"
#include "rx.h"
#include "session.h"
#include "tx.h"

/*
 * Bound of the receive queue of control frames, octets of buffer memory: some thirty full frames.
 * The queue belongs to one session, so a peer that floods loses only its own frames.  SO_RCVBUF
 * changes the bound.
 */
#define PPTP_RCVBUF		(64 * 1024)

/* Longest frame that sendmsg() takes, octets: far more than any MRU that PPTP peers agree on. */
#define PPTP_FRAME_MAX		4096

static const struct pptp_session_ops pptp_session_ops = {
	.rx_timer = pptp_rx_timer,
	.rx_resume = pptp_rx_resume,
	.tx_timer = pptp_tx_timer,
	.tx_send = pptp_tx_send,
	.tx_room = pptp_tx_room,
	.idle = pptp_notify_idle,
};

static struct proto pptp_proto;
static const struct proto_ops pptp_proto_ops;

int pptp_pppox_bind(struct sock *sk, const struct pptp_addr *local)
{
	struct pptp_session *s = pptp_session_of(sk);
	int err;

	if (s->state == PPTP_STATE_DEAD)
		return -EALREADY;
	if (s->state != PPTP_STATE_NEW)
		return -EBUSY;
	err = pptp_session_bind(sock_net(sk), s, local->sin_addr.s_addr, local->call_id);
	if (!err)
		sk->sk_state |= PPPOX_BOUND;
	return err;
}

static int pptp_bind(struct socket *sock, struct sockaddr_unsized *uaddr, int len)
{
	const struct sockaddr_pppox *sp = (const struct sockaddr_pppox *)uaddr;
	struct sock *sk = sock->sk;
	int err;

	if (len < sizeof(*sp))
		return -EINVAL;
	/* A bound session can receive packets meant for other programs, and send as the address. */
	if (!ns_capable(sock_net(sk)->user_ns, CAP_NET_ADMIN))
		return -EPERM;

	lock_sock(sk);
	err = pptp_pppox_bind(sk, &sp->sa_addr.pptp);
	release_sock(sk);
	return err;
}

int pptp_pppox_connect(struct sock *sk, const struct pptp_addr *peer)
{
	struct pptp_session *s = pptp_session_of(sk);
	struct pptp_peer_key key = {
		.dev = READ_ONCE(sk->sk_bound_dev_if),
		.raddr = peer->sin_addr.s_addr,
		.laddr = s->laddr,
		.peer_call_id = peer->call_id,
	};
	unsigned int mtu;
	bool taken;
	int err;

	rcu_read_lock();
	taken = pptp_session_lookup_peer(sock_net(sk), &key);
	rcu_read_unlock();
	if (taken || s->state == PPTP_STATE_DEAD)
		return -EALREADY;
	if (s->state == PPTP_STATE_CONNECTED)
		return -EBUSY;
	if (s->state != PPTP_STATE_BOUND || !s->laddr || !key.raddr)
		return -EINVAL;

	s->key = key;
	rcu_read_lock();
	mtu = pptp_path_mtu(s);
	rcu_read_unlock();
	if (!mtu)
		return -EHOSTUNREACH;

	err = pptp_session_connect(sock_net(sk), s, key.dev, key.raddr, key.peer_call_id);
	if (err) {
		/* The next attempt may be for another peer. */
		sk_dst_reset(sk);
		return err;
	}
	/*
	 * Clear PPPOX_BOUND: generic socket code takes a socket for connected only if its state is
	 * TCP_ESTABLISHED, which is PPPOX_CONNECTED without any other bit.
	 */
	sk->sk_state = PPPOX_CONNECTED;
	pptp_notify_up(s);
	return 0;
}

static int pptp_connect(struct socket *sock, struct sockaddr_unsized *uaddr, int len, int flags)
{
	const struct sockaddr_pppox *sp = (const struct sockaddr_pppox *)uaddr;
	struct sock *sk = sock->sk;
	int err;

	if (len < sizeof(*sp) || sp->sa_protocol != PX_PROTO_PPTP)
		return -EINVAL;

	lock_sock(sk);
	err = pptp_pppox_connect(sk, &sp->sa_addr.pptp);
	release_sock(sk);
	return err;
}

/* Returns the local name even if the caller asks for the peer's, as the in-tree module does. */
static int pptp_getname(struct socket *sock, struct sockaddr *uaddr, int peer)
{
	struct pptp_session *s = pptp_session_of(sock->sk);
	struct sockaddr_pppox sp;

	memset(&sp, 0, sizeof(sp));
	sp.sa_family = AF_PPPOX;
	sp.sa_protocol = PX_PROTO_PPTP;
	sp.sa_addr.pptp.call_id = s->call_id;
	sp.sa_addr.pptp.sin_addr.s_addr = s->laddr;
	memcpy(uaddr, &sp, sizeof(sp));
	return sizeof(sp);
}

void pptp_pppox_shutdown(struct sock *sk, enum pptp_down why)
{
	struct pptp_session *s = pptp_session_of(sk);

	if (pptp_session_close(sock_net(sk), s))
		pptp_notify_down(s, why);
	pptp_link_detach(s);
	pptp_channel_close(sk);
	sk->sk_state = PPPOX_DEAD;
	pptp_link_disown(s);
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
	if (!sock_flag(sk, SOCK_DEAD))
		sk->sk_state_change(sk);
}

static int pptp_release(struct socket *sock)
{
	struct sock *sk = sock->sk;

	if (!sk)
		return 0;

	lock_sock(sk);
	pptp_pppox_shutdown(sk, PPTP_DOWN_CLOSED);
	sock_orphan(sk);
	sock->sk = NULL;
	release_sock(sk);
	sock_put(sk);
	return 0;
}

static int pptp_recvmsg(struct socket *sock, struct msghdr *msg, size_t len, int flags)
{
	struct sock *sk = sock->sk;
	struct pptp_session *s = pptp_session_of(sk);
	struct sk_buff *skb;
	size_t copied;
	int err;

	if (READ_ONCE(s->upper) == PPTP_UPPER_CHANNEL)
		return -EOPNOTSUPP;

	skb = skb_recv_datagram(sk, flags, &err);
	/* Without waiting, skb_recv_datagram() does not look whether the session has died. */
	if (!skb && err == -EAGAIN && (READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN))
		return 0;
	if (!skb)
		return err;

	copied = min_t(size_t, skb->len, len);
	if (copied < skb->len)
		msg->msg_flags |= MSG_TRUNC;
	err = skb_copy_datagram_msg(skb, 0, msg, copied);
	if (!err)
		err = flags & MSG_TRUNC ? skb->len : copied;
	skb_free_datagram(sk, skb);
	return err;
}

/*
 * Returns true if a program may send frames of protocol @proto: the number is well-formed, and not
 * one of network-layer data (0x0001 to 0x3fff, RFC 1661 2).
 */
static bool pptp_control_proto(u16 proto)
{
	return (proto & 0x0101) == 0x0001 && proto >= 0x4000;
}

static int pptp_sendmsg(struct socket *sock, struct msghdr *msg, size_t len)
{
	struct sock *sk = sock->sk;
	struct pptp_session *s = pptp_session_of(sk);
	struct sk_buff *skb;
	int err;

	if (READ_ONCE(sk->sk_shutdown) & SEND_SHUTDOWN)
		return -EPIPE;
	if (READ_ONCE(s->upper) == PPTP_UPPER_CHANNEL)
		return -EOPNOTSUPP;
	if (!pptp_session_connected(s))
		return -ENOTCONN;
	if (len < 3)
		return -EINVAL;
	if (len > PPTP_FRAME_MAX)
		return -EMSGSIZE;

	skb = sock_alloc_send_skb(sk, LL_MAX_HEADER + PPTP_PATH_OVERHEAD + len,
				  msg->msg_flags & MSG_DONTWAIT, &err);
	if (!skb)
		return err;
	skb_reserve(skb, LL_MAX_HEADER + PPTP_PATH_OVERHEAD);
	err = memcpy_from_msg(skb_put(skb, len), msg, len);
	if (!err && !pptp_control_proto(get_unaligned_be16(skb->data)))
		err = -EINVAL;
	if (err) {
		kfree_skb(skb);
		return err;
	}

	/* The IP layer would take skb->sk for an internet socket, which this socket is not. */
	skb_orphan(skb);
	local_bh_disable();
	rcu_read_lock();
	pptp_tx_frame(s, skb, pptp_path_tos(s, 0));
	rcu_read_unlock();
	local_bh_enable();
	return len;
}

static int pptp_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	struct sock *sk = sock->sk;
	int err = 0;

	if (cmd == PPPIOCGCHAN) {
		lock_sock(sk);
		if (sk->sk_state & PPPOX_CONNECTED)
			err = pptp_channel_open(sk);
		release_sock(sk);
		if (err)
			return err;
	}
	return pppox_ioctl(sock, cmd, arg);
}

#ifdef CONFIG_COMPAT
static int pptp_compat_ioctl(struct socket *sock, unsigned int cmd, unsigned long arg)
{
	return pptp_ioctl(sock, cmd, (unsigned long)compat_ptr(arg));
}
#endif

struct sock *pptp_pppox_from_fd(int fd, int *err)
{
	struct socket *sock = sockfd_lookup(fd, err);
	struct sock *sk = NULL;

	if (!sock)
		return NULL;
	if (sock->ops == &pptp_proto_ops) {
		sk = sock->sk;
		sock_hold(sk);
	} else {
		*err = -EPROTOTYPE;
	}
	sockfd_put(sock);
	return sk;
}

/* Runs a grace period after the last reference is dropped: no packet path uses the session. */
static void pptp_destruct(struct sock *sk)
{
	skb_queue_purge(&sk->sk_receive_queue);
	dst_release(rcu_dereference_protected(sk->sk_dst_cache, 1));
	pptp_session_destroy(pptp_session_of(sk));
}

static int pptp_create(struct net *net, struct socket *sock, int kern)
{
	struct sock *sk;
	int err;

	sk = sk_alloc(net, PF_PPPOX, GFP_KERNEL, &pptp_proto, kern);
	if (!sk)
		return -ENOMEM;
	err = pptp_session_init(pptp_session_of(sk), net, &pptp_session_ops);
	if (err) {
		sk_free(sk);
		return err;
	}

	sock_init_data(sock, sk);
	sock_set_flag(sk, SOCK_RCU_FREE);
	sock->state = SS_UNCONNECTED;
	sock->ops = &pptp_proto_ops;
	sk->sk_state = PPPOX_NONE;
	sk->sk_type = SOCK_STREAM;
	sk->sk_family = PF_PPPOX;
	sk->sk_protocol = PX_PROTO_PPTP;
	sk->sk_rcvbuf = PPTP_RCVBUF;
	sk->sk_destruct = pptp_destruct;
	return 0;
}

static struct proto pptp_proto __read_mostly = {
	.name = "CULVERT",
	.owner = THIS_MODULE,
	.obj_size = sizeof(struct pptp_sock),
};

static const struct proto_ops pptp_proto_ops = {
	.family = AF_PPPOX,
	.owner = THIS_MODULE,
	.release = pptp_release,
	.bind = pptp_bind,
	.connect = pptp_connect,
	.socketpair = sock_no_socketpair,
	.accept = sock_no_accept,
	.getname = pptp_getname,
	.poll = datagram_poll,
	.listen = sock_no_listen,
	.shutdown = sock_no_shutdown,
	.sendmsg = pptp_sendmsg,
	.recvmsg = pptp_recvmsg,
	.mmap = sock_no_mmap,
	.ioctl = pptp_ioctl,
#ifdef CONFIG_COMPAT
	.compat_ioctl = pptp_compat_ioctl,
#endif
};

static const struct pppox_proto pptp_pppox_proto = {
	.create = pptp_create,
	.owner = THIS_MODULE,
};

int pptp_pppox_init(void)
{
	int err;

	err = proto_register(&pptp_proto, 1);
	if (err)
		return err;

	err = register_pppox_proto(PX_PROTO_PPTP, &pptp_pppox_proto);
	if (err) {
		pr_err("culvert: another module provides PPTP sockets; if it is pptp, remove it (rmmod pptp) and try again\n");
		proto_unregister(&pptp_proto);
	}
	return err;
}

void pptp_pppox_exit(void)
{
	unregister_pppox_proto(PX_PROTO_PPTP);
	proto_unregister(&pptp_proto);
}
