// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests of a source that knows the secret: any attributes, signed as they should be; some are
 * sent twice, and some are bent.
 */
#include <assert.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "radius/coa.h"

#define NOW	1700000000u
#define SEEN	2
#define ROUNDS	3

static const struct radius_secret secret = { "s", 1 };
static const struct radius_coa_config config = { .window_s = 300 };

static struct radius_coa coa;
static struct radius_coa_seen seen[SEEN];
static struct radius_coa_request request;

static void check_answer(struct radius_coa_answer answer, const uint8_t *sent)
{
	struct radius_packet p;

	assert(answer.len && answer.len <= RADIUS_COA_ANSWER_MAX);
	assert(!radius_parse(&p, answer.octets, answer.len));
	assert(p.id == sent[1]);
	assert(p.code == sent[0] + 1 || p.code == sent[0] + 2);
	assert(!radius_check_reply(&p, sent + RADIUS_AUTHENTICATOR, secret));
}

static void check_request(void)
{
	const struct radius_selectors *s = &request.selectors;

	assert(strnlen(s->user, sizeof(s->user)) < sizeof(s->user));
	assert(strnlen(s->port_id, sizeof(s->port_id)) < sizeof(s->port_id));
	assert(s->prefix6.length <= 128);
	assert(request.changes.n_filters <= RADIUS_FILTERS_MAX);
}

static void receive(const uint8_t *octets, size_t len)
{
	const enum radius_error_cause error = octets[1] % 2 ? RADIUS_ERROR_NO_SESSION : 0;
	struct radius_coa_answer answer;

	switch (radius_coa_received(&coa, &request, &answer, ip_from_number(1), 1, secret, octets,
				    len, NOW)) {
	case RADIUS_COA_DROPPED:
		break;
	case RADIUS_COA_ANSWER:
		check_answer(answer, octets);
		break;
	case RADIUS_COA_TAKEN:
		check_request();
		check_answer(radius_coa_answer(&coa, &request, error, secret), octets);
		break;
	}
}

/* A length for each request, and its attributes. */
static void one_request(struct reader *script, unsigned int round)
{
	static uint8_t buf[RADIUS_PACKET_MAX];
	size_t n = rd_be16(script) % 1024u;
	const uint8_t *attributes;
	struct radius_writer w;
	size_t len;

	n = n < rd_left(script) ? n : rd_left(script);
	attributes = rd_bytes(script, n);
	radius_begin(&w, buf, sizeof(buf), round % 2 ? RADIUS_COA_REQUEST :
		     RADIUS_DISCONNECT_REQUEST, (uint8_t)round, NULL);
	wr_copy(&w.out, attributes ? attributes : buf, attributes ? n : 0);
	len = radius_end_request(&w, secret);
	receive(buf, len);
	receive(buf, len);
	buf[n % len] ^= 1;
	receive(buf, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reader script = rd_init(data, size);

	memset(seen, 0, sizeof(seen));
	radius_coa_init(&coa, &config, seen, SEEN);
	for (unsigned int round = 0; round < ROUNDS && rd_left(&script); round++)
		one_request(&script, round);
	return 0;
}

/* --- seeds ----------------------------------------------------------------------------------- */

static void attribute(struct writer *w, uint8_t type, const void *value, uint8_t len)
{
	wr_u8(w, type);
	wr_u8(w, (uint8_t)(len + 2));
	wr_copy(w, value, len);
}

/* A Disconnect-Request, a CoA-Request and one that lacks a name. */
static void requests(struct writer *w)
{
	wr_be16(w, 6 + 6 + 5 + 6);
	attribute(w, RADIUS_USER_NAME, "nemo", 4);
	attribute(w, RADIUS_FRAMED_IP_ADDRESS, "\12\0\0\1", 4);
	attribute(w, RADIUS_PROXY_STATE, "abc", 3);
	attribute(w, RADIUS_EVENT_TIMESTAMP, "\x65\x53\xf1\0", 4);
	wr_be16(w, 6 + 6 + 6 + 13);
	attribute(w, RADIUS_USER_NAME, "nemo", 4);
	attribute(w, RADIUS_IDLE_TIMEOUT, "\0\0\0\x3c", 4);
	attribute(w, RADIUS_FILTER_ID, "slow", 4);
	attribute(w, RADIUS_TYPE_VENDOR_SPECIFIC, "\0\0\x3a\x8c\10\7" "1M/2M", 11);
	wr_be16(w, 8);
	attribute(w, RADIUS_NAS_IDENTIFIER, "nasnas", 6);
}

size_t fuzz_seed(unsigned int index, uint8_t *buf)
{
	struct writer w = wr_init(buf, FUZZ_MAX);

	if (index)
		return 0;
	requests(&w);
	return wr_ok(&w) ? wr_len(&w) : 0;
}
