// SPDX-License-Identifier: GPL-2.0-only
/*
 * A RADIUS server that lets everybody in who knows the one password, and takes every record: for
 * measurements in which the server is to cost next to nothing. Each request is answered a fixed
 * time after it came.
 *
 * usage: radius-stub ADDRESS SECRET PASSWORD MILLISECONDS
 *
 * It knows MS-CHAPv2 and Status-Server, on ports 1812 and 1813. When both are open it prints
 * "ready".
 */
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "ppp/mppe_key.h"
#include "ppp/mschap.h"
#include "radius/attribute.h"
#include "radius/hide.h"
#include "radius/packet.h"
#include "util/text.h"

#define ANSWER_MAX	512
#define WAITING_MAX	4096
#define RECEIVE_BUFFER	(4 << 20)
#define PORTS		2
#define DELAY_MAX_MS	60000

/* MS-CHAP2-Response, RFC 2548 section 2.3.2: offsets. Its parts are ordered as on the wire of PPP. */
#define RESPONSE_IDENT	0
#define RESPONSE_PEER	2
#define RESPONSE_NT	26
#define RESPONSE_LEN	50

/* MS-MPPE-Encryption-Policy and -Types, RFC 2548 sections 2.4.4 and 2.4.5. */
#define ENCRYPTION_ALLOWED	1
#define ENCRYPTION_128		4

struct answer {
	uint64_t due_ns;
	int fd;
	struct sockaddr_in to;
	size_t len;
	uint8_t octets[ANSWER_MAX];
};

/* A request that is read, as far as it matters. */
struct login {
	const uint8_t *name;
	size_t name_len;
	const uint8_t *challenge;	/* of MSCHAPV2_CHALLENGE_LEN octets; or NULL */
	const uint8_t *response;	/* of RESPONSE_LEN octets; or NULL */
};

static struct radius_secret secret;
static uint64_t delay_ns;
static uint8_t hash[MSCHAP_HASH_LEN], hash_hash[MSCHAP_HASH_LEN];
static uint16_t salt;

/* All wait equally long, so they leave in the order in which they came: a ring. */
static struct {
	struct answer list[WAITING_MAX];
	unsigned int first, n;
} waiting;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * UINT64_C(1000000000) + ts.tv_nsec;
}

/* --- logins ---------------------------------------------------------------------------------- */

static struct login read_login(const struct radius_packet *packet)
{
	struct radius_iterator it = radius_attributes(packet);
	struct radius_attribute a;
	struct login login = { 0 };

	while (radius_next(&it, &a)) {
		if (!a.vendor && a.type == RADIUS_USER_NAME) {
			login.name = a.value;
			login.name_len = a.len;
		} else if (a.vendor == RADIUS_MICROSOFT && a.type == RADIUS_MS_CHAP_CHALLENGE &&
			   a.len == MSCHAPV2_CHALLENGE_LEN) {
			login.challenge = a.value;
		} else if (a.vendor == RADIUS_MICROSOFT && a.type == RADIUS_MS_CHAP2_RESPONSE &&
			   a.len == RESPONSE_LEN) {
			login.response = a.value;
		}
	}
	return login;
}

/* Returns true if the user knows the password; @challenge is what both challenges make. */
static bool proves(const struct login *login, uint8_t challenge[MSCHAP_CHALLENGE_LEN])
{
	uint8_t right[MSCHAP_RESPONSE_LEN];
	size_t len = login->name_len;
	const char *name;

	if (!login->name || !login->challenge || !login->response)
		return false;
	name = mschap_bare_name((const char *)login->name, &len);
	mschapv2_challenge_hash(login->response + RESPONSE_PEER, login->challenge, name, len,
				challenge);
	mschap_challenge_response(challenge, hash, right);
	return !memcmp(right, login->response + RESPONSE_NT, sizeof(right));
}

static void put_success(struct radius_writer *w, const struct login *login,
			const uint8_t challenge[MSCHAP_CHALLENGE_LEN])
{
	char success[1 + MSCHAPV2_AUTHRESP_TEXT_LEN + 1];
	uint8_t response[MSCHAPV2_AUTHRESP_LEN];

	mschapv2_authenticator_response(hash_hash, login->response + RESPONSE_NT, challenge,
					response);
	success[0] = (char)login->response[RESPONSE_IDENT];
	mschapv2_authenticator_text(response, success + 1);
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_CHAP2_SUCCESS, success,
			  1 + MSCHAPV2_AUTHRESP_TEXT_LEN);
}

static void put_key(struct radius_writer *w, uint8_t type, const uint8_t key[MPPE_KEY_LEN],
		    const uint8_t *authenticator)
{
	uint8_t hidden[RADIUS_HIDDEN_KEY_MAX];
	size_t len = radius_hide_key(key, MPPE_KEY_LEN, salt++, authenticator, secret, hidden);

	radius_put_vendor(w, RADIUS_MICROSOFT, type, hidden, len);
}

static void put_keys(struct radius_writer *w, const struct login *login,
		     const uint8_t *authenticator)
{
	const uint32_t policy = htonl(ENCRYPTION_ALLOWED), types = htonl(ENCRYPTION_128);
	struct mppe_keys keys;

	mppe_keys_mschapv2(&keys, hash_hash, login->response + RESPONSE_NT, true);
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_MPPE_ENCRYPTION_POLICY, &policy,
			  sizeof(policy));
	radius_put_vendor(w, RADIUS_MICROSOFT, RADIUS_MS_MPPE_ENCRYPTION_TYPES, &types,
			  sizeof(types));
	put_key(w, RADIUS_MS_MPPE_SEND_KEY, keys.send, authenticator);
	put_key(w, RADIUS_MS_MPPE_RECV_KEY, keys.recv, authenticator);
}

/* --- answers --------------------------------------------------------------------------------- */

/* Returns the length of the answer to a request, or 0: there is none. */
static size_t answer_to(const struct radius_packet *packet, bool accounting, uint8_t *octets)
{
	const uint8_t *authenticator = radius_authenticator(packet);
	const struct login login = read_login(packet);
	const bool asks = packet->code == RADIUS_ACCESS_REQUEST;
	uint8_t challenge[MSCHAP_CHALLENGE_LEN];
	enum radius_code code = accounting ? RADIUS_ACCOUNTING_RESPONSE : RADIUS_ACCESS_ACCEPT;
	struct radius_writer w;

	if (asks ? accounting : packet->code != RADIUS_STATUS_SERVER &&
	    (!accounting || radius_check_request(packet, secret)))
		return 0;
	if (asks && !proves(&login, challenge))
		code = RADIUS_ACCESS_REJECT;
	radius_begin(&w, octets, ANSWER_MAX, code, packet->id, NULL);
	if (asks && code == RADIUS_ACCESS_ACCEPT) {
		put_success(&w, &login, challenge);
		put_keys(&w, &login, authenticator);
	}
	return radius_end_reply(&w, authenticator, secret);
}

/* Read a request. Returns false if there is none. */
static bool take_one(int fd, bool accounting)
{
	struct answer *a = &waiting.list[(waiting.first + waiting.n) % WAITING_MAX];
	socklen_t size = sizeof(a->to);
	uint8_t octets[RADIUS_PACKET_MAX];
	struct radius_packet packet;
	ssize_t n = recvfrom(fd, octets, sizeof(octets), MSG_DONTWAIT, (struct sockaddr *)&a->to,
			     &size);

	if (n < 0)
		return false;
	if (radius_parse(&packet, octets, (size_t)n))
		return true;
	a->fd = fd;
	a->due_ns = now_ns() + delay_ns;
	a->len = answer_to(&packet, accounting, a->octets);
	if (a->len)
		waiting.n++;
	return true;
}

/* Send what is due. Returns nanoseconds until the next one is; or -1: none waits. */
static int64_t send_due(void)
{
	while (waiting.n) {
		const struct answer *a = &waiting.list[waiting.first];
		uint64_t now = now_ns();

		if (a->due_ns > now)
			return (int64_t)(a->due_ns - now);
		sendto(a->fd, a->octets, a->len, 0, (const struct sockaddr *)&a->to, sizeof(a->to));
		waiting.first = (waiting.first + 1) % WAITING_MAX;
		waiting.n--;
	}
	return -1;
}

static void serve(struct pollfd ports[PORTS])
{
	for (;;) {
		int64_t wait = send_due();
		const struct timespec ts = { .tv_nsec = wait % 1000000000,
					     .tv_sec = wait / 1000000000 };

		if (ppoll(ports, PORTS, wait < 0 ? NULL : &ts, NULL) < 0)
			err(1, "ppoll");
		for (unsigned int i = 0; i < PORTS; i++)
			while (waiting.n < WAITING_MAX && ports[i].revents &&
			       take_one(ports[i].fd, i == 1))
				;
	}
}

static int open_port(const char *address, uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET, .sin_port = htons(port) };
	const int size = RECEIVE_BUFFER;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (inet_pton(AF_INET, address, &sin.sin_addr) != 1)
		errx(2, "'%s' is no IPv4 address", address);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)))
		err(1, "%s port %u", address, port);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

int main(int argc, char **argv)
{
	struct pollfd ports[PORTS] = { { .events = POLLIN }, { .events = POLLIN } };
	uint64_t delay_ms;

	if (argc != 5 || !*argv[2] || !text_number(argv[4], 0, DELAY_MAX_MS, &delay_ms))
		errx(2, "usage: radius-stub ADDRESS SECRET PASSWORD MILLISECONDS");
	secret = (struct radius_secret){ argv[2], strlen(argv[2]) };
	delay_ns = delay_ms * 1000000;
	if (!nt_hash(argv[3], strlen(argv[3]), hash))
		errx(2, "the password is too long");
	mschap_hash_nt_password_hash(hash, hash_hash);
	ports[0].fd = open_port(argv[1], RADIUS_AUTH_PORT);
	ports[1].fd = open_port(argv[1], RADIUS_ACCT_PORT);
	puts("ready");
	fflush(stdout);
	serve(ports);
}
