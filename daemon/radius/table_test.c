// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each attribute of the table goes through the codec in each kind of packet, and culvert.conf(5)
 * says of each where it may be and whether anything is done with it there.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "radius/attribute.h"
#include "radius/coa.h"
#include "radius/hex_test.h"
#include "radius/request.h"
#include "util/ip_literal_test.h"

#define NOW	1700000000ull

static const struct radius_secret secret = { "xyzzy5461", 9 };

static const uint8_t authenticator[RADIUS_AUTHENTICATOR_LEN] = {
	0x0f, 0x40, 0x3f, 0x94, 0x73, 0x97, 0x80, 0x57,
	0xbd, 0x83, 0xd5, 0xcb, 0x98, 0xf4, 0x22, 0x7a,
};

/* All kinds of packets, and their letters in the manual. */
static const struct kind {
	char letter;
	enum radius_code code;
	bool reply;
} kinds[] = {
	{ 'Q', RADIUS_ACCESS_REQUEST, false },
	{ 'A', RADIUS_ACCESS_ACCEPT, true },
	{ 'R', RADIUS_ACCESS_REJECT, true },
	{ 'C', RADIUS_ACCESS_CHALLENGE, true },
	{ 'T', RADIUS_ACCOUNTING_REQUEST, false },
	{ 'P', RADIUS_ACCOUNTING_RESPONSE, true },
	{ 'O', RADIUS_COA_REQUEST, false },
	{ 'D', RADIUS_DISCONNECT_REQUEST, false },
	{ 'K', RADIUS_COA_ACK, true },
	{ 'K', RADIUS_DISCONNECT_ACK, true },
	{ 'N', RADIUS_COA_NAK, true },
	{ 'N', RADIUS_DISCONNECT_NAK, true },
};

#define KINDS	(sizeof(kinds) / sizeof(kinds[0]))

/* A packet that is made, and parsed. */
struct made {
	uint8_t buf[RADIUS_PACKET_MAX];
	struct radius_writer w;
	struct radius_packet packet;
};

static bool is_random(enum radius_code code)
{
	return code == RADIUS_ACCESS_REQUEST;
}

static void begin(struct made *m, enum radius_code code)
{
	radius_begin(&m->w, m->buf, sizeof(m->buf), code, 1,
		     is_random(code) ? authenticator : NULL);
}

static void end(struct made *m, bool reply)
{
	size_t len = reply ? radius_end_reply(&m->w, authenticator, secret) :
			     radius_end_request(&m->w, secret);

	assert_int_not_equal(len, 0);
	assert_int_equal(radius_parse(&m->packet, m->buf, len), RADIUS_SOUND);
}

static bool find(const struct radius_packet *packet, const struct radius_definition *d,
		 struct radius_attribute *a)
{
	struct radius_iterator it = radius_attributes(packet);

	while (radius_next(&it, a))
		if (a->vendor == d->vendor && a->type == d->type)
			return true;
	return false;
}

static bool is_signature(const struct radius_definition *d)
{
	return !d->vendor && d->type == RADIUS_MESSAGE_AUTHENTICATOR;
}

/* --- a proper value of each row -------------------------------------------------------------- */

/* Values that not every one of their format is; all others have one of their format. */
static const struct {
	uint32_t vendor;
	uint8_t type;
	const char *hex;
} values[] = {
	{ 0, RADIUS_SERVICE_TYPE, "00000002" },
	{ 0, RADIUS_FRAMED_PROTOCOL, "00000001" },
	{ 0, RADIUS_FRAMED_IP_NETMASK, "ffffff00" },
	{ 0, RADIUS_FRAMED_ROUTE, "31302e302e302e302f38" },		/* 10.0.0.0/8 */
	{ 0, RADIUS_FRAMED_IPV6_ROUTE, "323030313a6462383a3a2f3332" },	/* 2001:db8::/32 */
	{ 0, RADIUS_EVENT_TIMESTAMP, "6553f100" },			/* NOW */
	{ 0, RADIUS_EAP_MESSAGE, "03010004" },
	{ RADIUS_MICROSOFT, RADIUS_MS_CHAP_ERROR, "01 453d36393120523d31" },	/* E=691 R=1 */
	{ RADIUS_MICROSOFT, RADIUS_MS_CHAP2_SUCCESS,			/* S= and 40 digits */
	  "01 533d 30303030303030303030303030303030303030303030303030303030303030303030303030303030" },
	{ RADIUS_MIKROTIK, RADIUS_MIKROTIK_RATE_LIMIT, "3130" },
};

static const char * const values_of_formats[] = {
	[RADIUS_TEXT] = "6e656d6f",
	[RADIUS_OCTETS] = "00010203",
	[RADIUS_INTEGER] = "00000258",
	[RADIUS_DATE] = "00000001",
	[RADIUS_ADDRESS] = "c0000207",
	[RADIUS_ADDRESS6] = "20010db8000000000000000000000007",
	[RADIUS_PREFIX6] = "0040 20010db800000007",
	[RADIUS_IFID] = "0200000000000007",
	[RADIUS_TAGGED_INTEGER] = "00000001",
	[RADIUS_TAGGED_TEXT] = "3139322e302e322e37",
};

/* Returns the length of a value that is written to @value, of RADIUS_VALUE_MAX octets. */
static size_t value_of(const struct radius_definition *d, uint8_t *value)
{
	const uint8_t key[32] = { 1, 2, 3 };
	size_t len;

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		if (values[i].vendor == d->vendor && values[i].type == d->type)
			return from_hex(values[i].hex, value);
	if (d->vendor == RADIUS_MICROSOFT &&
	    (d->type == RADIUS_MS_MPPE_SEND_KEY || d->type == RADIUS_MS_MPPE_RECV_KEY))
		return radius_hide_key(key, sizeof(key), 0x8001, authenticator, secret, value);
	memset(value, 0, RADIUS_VALUE_MAX);
	len = from_hex(values_of_formats[d->format], value);
	return len < d->min ? d->min : len;
}

static void put_value(struct made *m, const struct radius_definition *d, const uint8_t *value,
		      size_t len)
{
	/* there is one already in whatever radius_begin() signs */
	if (is_signature(d) && m->w.signed_at)
		return;
	if (d->vendor)
		radius_put_vendor(&m->w, d->vendor, d->type, value, len);
	else
		radius_put(&m->w, d->type, value, len);
}

static void put(struct made *m, const struct radius_definition *d)
{
	uint8_t value[RADIUS_VALUE_MAX];

	put_value(m, d, value, value_of(d, value));
}

/* --- octets ---------------------------------------------------------------------------------- */

/* What goes into a packet comes out of it, and is well formed by the table. */
static void each_row_goes_through_packets(void **state)
{
	uint8_t value[RADIUS_VALUE_MAX];
	const struct radius_definition *table;
	struct radius_attribute a;
	struct made m;
	size_t n, len;

	table = radius_definitions(&n);
	for (size_t i = 0; i < n; i++) {
		len = value_of(&table[i], value);
		for (size_t k = 0; k < KINDS; k++) {
			begin(&m, kinds[k].code);
			put(&m, &table[i]);
			end(&m, kinds[k].reply);
			assert_true(find(&m.packet, &table[i], &a));
			assert_true(radius_is_well_formed(&table[i], &a));
			if (is_signature(&table[i]))
				continue;
			assert_int_equal(a.len, len);
			assert_memory_equal(a.value, value, len);
		}
	}
}

/* --- what is done with a row ----------------------------------------------------------------- */

struct table_run {
	struct made m;
	struct radius_reply reply, empty;
	struct radius_coa coa;
	struct radius_coa_seen seen[1];
	struct radius_coa_request request;
	struct radius_coa_answer answer;
};

/* Read a packet of this kind that has @value for @d; NULL: that has nothing. */
static bool read_reply(struct table_run *t, struct radius_reply *reply, const struct kind *kind,
		       const struct radius_definition *d, const uint8_t *value, size_t len)
{
	begin(&t->m, kind->code);
	if (d)
		put_value(&t->m, d, value, len);
	end(&t->m, true);
	return radius_reply_read(reply, &t->m.packet, authenticator, secret);
}

/* A number that means nothing anywhere. */
static bool is_judged(struct table_run *t, const struct kind *kind,
		      const struct radius_definition *d)
{
	const uint8_t odd[4] = { 0, 0, 0x77, 0x77 };

	return d->format == RADIUS_INTEGER && !read_reply(t, &t->reply, kind, d, odd, sizeof(odd));
}

/* Returns whether a reply is another one by what it has, and checks that the rest has no use. */
static bool reply_reads(struct table_run *t, const struct kind *kind,
			const struct radius_definition *d)
{
	uint8_t value[RADIUS_VALUE_MAX];
	size_t len = value_of(d, value);
	bool allowed = d->where & radius_where(kind->code), same;

	assert_true(read_reply(t, &t->empty, kind, NULL, NULL, 0));
	assert_true(read_reply(t, &t->reply, kind, d, value, len));
	assert_int_equal(t->reply.unknown, 0);
	assert_int_equal(t->reply.n_remarks, allowed ? 0 : 1);
	if (!allowed) {
		assert_ptr_equal(t->reply.remarks[0].about, d);
		assert_string_equal(t->reply.remarks[0].what, "is not allowed in this packet");
		t->reply.n_remarks = 0;
		t->reply.remarks[0] = t->empty.remarks[0];
	}
	same = !memcmp(&t->reply, &t->empty, sizeof(t->reply));
	if (!allowed)
		assert_true(same);
	return !same || is_judged(t, kind, d);
}

static const struct radius_definition *other_than(const struct radius_definition *d, uint8_t type,
						  uint8_t other)
{
	return radius_definition(0, !d->vendor && d->type == type ? other : type);
}

/* Returns whether a request of a server that has it, and all that it needs, is carried out. */
static bool coa_takes(struct table_run *t, const struct kind *kind,
		      const struct radius_definition *d)
{
	const struct radius_coa_config config = { .window_s = 300 };
	enum radius_coa_outcome outcome;
	struct radius_attribute a;
	struct radius_packet nak;

	radius_coa_init(&t->coa, &config, t->seen, 1);
	memset(t->seen, 0, sizeof(t->seen));
	begin(&t->m, kind->code);
	put(&t->m, other_than(d, RADIUS_CALLING_STATION_ID, RADIUS_CALLED_STATION_ID));
	if (kind->code == RADIUS_COA_REQUEST)
		put(&t->m, other_than(d, RADIUS_SESSION_TIMEOUT, RADIUS_IDLE_TIMEOUT));
	put(&t->m, d);
	end(&t->m, false);
	outcome = radius_coa_received(&t->coa, &t->request, &t->answer, ip("192.0.2.7"), 40000,
				      secret, t->m.buf, t->m.packet.len, NOW);
	if (outcome == RADIUS_COA_TAKEN)
		return true;
	assert_int_equal(outcome, RADIUS_COA_ANSWER);
	assert_int_equal(radius_parse(&nak, t->answer.octets, t->answer.len), RADIUS_SOUND);
	assert_true(find(&nak, radius_definition(0, RADIUS_ERROR_CAUSE), &a));
	assert_int_equal(radius_number_of(&a), RADIUS_ERROR_UNSUPPORTED_ATTRIBUTE);
	return false;
}

/* Returns whether our answers to such a request have it. */
static bool answer_has(struct table_run *t, const struct kind *kind,
		       const struct radius_definition *d)
{
	const bool nak = kind->code == RADIUS_COA_NAK || kind->code == RADIUS_DISCONNECT_NAK;
	const bool disconnect = kind->code == RADIUS_DISCONNECT_ACK ||
				kind->code == RADIUS_DISCONNECT_NAK;
	const struct kind asked = {
		.code = disconnect ? RADIUS_DISCONNECT_REQUEST : RADIUS_COA_REQUEST,
	};
	struct radius_coa_answer answer;
	struct radius_attribute a;
	struct radius_packet packet;

	assert_true(coa_takes(t, &asked, radius_definition(0, RADIUS_PROXY_STATE)));
	answer = radius_coa_answer(&t->coa, &t->request,
				   nak ? RADIUS_ERROR_NO_RESOURCES : RADIUS_ERROR_NONE, secret);
	assert_int_equal(radius_parse(&packet, answer.octets, answer.len), RADIUS_SOUND);
	assert_int_equal(packet.code, kind->code);
	return find(&packet, d, &a);
}

/* --- what we send: what the daemon fills in of requests -------------------------------------- */

static const char * const addresses[] = { "192.0.2.1", "2001:db8::1" };

static bool login_has(struct table_run *t, const struct radius_nas *nas,
		      const struct radius_session *session, enum radius_proof proof,
		      const struct radius_definition *d)
{
	static const uint8_t octets[49] = { 1 };
	static const size_t lens[] = { 8, 16, 49, 49, 49 };
	const struct radius_octets answered = { 1, { 1 } };
	const struct radius_login login = {
		.proof = proof, .challenge = octets, .challenge_len = 16, .response = octets,
		.response_len = lens[proof], .state = &answered, .mtu = 1400,
	};
	struct radius_attribute a;

	begin(&t->m, RADIUS_ACCESS_REQUEST);
	radius_write_login(&t->m.w, nas, session, &login, secret);
	end(&t->m, false);
	return find(&t->m.packet, d, &a);
}

static bool record_has(struct table_run *t, const struct radius_nas *nas,
		       const struct radius_session *session, const struct radius_definition *d)
{
	const struct radius_octets class = { 1, { 1 } };
	const struct radius_record record = {
		.status = RADIUS_STATUS_STOP, .event_time = NOW,
		.authentic = RADIUS_AUTHENTIC_RADIUS, .cause = 1, .address = ip("10.0.0.7"),
		.classes = &class, .n_classes = 1,
	};
	struct radius_attribute a;

	begin(&t->m, RADIUS_ACCOUNTING_REQUEST);
	radius_write_record(&t->m.w, nas, session, &record, 1);
	end(&t->m, false);
	return find(&t->m.packet, d, &a);
}

/* Returns whether any request that we make of such a kind has it. */
static bool we_send(struct table_run *t, const struct kind *kind, const struct radius_definition *d)
{
	const struct radius_session session = {
		.user = "nemo", .user_len = 4, .id = "1", .multi_id = "2", .port = { true, 3 },
		.port_id = "office:3", .calling = "192.0.2.7", .called = "192.0.2.1",
		.peer = ip("192.0.2.7"), .local = ip("192.0.2.1"),
	};
	bool has = false;

	for (size_t i = 0; i < 2; i++) {
		const struct radius_nas nas = { "nas", ip(addresses[i]) };

		if (kind->code == RADIUS_ACCOUNTING_REQUEST)
			has |= record_has(t, &nas, &session, d);
		else
			for (unsigned int p = RADIUS_PROOF_PAP; p <= RADIUS_PROOF_EAP; p++)
				has |= login_has(t, &nas, &session, (enum radius_proof)p, d);
	}
	return has;
}

/* --- the whole ------------------------------------------------------------------------------- */

/* Returns whether anything is done with an attribute in such a packet. */
static bool is_used(struct table_run *t, const struct kind *kind, const struct radius_definition *d)
{
	switch (kind->code) {
	case RADIUS_ACCESS_REQUEST:
	case RADIUS_ACCOUNTING_REQUEST:
		return we_send(t, kind, d);
	case RADIUS_COA_REQUEST:
	case RADIUS_DISCONNECT_REQUEST:
		return coa_takes(t, kind, d);
	case RADIUS_COA_ACK:
	case RADIUS_DISCONNECT_ACK:
	case RADIUS_COA_NAK:
	case RADIUS_DISCONNECT_NAK:
		return answer_has(t, kind, d);
	default:
		/* radius_check_reply() is what looks at it */
		return reply_reads(t, kind, d) || is_signature(d);
	}
}

/* Write the letters that the manual is to have: small ones where an attribute has no effect. */
static void letters_of(struct table_run *t, const struct radius_definition *d, char *letters)
{
	for (size_t k = 0; k < KINDS; k++) {
		const bool allowed = d->where & radius_where(kinds[k].code);
		const bool used = is_used(t, &kinds[k], d);
		const char letter = (char)(used ? kinds[k].letter : kinds[k].letter | 0x20);

		if (used && !allowed)
			fail_msg("%s is used where it may not be: %c", d->name, letter);
		if (!allowed || (k && kinds[k].letter == kinds[k - 1].letter))
			continue;
		*letters++ = letter;
	}
	*letters = '\0';
}

/* Macros of mdoc(7), such as Ao, are words only behind this. */
static const char *escape(const char *letters)
{
	return strlen(letters) == 2 && islower((unsigned char)letters[1]) ? "\\&" : "";
}

/* Returns the attributes' part of culvert.conf(5). */
static const char *read_manual(void)
{
	static char page[131072];
	FILE *f = fopen("../docs/man/culvert.conf.5", "r");
	char *part, *next;

	assert_non_null(f);
	assert_true(fread(page, 1, sizeof(page) - 1, f) > 0);
	fclose(f);
	part = strstr(page, "\n.Sh RADIUS ATTRIBUTES\n");
	assert_non_null(part);
	next = strstr(part + 1, "\n.Sh ");
	assert_non_null(next);
	*next = '\0';
	return part;
}

static void the_manual_has_each_row(void **state)
{
	static struct table_run run, *t = &run;
	const char *part = read_manual();
	const struct radius_definition *table;
	unsigned int lacking = 0;
	size_t n, rows = 0;

	table = radius_definitions(&n);
	for (size_t i = 0; i < n; i++) {
		char letters[KINDS + 1], row[128];

		letters_of(t, &table[i], letters);
		snprintf(row, sizeof(row), "\n.It %s Ta %s%s Ta ", table[i].name, escape(letters),
			 letters);
		if (strstr(part, row))
			continue;
		print_error("culvert.conf(5) lacks: %s\n", row + 1);
		lacking++;
	}
	assert_int_equal(lacking, 0);
	for (const char *p = part; (p = strstr(p, "\n.It ")); p++)
		rows += strncmp(p, "\n.It Sy ", 8) && memmem(p, strcspn(p + 1, "\n"), " Ta ", 4);
	assert_int_equal(rows, n);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row_goes_through_packets),
		cmocka_unit_test(the_manual_has_each_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
