// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "radius/coa.h"
#include "util/bytes.h"

/* What an attribute is there for. */
enum purpose {
	NEITHER,			/* it is allowed, and means nothing for us */
	NAMES_NAS,
	NAMES_SESSION,
	CHANGES,			/* radius_reply_read() reads it */
	CLASSIFIES,			/* CHANGES in a CoA-Request, else NEITHER */
	SERVICE,
};

struct row {
	uint32_t vendor;
	uint8_t type;
	uint8_t purpose;		/* enum purpose */
	size_t to;			/* what names: offset in struct radius_selectors */
};

#define NAMES(what, code, member)	\
	{ .type = RADIUS_##code, .purpose = NAMES_##what, \
	  .to = offsetof(struct radius_selectors, member) }
#define ROW(of, code, why)		\
	{ .vendor = (of), .type = RADIUS_##code, .purpose = (why) }

static const struct row rows[] = {
	NAMES(NAS, NAS_IDENTIFIER, nas_identifier),
	NAMES(NAS, NAS_IP_ADDRESS, nas_address),
	NAMES(NAS, NAS_IPV6_ADDRESS, nas_address6),
	NAMES(SESSION, USER_NAME, user),
	NAMES(SESSION, ACCT_SESSION_ID, session_id),
	NAMES(SESSION, ACCT_MULTI_SESSION_ID, multi_id),
	NAMES(SESSION, CALLING_STATION_ID, calling),
	NAMES(SESSION, CALLED_STATION_ID, called),
	NAMES(SESSION, NAS_PORT_ID, port_id),
	NAMES(SESSION, NAS_PORT, port),
	NAMES(SESSION, FRAMED_IP_ADDRESS, address),
	NAMES(SESSION, FRAMED_INTERFACE_ID, ifid),
	NAMES(SESSION, FRAMED_IPV6_PREFIX, prefix6),
	ROW(0, SESSION_TIMEOUT, CHANGES),
	ROW(0, IDLE_TIMEOUT, CHANGES),
	ROW(0, TERMINATION_ACTION, CHANGES),
	ROW(0, ACCT_INTERIM_INTERVAL, CHANGES),
	ROW(0, FILTER_ID, CHANGES),
	ROW(RADIUS_CISCO, CISCO_AVPAIR, CHANGES),
	ROW(RADIUS_WISPR, WISPR_BANDWIDTH_MAX_UP, CHANGES),
	ROW(RADIUS_WISPR, WISPR_BANDWIDTH_MAX_DOWN, CHANGES),
	ROW(RADIUS_MIKROTIK, MIKROTIK_RATE_LIMIT, CHANGES),
	ROW(0, SERVICE_TYPE, SERVICE),
	ROW(0, FRAMED_PROTOCOL, NEITHER),
	ROW(0, REPLY_MESSAGE, NEITHER),
	ROW(0, STATE, NEITHER),
	ROW(0, CLASS, CLASSIFIES),
	ROW(0, PROXY_STATE, NEITHER),
	ROW(0, ACCT_TERMINATE_CAUSE, NEITHER),
	ROW(0, EVENT_TIMESTAMP, NEITHER),
	ROW(0, NAS_PORT_TYPE, NEITHER),
	ROW(0, MESSAGE_AUTHENTICATOR, NEITHER),
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))

/* Returns the row of an attribute, or NULL if it is not supported. */
static const struct row *find_row(const struct radius_attribute *a)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].vendor == a->vendor && rows[i].type == a->type)
			return &rows[i];
	return NULL;
}

/* --- what a request says --------------------------------------------------------------------- */

/* Put a well-formed value where its format wants it. */
static void take_selector(struct radius_selectors *selectors, const struct row *row,
			  const struct radius_definition *definition,
			  const struct radius_attribute *a)
{
	void *to = (char *)selectors + row->to;

	switch (definition->format) {
	case RADIUS_TEXT:
		memcpy(to, a->value, a->len);
		break;
	case RADIUS_INTEGER:
		*(struct radius_number *)to = (struct radius_number){ true, radius_number_of(a) };
		break;
	case RADIUS_ADDRESS:
		*(struct ip_addr *)to = radius_address_of(a);
		break;
	case RADIUS_ADDRESS6:
		*(struct ip_addr *)to = radius_address6_of(a);
		break;
	case RADIUS_PREFIX6:
		*(struct ip_prefix *)to = radius_prefix6_of(a);
		break;
	case RADIUS_IFID:
		selectors->has_ifid = true;
		memcpy(to, a->value, sizeof(selectors->ifid));
		break;
	}
}

/* A reading under way. */
struct reading {
	struct radius_coa_request *request;
	unsigned int where;		/* RADIUS_IN_* */
	bool seen[ROWS];
	bool names, changes;		/* a session; anything */
};

/* Returns true if an attribute of this row may be there once, for us at least. */
static bool is_single(const struct row *row, const struct radius_definition *definition)
{
	return row->purpose == NAMES_SESSION || !(definition->flags & RADIUS_SEVERAL);
}

/* Returns true if an attribute of this row changes a session: RFC 5176 section 3.6, note 3. */
static bool is_change(const struct row *row, bool disconnect)
{
	return row->purpose == CHANGES || (row->purpose == CLASSIFIES && !disconnect);
}

static enum radius_error_cause read_one(struct reading *rd, const struct radius_attribute *a)
{
	const struct radius_definition *definition = radius_definition(a->vendor, a->type);
	const struct row *row = find_row(a);
	bool change = row && is_change(row, rd->request->disconnect);

	if (!row || !(definition->where & rd->where) || (change && rd->request->disconnect))
		return RADIUS_ERROR_UNSUPPORTED_ATTRIBUTE;
	if (!radius_is_well_formed(definition, a))
		return RADIUS_ERROR_INVALID_VALUE;
	if (rd->seen[row - rows] && is_single(row, definition))
		return RADIUS_ERROR_INVALID_REQUEST;
	rd->seen[row - rows] = true;
	if (row->purpose == SERVICE && radius_number_of(a) != RADIUS_SERVICE_FRAMED)
		return RADIUS_ERROR_UNSUPPORTED_SERVICE;
	if (row->purpose == NAMES_NAS || row->purpose == NAMES_SESSION)
		take_selector(&rd->request->selectors, row, definition, a);
	rd->names |= row->purpose == NAMES_SESSION;
	rd->changes |= change;
	return RADIUS_ERROR_NONE;
}

/* What the single attributes do not show. A CoA-Request has no keys, so no secret is needed. */
static enum radius_error_cause read_whole(struct reading *rd, const struct radius_packet *packet)
{
	const struct radius_secret none = { "", 0 };
	struct radius_reply *changes = &rd->request->changes;

	if (!rd->names || (!rd->changes && !rd->request->disconnect))
		return RADIUS_ERROR_MISSING_ATTRIBUTE;
	if (rd->request->disconnect)
		return RADIUS_ERROR_NONE;
	if (!radius_reply_read(changes, packet, NULL, none) || changes->n_remarks)
		return RADIUS_ERROR_INVALID_VALUE;
	return RADIUS_ERROR_NONE;
}

static enum radius_error_cause read_request(struct radius_coa_request *request,
					    const struct radius_packet *packet)
{
	struct radius_iterator it = radius_attributes(packet);
	struct reading rd = { .request = request, .where = radius_where(packet->code) };
	struct radius_attribute a;

	while (radius_next(&it, &a)) {
		enum radius_error_cause error = read_one(&rd, &a);

		if (error)
			return error;
	}
	return read_whole(&rd, packet);
}

/* --- requests that were seen ----------------------------------------------------------------- */

void radius_coa_init(struct radius_coa *coa, const struct radius_coa_config *config,
		     struct radius_coa_seen *seen, unsigned int n)
{
	memset(coa, 0, sizeof(*coa));
	coa->config = *config;
	coa->seen = seen;
	coa->n_seen = n;
}

/*
 * What tells when it was made is the same request wherever it comes from: who has recorded it can
 * send it from anywhere. Without that a server may make the same octets again, and mean it.
 */
static bool is_of(const struct radius_coa_seen *seen, const struct radius_coa_request *request)
{
	if (seen->code != request->code || seen->id != request->id ||
	    memcmp(seen->authenticator, request->authenticator, sizeof(seen->authenticator)))
		return false;
	return request->has_time ||
	       (seen->port == request->port && ip_equal(seen->from, request->from));
}

void radius_coa_forgot(struct radius_coa *coa, uint64_t time)
{
	if (time > coa->forgotten)
		coa->forgotten = time;
}

static struct radius_coa_seen *find_seen(struct radius_coa *coa,
					 const struct radius_coa_request *request)
{
	for (unsigned int i = 0; i < coa->n_seen; i++)
		if (is_of(&coa->seen[i], request))
			return &coa->seen[i];
	return NULL;
}

/* Remember a request, in place of the one that was used the longest time ago. */
static void remember(struct radius_coa *coa, const struct radius_coa_request *request)
{
	struct radius_coa_seen *oldest = &coa->seen[0];

	for (unsigned int i = 1; i < coa->n_seen; i++)
		if (coa->seen[i].turn < oldest->turn)
			oldest = &coa->seen[i];
	radius_coa_forgot(coa, oldest->made);
	*oldest = (struct radius_coa_seen){
		.from = request->from, .port = request->port, .code = request->code,
		.id = request->id, .made = request->made, .turn = ++coa->turn,
	};
	memcpy(oldest->authenticator, request->authenticator, sizeof(oldest->authenticator));
}

/* --- answers --------------------------------------------------------------------------------- */

static enum radius_code answer_code(const struct radius_coa_request *request, bool ack)
{
	if (request->disconnect)
		return ack ? RADIUS_DISCONNECT_ACK : RADIUS_DISCONNECT_NAK;
	return ack ? RADIUS_COA_ACK : RADIUS_COA_NAK;
}

struct radius_coa_answer radius_coa_answer(struct radius_coa *coa,
					   const struct radius_coa_request *request,
					   enum radius_error_cause error,
					   struct radius_secret secret)
{
	struct radius_coa_seen *seen = find_seen(coa, request);
	uint8_t *buffer = seen ? seen->answer : coa->buffer;
	struct radius_writer w;
	size_t len;

	radius_begin(&w, buffer, RADIUS_COA_ANSWER_MAX, answer_code(request, !error), request->id,
		     NULL);
	if (error)
		radius_put_number(&w, RADIUS_ERROR_CAUSE, error);
	wr_copy(&w.out, request->proxies, request->proxies_len);
	len = radius_end_reply(&w, request->authenticator, secret);
	if (seen)
		seen->len = (uint16_t)len;
	return (struct radius_coa_answer){ buffer, len };
}

/* Octets of an answer besides Proxy-States: header, Message-Authenticator, Error-Cause. */
#define ANSWER_LEN	(RADIUS_HEADER_LEN + 18 + 6)

/* Keep all Proxy-States, as attributes. Returns false if an answer has no room for them. */
static bool keep_proxies(struct radius_coa_request *request, const struct radius_packet *packet)
{
	struct radius_iterator it = radius_attributes(packet);
	struct writer w = wr_init(request->proxies, sizeof(request->proxies) - ANSWER_LEN);
	struct radius_attribute a;

	while (radius_next(&it, &a)) {
		if (a.vendor || a.type != RADIUS_PROXY_STATE)
			continue;
		wr_u8(&w, a.type);
		wr_u8(&w, (uint8_t)(a.len + 2));
		wr_copy(&w, a.value, a.len);
	}
	request->proxies_len = (uint16_t)wr_len(&w);
	return wr_ok(&w);
}

/* --- requests -------------------------------------------------------------------------------- */

static void count_fault(struct radius_coa *coa, enum radius_fault fault)
{
	switch (fault) {
	case RADIUS_FAULT_CODE:
		coa->counters.bad_code++;
		break;
	case RADIUS_FAULT_AUTHENTICATOR:
	case RADIUS_FAULT_SIGNATURE:
		coa->counters.bad_authenticator++;
		break;
	case RADIUS_FAULT_UNSIGNED:
		coa->counters.unsigned_requests++;
		break;
	default:
		coa->counters.malformed++;
	}
}

static enum radius_fault authenticate(const struct radius_coa *coa, struct radius_packet *packet,
				      const void *octets, size_t len, struct radius_secret secret)
{
	enum radius_fault fault = radius_parse(packet, octets, len);

	if (fault)
		return fault;
	if (packet->code != RADIUS_COA_REQUEST && packet->code != RADIUS_DISCONNECT_REQUEST)
		return RADIUS_FAULT_CODE;
	fault = radius_check_request(packet, secret);
	if (!fault && coa->config.require_signature && !packet->signed_at)
		return RADIUS_FAULT_UNSIGNED;
	return fault;
}

/* Find the first Event-Timestamp. Returns false if there is none. */
static bool find_time(const struct radius_packet *packet, struct radius_attribute *a)
{
	struct radius_iterator it = radius_attributes(packet);

	while (radius_next(&it, a))
		if (!a->vendor && a->type == RADIUS_EVENT_TIMESTAMP)
			return true;
	return false;
}

/* Returns true if the request was made lately, as far as it tells by its Event-Timestamp. */
static bool is_current(const struct radius_coa *coa, const struct radius_packet *packet,
		       uint64_t time)
{
	struct radius_attribute a;
	uint64_t made;

	if (!find_time(packet, &a))
		return !coa->config.require_timestamp;
	made = radius_number_of(&a);
	return a.len == 4 && made + coa->config.window_s >= time &&
	       made <= time + coa->config.window_s;
}

/*
 * Returns true if the request may be one that was forgotten. What is forgotten was current once, so
 * that its time is not ahead by more than the window, unless our clock was set back since then.
 */
static bool is_doubtful(const struct radius_coa *coa, const struct radius_coa_request *request,
			uint64_t time)
{
	return request->has_time && request->made <= coa->forgotten &&
	       coa->forgotten <= time + coa->config.window_s;
}

static void begin_request(struct radius_coa_request *request, const struct radius_packet *packet,
			  struct ip_addr from, uint16_t port)
{
	struct radius_attribute a;

	memset(request, 0, sizeof(*request));
	request->disconnect = packet->code == RADIUS_DISCONNECT_REQUEST;
	request->from = from;
	request->port = port;
	request->code = packet->code;
	request->id = packet->id;
	request->has_time = find_time(packet, &a);
	request->made = request->has_time ? radius_number_of(&a) : 0;
	memcpy(request->authenticator, radius_authenticator(packet), RADIUS_AUTHENTICATOR_LEN);
}

/* The request was seen before. */
static enum radius_coa_outcome repeat(struct radius_coa *coa, struct radius_coa_seen *seen,
				      struct radius_coa_answer *answer)
{
	coa->counters.repeated++;
	seen->turn = ++coa->turn;
	*answer = (struct radius_coa_answer){ seen->answer, seen->len };
	return seen->len ? RADIUS_COA_ANSWER : RADIUS_COA_DROPPED;
}

/* The request is authentic, current and new. */
static enum radius_coa_outcome consider(struct radius_coa *coa, struct radius_coa_request *request,
					struct radius_coa_answer *answer,
					const struct radius_packet *packet,
					struct radius_secret secret)
{
	enum radius_error_cause error;

	if (!keep_proxies(request, packet)) {
		coa->counters.too_long++;
		return RADIUS_COA_DROPPED;
	}
	remember(coa, request);
	error = read_request(request, packet);
	if (!error) {
		coa->counters.taken++;
		return RADIUS_COA_TAKEN;
	}
	coa->counters.refused++;
	*answer = radius_coa_answer(coa, request, error, secret);
	return RADIUS_COA_ANSWER;
}

enum radius_coa_outcome radius_coa_received(struct radius_coa *coa,
					    struct radius_coa_request *request,
					    struct radius_coa_answer *answer, struct ip_addr from,
					    uint16_t port, struct radius_secret secret,
					    const void *octets, size_t len, uint64_t time)
{
	struct radius_coa_seen *seen;
	struct radius_packet packet;
	enum radius_fault fault = authenticate(coa, &packet, octets, len, secret);

	if (fault) {
		count_fault(coa, fault);
		return RADIUS_COA_DROPPED;
	}
	begin_request(request, &packet, from, port);
	seen = find_seen(coa, request);
	if (seen)
		return repeat(coa, seen, answer);
	if (!is_current(coa, &packet, time)) {
		coa->counters.bad_time++;
		return RADIUS_COA_DROPPED;
	}
	if (is_doubtful(coa, request, time)) {
		coa->counters.doubtful++;
		return RADIUS_COA_DROPPED;
	}
	return consider(coa, request, answer, &packet, secret);
}
