// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "diagnosis/frame.h"
#include "ppp/ppp.h"
#include "util/text.h"

struct words {
	char *out;
	size_t size;
	size_t len;
};

static void say(struct words *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct words *w, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(w->out + w->len, w->size - w->len, fmt, args);
	va_end(args);
	w->len += n > 0 ? (size_t)n : 0;
	if (w->len >= w->size)
		w->len = w->size - 1;
}

static void say_text(struct words *w, const uint8_t *text, size_t len)
{
	char shown[TEXT_SHOW_SIZE(64)];

	text_show(shown, sizeof(shown), text, len < 64 ? len : 64);
	say(w, "\"%s\"", shown);
}

/* --- options ------------------------------------------------------------------------------- */

struct option {
	uint8_t type;
	size_t len;
	const uint8_t *data;
};

static unsigned int be16(const uint8_t *p)
{
	return (unsigned int)p[0] << 8 | p[1];
}

static unsigned int be32(const uint8_t *p)
{
	return be16(p) << 16 | be16(p + 2);
}

/* RFC 1661 section 6.2; the algorithms of CHAP are in the registry of IANA. */
static const char *auth_name(const struct option *o)
{
	switch (o->len < 2 ? 0 : be16(o->data)) {
	case PPP_PROTO_PAP:
		return ppp_auth_name(PPP_AUTH_PAP);
	case PPP_PROTO_EAP:
		return ppp_auth_name(PPP_AUTH_EAP);
	case PPP_PROTO_CHAP:
		break;
	default:
		return NULL;
	}
	switch (o->len < 3 ? 0 : o->data[2]) {
	case 5:
		return ppp_auth_name(PPP_AUTH_CHAP_MD5);
	case 0x80:
		return ppp_auth_name(PPP_AUTH_MSCHAP);
	case 0x81:
		return ppp_auth_name(PPP_AUTH_MSCHAPV2);
	}
	return NULL;
}

static void lcp_option(struct words *w, const struct option *o)
{
	static const char * const names[] = {
		[2] = "ACCM", [4] = "quality", [5] = "magic number", [7] = "PFC", [8] = "ACFC",
		[13] = "callback", [17] = "multilink", [18] = "short sequence numbers",
		[19] = "endpoint",
	};

	if (o->type == 1 && o->len == 2)
		say(w, "MRU %u", be16(o->data));
	else if (o->type == 3 && auth_name(o))
		say(w, "auth %s", auth_name(o));
	else if (o->type == 3)
		say(w, "auth unknown");
	else if (o->type < sizeof(names) / sizeof(names[0]) && names[o->type])
		say(w, "%s", names[o->type]);
	else
		say(w, "option %u", o->type);
}

/* RFC 3078 section 2 */
static void mppe_option(struct words *w, unsigned int bits)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} names[] = {
		{ 0x40, " 128" }, { 0x80, " 56" }, { 0x20, " 40" }, { 0x01000000, " stateless" },
		{ 0x01, " with compression" },
	};

	say(w, "MPPE");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (bits & names[i].bit)
			say(w, "%s", names[i].name);
	if (!(bits & 0xe0))
		say(w, " without a key length");
}

static void ccp_option(struct words *w, const struct option *o)
{
	static const char * const names[] = {
		[21] = "BSD compression", [24] = "deflate, draft", [26] = "deflate",
	};

	if (o->type == 18 && o->len == 4)
		mppe_option(w, be32(o->data));
	else if (o->type < sizeof(names) / sizeof(names[0]) && names[o->type])
		say(w, "%s", names[o->type]);
	else
		say(w, "compression %u", o->type);
}

/* RFC 1332 and RFC 1877 */
static void ipcp_option(struct words *w, const struct option *o)
{
	const char *name = o->type == 3 ? "address" : o->type == 129 || o->type == 131 ? "DNS" :
			   o->type == 130 || o->type == 132 ? "WINS" : NULL;

	if (name && o->len == 4)
		say(w, "%s %u.%u.%u.%u", name, o->data[0], o->data[1], o->data[2], o->data[3]);
	else if (o->type == 2)
		say(w, "header compression");
	else
		say(w, "option %u", o->type);
}

static void say_option(struct words *w, unsigned int protocol, const struct option *o)
{
	switch (protocol) {
	case PPP_PROTO_LCP:
		lcp_option(w, o);
		break;
	case PPP_PROTO_CCP:
		ccp_option(w, o);
		break;
	case PPP_PROTO_IPCP:
		ipcp_option(w, o);
		break;
	default:
		say(w, o->type == 1 ? "interface identifier" : "option %u", o->type);
	}
}

/* What was cut off, or never was there, is left out. */
static void say_options(struct words *w, unsigned int protocol, const uint8_t *data, size_t len)
{
	const char *before = ": ";
	struct option o;

	while (len >= 2 && data[1] >= 2 && data[1] <= len) {
		o = (struct option){ .type = data[0], .len = data[1] - 2u, .data = data + 2 };
		say(w, "%s", before);
		say_option(w, protocol, &o);
		before = ", ";
		len -= data[1];
		data += data[1];
	}
	if (len)
		say(w, " ...");
}

/* --- frames -------------------------------------------------------------------------------- */

static const char *protocol_name(unsigned int protocol)
{
	switch (protocol) {
	case PPP_PROTO_IPV4:
		return "IPv4";
	case PPP_PROTO_IPV6:
		return "IPv6";
	case PPP_PROTO_COMPRESSED:
		return "encrypted packet";
	case PPP_PROTO_IPCP:
		return "IPCP";
	case PPP_PROTO_IPV6CP:
		return "IPv6CP";
	case PPP_PROTO_CCP:
		return "CCP";
	case PPP_PROTO_LCP:
		return "LCP";
	case PPP_PROTO_PAP:
		return "PAP";
	case PPP_PROTO_CHAP:
		return "CHAP";
	case PPP_PROTO_EAP:
		return "EAP";
	}
	return NULL;
}

static void say_protocol(struct words *w, unsigned int protocol)
{
	const char *name = protocol_name(protocol);

	if (name)
		say(w, "%s", name);
	else
		say(w, "protocol 0x%04x", protocol);
}

static const char *code_name(unsigned int protocol, unsigned int code)
{
	static const char * const automaton[] = {
		NULL, "Configure-Request", "Configure-Ack", "Configure-Nak", "Configure-Reject",
		"Terminate-Request", "Terminate-Ack", "Code-Reject", "Protocol-Reject", NULL, NULL,
		NULL, "Identification", "Time-Remaining", "Reset-Request", "Reset-Ack",
	};
	static const char * const pap[] = { NULL, "Request", "Ack", "Nak" };
	static const char * const chap[] = { NULL, "Challenge", "Response", "Success", "Failure" };
	static const char * const eap[] = { NULL, "Request", "Response", "Success", "Failure" };

#define PICK(table) (code < sizeof(table) / sizeof((table)[0]) ? (table)[code] : NULL)
	switch (protocol) {
	case PPP_PROTO_PAP:
		return PICK(pap);
	case PPP_PROTO_CHAP:
		return PICK(chap);
	case PPP_PROTO_EAP:
		return PICK(eap);
	case PPP_PROTO_LCP:
	case PPP_PROTO_CCP:
	case PPP_PROTO_IPCP:
	case PPP_PROTO_IPV6CP:
		return PICK(automaton);
	}
	return NULL;
}

/* Windows says why by its magic number, 00 3c cd 74 and the number of the error. */
static void say_end(struct words *w, const uint8_t *data, size_t len)
{
	static const uint8_t windows[] = { 0x00, 0x3c, 0xcd, 0x74 };

	if (len == 12 && !memcmp(data + 4, windows, sizeof(windows)))
		say(w, ": Windows error %u", be32(data + 8));
	else if (len) {
		say(w, ": ");
		say_text(w, data, len);
	}
}

static void say_rest(struct words *w, unsigned int protocol, unsigned int code, const uint8_t *data,
		     size_t len)
{
	if (protocol == PPP_PROTO_EAP) {
		if (len)
			say(w, ", type %u", data[0]);
	} else if (code >= 1 && code <= 4) {
		say_options(w, protocol, data, len);
	} else if (code == 5) {
		say_end(w, data, len);
	} else if (code == 7 && len) {
		say(w, ": code %u", data[0]);
	} else if (code == 8 && len == 2) {
		say(w, ": ");
		say_protocol(w, be16(data));
	} else if (code == 12 && len > 4) {
		say(w, ": ");
		say_text(w, data + 4, len - 4);
	}
}

char *frame_words(char *out, size_t size, const uint8_t *data, size_t len)
{
	struct words w = { .out = out, .size = size };
	const unsigned int protocol = len < 3 ? 0 : be16(data);
	const char *name = len < 3 ? NULL : code_name(protocol, data[2]);

	*out = '\0';
	if (len < 3) {
		say(&w, "a frame too short");
		return out;
	}
	say_protocol(&w, protocol);
	if (name)
		say(&w, " %s", name);
	else if (protocol & 0x8000)
		say(&w, " code %u", data[2]);
	if (name)
		say_rest(&w, protocol, data[2], data + 3, len - 3);
	return out;
}
