// SPDX-License-Identifier: GPL-2.0-only
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "aaa/grant.h"
#include "accounting/record.h"
#include "session/session.h"
#include "util/bytes.h"
#include "util/text.h"

#define FORMAT		1	/* the first octet of a body */
#define PREFIX_SIZE	17	/* length, address */

/* --- causes ---------------------------------------------------------------------------------- */

uint32_t account_cause(enum event_cause cause)
{
	switch (cause) {
	case EVENT_CAUSE_NONE:
		break;
	case EVENT_CAUSE_USER_REQUEST:
		return 1;	/* User Request */
	case EVENT_CAUSE_LOST_CARRIER:
		return 2;	/* Lost Carrier */
	case EVENT_CAUSE_LOST_SERVICE:
		return 3;	/* Lost Service */
	case EVENT_CAUSE_IDLE_TIMEOUT:
		return 4;	/* Idle Timeout */
	case EVENT_CAUSE_SESSION_TIMEOUT:
		return 5;	/* Session Timeout */
	case EVENT_CAUSE_ADMIN_RESET:
		return 6;	/* Admin Reset */
	case EVENT_CAUSE_ADMIN_REBOOT:
		return 7;	/* Admin Reboot */
	case EVENT_CAUSE_NAS_ERROR:
		return 9;	/* NAS Error */
	case EVENT_CAUSE_NAS_REQUEST:
		return 10;	/* NAS Request */
	case EVENT_CAUSE_USER_ERROR:
	case EVENT_CAUSE_LOGIN_FAILED:
		return 17;	/* User Error */
	}
	return 0;
}

/* --- from sessions --------------------------------------------------------------------------- */

/* No list is longer than its place here: radius/reply.h reads no more. */
static size_t bounded(size_t n, size_t most)
{
	return n < most ? n : most;
}

static void take_grant(struct account_record *r, const struct auth_grant *grant)
{
	struct radius_record *record = &r->record;

	record->n_classes = bounded(grant->n_classes, RADIUS_CLASSES_MAX);
	record->classes = r->classes;
	for (size_t i = 0; i < record->n_classes; i++) {
		r->classes[i].len = grant->classes[i].len;
		memcpy(r->classes[i].octets, grant->classes[i].octets, grant->classes[i].len);
	}
}

static enum radius_authentic authentic_of(enum auth_source source)
{
	switch (source) {
	case AUTH_SOURCE_NONE:
		break;
	case AUTH_SOURCE_LOCAL:
	case AUTH_SOURCE_DATABASE:
		return RADIUS_AUTHENTIC_LOCAL;
	case AUTH_SOURCE_RADIUS:
		return RADIUS_AUTHENTIC_RADIUS;
	}
	return RADIUS_AUTHENTIC_NOT_SAID;
}

void account_describe(struct account_record *r, enum radius_status status,
		      const struct session_record *session, enum auth_source source,
		      const struct auth_grant *grant, uint64_t uptime_s, enum event_cause cause,
		      uint64_t now_s)
{
	struct radius_record *record = &r->record;

	record->status = status;
	record->event_time = (uint32_t)now_s;
	record->authentic = authentic_of(source);
	record->address = session->ip4.remote;
	if (grant)
		take_grant(r, grant);
	if (status == RADIUS_STATUS_START)
		return;
	record->session_time_s = uptime_s < UINT32_MAX ? (uint32_t)uptime_s : UINT32_MAX;
	record->input_octets = session->stats.rx_bytes;
	record->output_octets = session->stats.tx_bytes;
	record->input_packets = session->stats.rx_packets;
	record->output_packets = session->stats.tx_packets;
	if (status == RADIUS_STATUS_STOP)
		record->cause = account_cause(cause);
}

void account_of_nas(struct account_record *r, enum radius_status status,
		    const struct radius_nas *nas, const char *id, uint64_t now_s)
{
	r->nas = *nas;
	r->record.status = status;
	r->record.event_time = (uint32_t)now_s;
	r->record.id = id;
}

/* --- as octets ------------------------------------------------------------------------------- */

/* These numbers are in files: they are never used for anything else. */
enum field {
	FIELD_STATUS = 1,
	FIELD_TIME = 2,
	FIELD_AUTHENTIC = 3,
	FIELD_SESSION_TIME = 4,
	FIELD_COUNTS = 5,		/* input and output octets, input and output packets */
	FIELD_CAUSE = 6,
	FIELD_ID = 7,			/* of On and Off */
	FIELD_ADDRESS = 8,
	FIELD_IFID = 9,
	FIELD_PREFIX6 = 10,		/* as often as there are prefixes */
	FIELD_DELEGATED6 = 11,		/* likewise */
	FIELD_CLASS = 12,		/* likewise */
	FIELD_USER = 20,
	FIELD_SESSION_ID = 21,
	FIELD_MULTI_ID = 22,
	FIELD_PORT = 23,
	FIELD_PORT_ID = 24,
	FIELD_CALLING = 25,
	FIELD_CALLED = 26,
	FIELD_PEER = 27,
	FIELD_LOCAL = 28,
	FIELD_NAS_IDENTIFIER = 40,
	FIELD_NAS_ADDRESS = 41,
	FIELD_COPIED_BY = 50,
};

static void put_head(struct writer *w, enum field field, size_t len)
{
	wr_u8(w, field);
	wr_be16(w, (uint16_t)len);
}

static void put_octets(struct writer *w, enum field field, const void *octets, size_t len)
{
	put_head(w, field, len);
	wr_copy(w, octets, len);
}

/* A text goes with its NUL, so that a record that is read can point to it. */
static void put_text(struct writer *w, enum field field, const char *text)
{
	if (text && *text)
		put_octets(w, field, text, strlen(text) + 1);
}

static void put_number(struct writer *w, enum field field, uint32_t number)
{
	put_head(w, field, sizeof(number));
	wr_be32(w, number);
}

static void put_address(struct writer *w, enum field field, struct ip_addr address)
{
	if (address.family == AF_INET)
		put_octets(w, field, &address.v4, sizeof(address.v4));
	else if (address.family == AF_INET6)
		put_octets(w, field, &address.v6, sizeof(address.v6));
}

static void put_prefix6(struct writer *w, enum field field, const struct ip_prefix *prefix)
{
	put_head(w, field, PREFIX_SIZE);
	wr_u8(w, prefix->length);
	wr_copy(w, &prefix->address.v6, sizeof(prefix->address.v6));
}

static void put_session(struct writer *w, const struct radius_session *session)
{
	if (session->user_len) {
		put_head(w, FIELD_USER, session->user_len + 1);
		wr_copy(w, session->user, session->user_len);
		wr_u8(w, 0);
	}
	put_text(w, FIELD_SESSION_ID, session->id);
	put_text(w, FIELD_MULTI_ID, session->multi_id);
	if (session->port.given)
		put_number(w, FIELD_PORT, session->port.value);
	put_text(w, FIELD_PORT_ID, session->port_id);
	put_text(w, FIELD_CALLING, session->calling);
	put_text(w, FIELD_CALLED, session->called);
	put_address(w, FIELD_PEER, session->peer);
	put_address(w, FIELD_LOCAL, session->local);
}

static void put_record(struct writer *w, const struct radius_record *record)
{
	put_number(w, FIELD_STATUS, record->status);
	put_number(w, FIELD_TIME, record->event_time);
	put_number(w, FIELD_AUTHENTIC, record->authentic);
	put_number(w, FIELD_SESSION_TIME, record->session_time_s);
	put_head(w, FIELD_COUNTS, 4 * sizeof(uint64_t));
	wr_be64(w, record->input_octets);
	wr_be64(w, record->output_octets);
	wr_be64(w, record->input_packets);
	wr_be64(w, record->output_packets);
	put_number(w, FIELD_CAUSE, record->cause);
	put_text(w, FIELD_ID, record->id);
	put_address(w, FIELD_ADDRESS, record->address);
	if (record->ifid)
		put_octets(w, FIELD_IFID, record->ifid, 8);
	for (size_t i = 0; i < record->n_prefixes6; i++)
		put_prefix6(w, FIELD_PREFIX6, &record->prefixes6[i]);
	for (size_t i = 0; i < record->n_delegated6; i++)
		put_prefix6(w, FIELD_DELEGATED6, &record->delegated6[i]);
	for (size_t i = 0; i < record->n_classes; i++)
		put_octets(w, FIELD_CLASS, record->classes[i].octets, record->classes[i].len);
}

size_t account_encode(const struct account_record *r, uint8_t body[ACCOUNT_BODY_MAX])
{
	struct writer w = wr_init(body, ACCOUNT_BODY_MAX);

	wr_u8(&w, FORMAT);
	put_record(&w, &r->record);
	put_session(&w, &r->session);
	put_text(&w, FIELD_NAS_IDENTIFIER, r->nas.identifier);
	put_address(&w, FIELD_NAS_ADDRESS, r->nas.address);
	if (r->copied_by)
		put_number(&w, FIELD_COPIED_BY, r->copied_by);
	return wr_ok(&w) ? wr_len(&w) : 0;
}

/* Returns the text that a field consists of; NULL, with the error set, if its end is not there. */
static const char *get_text(struct reader *field)
{
	size_t len = rd_left(field);
	const char *text = (const char *)rd_bytes(field, len);

	if (!text || !len || text[len - 1]) {
		rd_fail(field);
		return NULL;
	}
	return text;
}

static struct ip_addr get_address(struct reader *field)
{
	struct ip_addr address = ip_none();

	if (rd_left(field) == sizeof(address.v4)) {
		address.family = AF_INET;
		rd_copy(field, &address.v4, sizeof(address.v4));
	} else {
		address.family = AF_INET6;
		rd_copy(field, &address.v6, sizeof(address.v6));
	}
	return address;
}

/* Add to a list of @n; one that is too long is damaged. */
static void get_prefix6(struct reader *field, struct ip_prefix *list, size_t *n)
{
	struct ip_prefix *prefix = &list[*n];

	if (*n == RADIUS_PREFIXES_MAX) {
		rd_fail(field);
		return;
	}
	prefix->length = rd_u8(field);
	prefix->address.family = AF_INET6;
	rd_copy(field, &prefix->address.v6, sizeof(prefix->address.v6));
	if (prefix->length > ip_bits(prefix->address))
		rd_fail(field);
	(*n)++;
}

static void get_class(struct reader *field, struct radius_octets *list, size_t *n)
{
	size_t len = rd_left(field);

	if (*n == RADIUS_CLASSES_MAX || len > sizeof(list->octets)) {
		rd_fail(field);
		return;
	}
	list[*n].len = (uint8_t)len;
	rd_copy(field, list[*n].octets, len);
	(*n)++;
}

static void get_counts(struct reader *field, struct radius_record *record)
{
	record->input_octets = rd_be64(field);
	record->output_octets = rd_be64(field);
	record->input_packets = rd_be64(field);
	record->output_packets = rd_be64(field);
}

static void get_user(struct reader *field, struct radius_session *session)
{
	session->user_len = rd_left(field) - 1;
	session->user = get_text(field);
}

/* Returns false if the field was damaged. */
static bool get_field(struct account_record *r, unsigned int number, struct reader field)
{
	struct radius_record *record = &r->record;
	struct radius_session *session = &r->session;

	switch (number) {
	case FIELD_STATUS:
		record->status = rd_be32(&field);
		break;
	case FIELD_TIME:
		record->event_time = rd_be32(&field);
		break;
	case FIELD_AUTHENTIC:
		record->authentic = rd_be32(&field);
		break;
	case FIELD_SESSION_TIME:
		record->session_time_s = rd_be32(&field);
		break;
	case FIELD_COUNTS:
		get_counts(&field, record);
		break;
	case FIELD_CAUSE:
		record->cause = rd_be32(&field);
		break;
	case FIELD_ID:
		record->id = get_text(&field);
		break;
	case FIELD_ADDRESS:
		record->address = get_address(&field);
		break;
	case FIELD_IFID:
		record->ifid = r->ifid;
		rd_copy(&field, r->ifid, sizeof(r->ifid));
		break;
	case FIELD_PREFIX6:
		get_prefix6(&field, r->prefixes6, &record->n_prefixes6);
		break;
	case FIELD_DELEGATED6:
		get_prefix6(&field, r->delegated6, &record->n_delegated6);
		break;
	case FIELD_CLASS:
		get_class(&field, r->classes, &record->n_classes);
		break;
	case FIELD_USER:
		get_user(&field, session);
		break;
	case FIELD_SESSION_ID:
		session->id = get_text(&field);
		break;
	case FIELD_MULTI_ID:
		session->multi_id = get_text(&field);
		break;
	case FIELD_PORT:
		session->port = (struct radius_number){ true, rd_be32(&field) };
		break;
	case FIELD_PORT_ID:
		session->port_id = get_text(&field);
		break;
	case FIELD_CALLING:
		session->calling = get_text(&field);
		break;
	case FIELD_CALLED:
		session->called = get_text(&field);
		break;
	case FIELD_PEER:
		session->peer = get_address(&field);
		break;
	case FIELD_LOCAL:
		session->local = get_address(&field);
		break;
	case FIELD_NAS_IDENTIFIER:
		r->nas.identifier = get_text(&field);
		break;
	case FIELD_NAS_ADDRESS:
		r->nas.address = get_address(&field);
		break;
	case FIELD_COPIED_BY:
		r->copied_by = rd_be32(&field);
		break;
	default:
		return true;
	}
	return rd_done(&field);
}

static bool is_of_nas(const struct account_record *r)
{
	return r->record.status == RADIUS_STATUS_ON || r->record.status == RADIUS_STATUS_OFF;
}

bool account_decode(struct account_record *r, const uint8_t *body, size_t len)
{
	struct reader in = rd_init(body, len);

	memset(r, 0, sizeof(*r));
	r->record.prefixes6 = r->prefixes6;
	r->record.delegated6 = r->delegated6;
	r->record.classes = r->classes;
	if (rd_u8(&in) != FORMAT)
		return false;
	while (rd_left(&in)) {
		unsigned int number = rd_u8(&in);
		struct reader field = rd_sub(&in, rd_be16(&in));

		if (!rd_ok(&in) || !get_field(r, number, field))
			return false;
	}
	return rd_ok(&in) && (is_of_nas(r) || r->session.id);
}

size_t account_make_stop(const uint8_t *body, size_t len, uint32_t copied_by,
			 uint8_t stop[ACCOUNT_BODY_MAX])
{
	struct account_record r;

	if (!account_decode(&r, body, len))
		return 0;
	r.record.status = RADIUS_STATUS_STOP;
	r.record.cause = ACCOUNT_CAUSE_NAS_REBOOT;
	r.copied_by = copied_by;
	return account_encode(&r, stop);
}

/* --- as a packet ----------------------------------------------------------------------------- */

void account_write(const struct account_record *r, struct radius_writer *w, uint32_t age_s)
{
	radius_write_record(w, &r->nas, is_of_nas(r) ? NULL : &r->session, &r->record, age_s);
}

/* --- as JSON --------------------------------------------------------------------------------- */

static const char *status_name(enum radius_status status)
{
	switch (status) {
	case RADIUS_STATUS_START:
		return "start";
	case RADIUS_STATUS_STOP:
		return "stop";
	case RADIUS_STATUS_INTERIM:
		return "interim";
	case RADIUS_STATUS_ON:
		return "on";
	case RADIUS_STATUS_OFF:
		return "off";
	}
	return "";
}

static void set_text(json_t *to, const char *key, const void *octets, size_t len)
{
	char shown[TEXT_SHOW_SIZE(RADIUS_VALUE_MAX * 2)];

	text_show(shown, sizeof(shown), octets, len);
	json_object_set_new(to, key, json_string(shown));
}

static void set_given(json_t *to, const char *key, const char *text)
{
	if (text && *text)
		set_text(to, key, text, strlen(text));
}

static void set_number(json_t *to, const char *key, uint64_t number)
{
	json_object_set_new(to, key, json_integer((json_int_t)number));
}

static void set_address(json_t *to, const char *key, struct ip_addr address)
{
	char text[IP_TEXT_SIZE];

	if (ip_is_set(address))
		json_object_set_new(to, key, json_string(ip_format(address, text)));
}

/* Classes are octets that mean something to the server alone: in hexadecimal digits. */
static void set_classes(json_t *to, const struct radius_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_classes; i++) {
		const struct radius_octets *class = &record->classes[i];
		char text[2 * RADIUS_VALUE_MAX + 1] = "";

		for (unsigned int j = 0; j < class->len; j++)
			snprintf(text + 2 * j, 3, "%02x", class->octets[j]);
		json_array_append_new(list, json_string(text));
	}
	if (record->n_classes)
		json_object_set(to, "classes", list);
	json_decref(list);
}

static void set_session(json_t *to, const struct radius_session *session)
{
	set_given(to, "session", session->id);
	set_given(to, "multi_session", session->multi_id);
	set_text(to, "user", session->user ? session->user : "", session->user_len);
	set_given(to, "port_id", session->port_id);
	set_address(to, "peer", session->peer);
	set_address(to, "local", session->local);
}

static void set_counts(json_t *to, const struct radius_record *record)
{
	set_number(to, "session_time_s", record->session_time_s);
	set_number(to, "input_octets", record->input_octets);
	set_number(to, "output_octets", record->output_octets);
	set_number(to, "input_packets", record->input_packets);
	set_number(to, "output_packets", record->output_packets);
	if (record->status == RADIUS_STATUS_STOP && record->cause)
		set_number(to, "terminate_cause", record->cause);
}

static void set_record(json_t *to, const struct radius_record *record)
{
	set_address(to, "address", record->address);
	set_classes(to, record);
	if (record->authentic)
		json_object_set_new(to, "authentic",
				    json_string(record->authentic == RADIUS_AUTHENTIC_RADIUS ?
							"radius" :
							"local"));
	if (record->status != RADIUS_STATUS_START)
		set_counts(to, record);
}

char *account_json(const struct account_record *r)
{
	const size_t flags = JSON_COMPACT | JSON_PRESERVE_ORDER;
	json_t *line = json_object();
	char *text = NULL;
	size_t len;

	json_object_set_new(line, "type", json_string(status_name(r->record.status)));
	set_number(line, "time", r->record.event_time);
	set_given(line, "nas", r->nas.identifier);
	if (is_of_nas(r)) {
		set_given(line, "session", r->record.id);
	} else {
		set_session(line, &r->session);
		set_record(line, &r->record);
	}
	len = json_dumpb(line, NULL, 0, flags);
	if (len)
		text = malloc(len + 2);
	if (text) {
		json_dumpb(line, text, len, flags);
		memcpy(text + len, "\n", 2);
	}
	json_decref(line);
	return text;
}
