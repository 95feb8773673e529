// SPDX-License-Identifier: GPL-2.0-only
/* PPP frames in words. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "ppp/ccp.h"
#include "ppp/fsm.h"
#include "ppp/lcp.h"
#include "ppp/ppp.h"
#include "trace/packet_priv.h"
#include "util/ip.h"
#include "util/text.h"

#define HIDDEN		"<hidden>"
#define HEX_SHOWN	16	/* octets of an option that is shown as they are */

/* A packet behind the protocol field: code, identifier, length, data (RFC 1661 section 5). */
struct packet {
	uint8_t code;
	bool kept;			/* what is behind @data is not there any more */
	struct reader data;
};

/* How the value of an option is shown. */
enum value {
	VALUE_NONE,
	VALUE_NUMBER,		/* 16 bits */
	VALUE_BITS,		/* 32 bits, hexadecimal */
	VALUE_ADDRESS,
	VALUE_AUTH,
	VALUE_MPPE,
	VALUE_OCTETS,
};

struct option_name {
	uint8_t type;
	enum value value;
	const char *name;
};

struct protocol {
	uint16_t number;
	const char *name;
	const char * const *codes;
	size_t n_codes;
	void (*describe)(struct trace_packet *p, const struct protocol *protocol,
			 struct packet *packet);
	const struct option_name *options;
};

static const char *name_of_protocol(uint16_t number);

static const char *pick(const char * const *names, size_t n, unsigned int index)
{
	return index < n ? names[index] : NULL;
}

/* Octets are missing; @what it is if the peer did not send them. */
static void add_missing(struct trace_packet *p, const struct packet *packet, const char *what)
{
	packet_add(p, "%s", packet->kept ? "..." : what);
}

/* --- options (RFC 1661 section 6) --------------------------------------------------------- */

/* RFC 1661, 1570, 1990. */
static const struct option_name lcp_options[] = {
	{ 1, VALUE_NUMBER, "mru" },
	{ 2, VALUE_BITS, "accm" },
	{ 3, VALUE_AUTH, "auth" },
	{ 4, VALUE_OCTETS, "quality" },
	{ 5, VALUE_BITS, "magic" },
	{ 7, VALUE_NONE, "pfc" },
	{ 8, VALUE_NONE, "acfc" },
	{ 9, VALUE_OCTETS, "fcs" },
	{ 13, VALUE_OCTETS, "callback" },
	{ 17, VALUE_NUMBER, "mrru" },
	{ 18, VALUE_NONE, "short sequence numbers" },
	{ 19, VALUE_OCTETS, "endpoint" },
	{ 23, VALUE_NUMBER, "link discriminator" },
	{ 0 },
};

/* RFC 1962 and the IANA's list, RFC 3078. */
static const struct option_name ccp_options[] = {
	{ 0, VALUE_OCTETS, "oui" },
	{ 1, VALUE_OCTETS, "predictor 1" },
	{ 2, VALUE_OCTETS, "predictor 2" },
	{ 17, VALUE_OCTETS, "stac lzs" },
	{ 18, VALUE_MPPE, "mppe" },
	{ 21, VALUE_OCTETS, "bsd" },
	{ 26, VALUE_OCTETS, "deflate" },
	{ 0 },
};

/* RFC 1332, 1877. */
static const struct option_name ipcp_options[] = {
	{ 1, VALUE_OCTETS, "addresses" },
	{ 2, VALUE_OCTETS, "compression" },
	{ 3, VALUE_ADDRESS, "address" },
	{ 4, VALUE_ADDRESS, "mobile address" },
	{ 129, VALUE_ADDRESS, "dns" },
	{ 130, VALUE_ADDRESS, "wins" },
	{ 131, VALUE_ADDRESS, "second dns" },
	{ 132, VALUE_ADDRESS, "second wins" },
	{ 0 },
};

/* RFC 5072. */
static const struct option_name ipv6cp_options[] = {
	{ 1, VALUE_OCTETS, "interface identifier" },
	{ 2, VALUE_OCTETS, "compression" },
	{ 0 },
};

static const struct option_name *find_option(const struct option_name *names, uint8_t type)
{
	for (; names->name; names++)
		if (names->type == type)
			return names;
	return NULL;
}

static void add_octets(struct trace_packet *p, const char *name, const struct fsm_option *option)
{
	char hex[2 * HEX_SHOWN + 1] = "";

	for (size_t i = 0; i < option->len && i < HEX_SHOWN; i++)
		snprintf(hex + 2 * i, 3, "%02x", option->data[i]);
	packet_add(p, "%s%s%s%s", name, *hex ? " 0x" : "", hex,
		   option->len > HEX_SHOWN ? "..." : "");
}

static void add_auth(struct trace_packet *p, const char *name, const struct fsm_option *option)
{
	enum ppp_auth_method method = lcp_auth_method(option);

	if (method)
		packet_add(p, "%s %s", name, ppp_auth_name(method));
	else
		add_octets(p, name, option);
}

/* The supported bits of RFC 3078 section 2. */
static void add_mppe(struct trace_packet *p, const char *name, uint32_t bits)
{
	packet_add(p, "%s%s%s%s%s%s%s%s", name, bits & MPPE_OPT_S ? " 128" : "",
		   bits & MPPE_OPT_M ? " 56" : "", bits & MPPE_OPT_L ? " 40" : "",
		   bits & (MPPE_OPT_S | MPPE_OPT_M | MPPE_OPT_L) ? " bit" : " no key",
		   bits & MPPE_OPT_H ? " stateless" : " stateful",
		   bits & MPPE_OPT_C ? " with mppc" : "", bits & MPPE_OPT_D ? " obsolete" : "");
}

static const char *show_address(const uint8_t *data)
{
	struct in_addr address;

	memcpy(&address, data, sizeof(address));
	return ip_text(ip_from_v4(address));
}

/* Octets that each value has; VALUE_AUTH and VALUE_OCTETS have any number. */
static bool has_right_length(enum value value, size_t len)
{
	static const uint8_t lengths[] = {
		[VALUE_NUMBER] = 2, [VALUE_BITS] = 4, [VALUE_ADDRESS] = 4, [VALUE_MPPE] = 4,
	};

	return value == VALUE_AUTH || value == VALUE_OCTETS || len == lengths[value];
}

static void add_option(struct trace_packet *p, const struct option_name *known,
		       const struct fsm_option *option)
{
	struct reader r = rd_init(option->data, option->len);

	if (!has_right_length(known->value, option->len)) {
		add_octets(p, known->name, option);
		return;
	}
	switch (known->value) {
	case VALUE_NONE:
		packet_add(p, "%s", known->name);
		break;
	case VALUE_NUMBER:
		packet_add(p, "%s %u", known->name, rd_be16(&r));
		break;
	case VALUE_BITS:
		packet_add(p, "%s 0x%08x", known->name, rd_be32(&r));
		break;
	case VALUE_ADDRESS:
		packet_add(p, "%s %s", known->name, show_address(option->data));
		break;
	case VALUE_AUTH:
		add_auth(p, known->name, option);
		break;
	case VALUE_MPPE:
		add_mppe(p, known->name, rd_be32(&r));
		break;
	case VALUE_OCTETS:
		add_octets(p, known->name, option);
		break;
	}
}

static void add_options(struct trace_packet *p, const struct option_name *names,
			const struct packet *packet)
{
	struct reader r = packet->data;
	struct fsm_option option;

	while (fsm_option_next(&r, &option)) {
		const struct option_name *known = find_option(names, option.type);
		char name[24];

		if (known) {
			add_option(p, known, &option);
			continue;
		}
		snprintf(name, sizeof(name), "option %u", option.type);
		add_octets(p, name, &option);
	}
	if (!rd_ok(&r))
		add_missing(p, packet, "malformed options");
}

/* --- LCP, CCP, IPCP, IPv6CP ----------------------------------------------------------------- */

enum {
	PROTOCOL_REJECT = 8,		/* RFC 1661 section 5 */
	ECHO_REQUEST,
	ECHO_REPLY,
	DISCARD_REQUEST,
	IDENTIFICATION,			/* RFC 1570 section 2 */
	TIME_REMAINING,
};

static const char * const control_codes[] = {
	"Vendor", "Configure-Request", "Configure-Ack", "Configure-Nak", "Configure-Reject",
	"Terminate-Request", "Terminate-Ack", "Code-Reject", "Protocol-Reject", "Echo-Request",
	"Echo-Reply", "Discard-Request", "Identification", "Time-Remaining", "Reset-Request",
	"Reset-Ack",
};

static void add_protocol(struct trace_packet *p, uint16_t number)
{
	const char *name = name_of_protocol(number);

	packet_add(p, "protocol 0x%04x%s%s", number, name ? " " : "", name ? name : "");
}

/* Windows says why by its magic number, 00 3c cd 74 and the number of the error. */
static void add_reason(struct trace_packet *p, struct reader *r)
{
	struct reader windows = *r;

	rd_skip(&windows, 4);
	if (rd_left(r) == 12 && rd_be32(&windows) == 0x003ccd74)
		packet_add(p, "Windows error %u", rd_be32(&windows));
	else
		packet_add_rest(p, "reason", r);
}

static void describe_control(struct trace_packet *p, const struct protocol *protocol,
			     struct packet *packet)
{
	struct reader *r = &packet->data;

	switch (packet->code) {
	case FSM_CONFIGURE_REQUEST:
	case FSM_CONFIGURE_ACK:
	case FSM_CONFIGURE_NAK:
	case FSM_CONFIGURE_REJECT:
		add_options(p, protocol->options, packet);
		break;
	case FSM_TERMINATE_REQUEST:
	case FSM_TERMINATE_ACK:
		add_reason(p, r);
		break;
	case FSM_CODE_REJECT:
		packet_add(p, "code %u", rd_u8(r));
		break;
	case PROTOCOL_REJECT:
		add_protocol(p, rd_be16(r));
		packet_add_octets(p, "packet", r);
		break;
	case ECHO_REQUEST:
	case ECHO_REPLY:
	case DISCARD_REQUEST:
		packet_add(p, "magic 0x%08x", rd_be32(r));
		packet_add_octets(p, "", r);
		break;
	case IDENTIFICATION:
		packet_add(p, "magic 0x%08x", rd_be32(r));
		packet_add_rest(p, "text", r);
		break;
	case TIME_REMAINING:
		packet_add(p, "magic 0x%08x", rd_be32(r));
		packet_add(p, "%u s", rd_be32(r));
		packet_add_rest(p, "text", r);
		break;
	default:
		packet_add_octets(p, "", r);
	}
	if (!rd_ok(r))
		add_missing(p, packet, "too short");
}

/* --- authentication ------------------------------------------------------------------------- */

enum {
	PAP_REQUEST = 1,		/* RFC 1334 section 2 */
	PAP_ACK,
	PAP_NAK,
};

static const char * const pap_codes[] = {
	NULL, "Authenticate-Request", "Authenticate-Ack", "Authenticate-Nak",
};

static void add_sized_text(struct trace_packet *p, const char *name, struct reader *r)
{
	size_t len = rd_u8(r);
	const uint8_t *text = rd_bytes(r, len);

	if (text)
		packet_add_text(p, name, text, len);
	else
		packet_add(p, "too short");
}

static void describe_pap(struct trace_packet *p, const struct protocol *protocol,
			 struct packet *packet)
{
	struct reader *r = &packet->data;

	switch (packet->code) {
	case PAP_REQUEST:
		add_sized_text(p, "user", r);
		packet_add(p, "password " HIDDEN);
		break;
	case PAP_ACK:
	case PAP_NAK:
		if (rd_left(r))
			add_sized_text(p, "message", r);
		break;
	default:
		packet_add_octets(p, "", r);
	}
}

enum {
	CHAP_CHALLENGE = 1,		/* RFC 1994 section 4, and the OpCodes of EAP-MSCHAPv2 */
	CHAP_RESPONSE,
	CHAP_SUCCESS,
	CHAP_FAILURE,
	CHAP_CHANGE_1,			/* RFC 2433 sections 9 and 10, RFC 2759 section 7 */
	CHAP_CHANGE_2,
	CHAP_CHANGE_3,
};

static const char * const chap_codes[] = {
	NULL, "Challenge", "Response", "Success", "Failure", "Change-Password-1",
	"Change-Password-2", "Change-Password-3",
};

/* Value and name of a Challenge or a Response. */
static void add_value(struct trace_packet *p, const char *what, struct reader *r)
{
	size_t len = rd_u8(r);

	rd_skip(r, len);
	packet_add(p, "%s " HIDDEN " %zu octet%s%s", what, len, len == 1 ? "" : "s",
		   rd_ok(r) ? "" : ", too short");
	packet_add_rest(p, "name", r);
}

/* Returns true if the word proves something: the server's answer, or the challenge of a new try. */
static bool is_proof(const char *word)
{
	return !strncasecmp(word, "S=", 2) || !strncasecmp(word, "C=", 2);
}

/* A message of MS-CHAP: "S=0123... M=hello", "E=691 R=1 C=0123... V=3 M=wrong". */
static void add_message(struct trace_packet *p, struct reader *r)
{
	char text[TEXT_QUOTE_SIZE], shown[TEXT_QUOTE_SIZE] = "", quoted[TEXT_QUOTE_SIZE];
	size_t len = rd_left(r);
	char *rest = text;
	size_t n = 0;

	if (!len)
		return;
	text_show(text, sizeof(text), rd_bytes(r, len), len);
	for (char *word = strsep(&rest, " "); word && n < sizeof(shown); word = strsep(&rest, " "))
		n += (size_t)snprintf(shown + n, sizeof(shown) - n, "%s%.*s%s", n ? " " : "",
				      is_proof(word) ? 2 : (int)strlen(word), word,
				      is_proof(word) ? HIDDEN : "");
	packet_add(p, "message %s", text_quote(quoted, shown));
}

static void add_chap(struct trace_packet *p, unsigned int code, struct reader *r)
{
	switch (code) {
	case CHAP_CHALLENGE:
		add_value(p, "challenge", r);
		break;
	case CHAP_RESPONSE:
		add_value(p, "response", r);
		break;
	case CHAP_SUCCESS:
	case CHAP_FAILURE:
		add_message(p, r);
		break;
	default:
		packet_add_octets(p, HIDDEN, r);
	}
}

static void describe_chap(struct trace_packet *p, const struct protocol *protocol,
			  struct packet *packet)
{
	add_chap(p, packet->code, &packet->data);
}

enum {
	EAP_REQUEST = 1,		/* RFC 3748 section 4 */
	EAP_RESPONSE,
	EAP_IDENTITY = 1,		/* section 5, and the IANA's list */
	EAP_NOTIFICATION,
	EAP_NAK,
	EAP_MD5,
	EAP_TLS = 13,
	EAP_TTLS = 21,
	EAP_PEAP = 25,
	EAP_MSCHAPV2,
};

static const char * const eap_codes[] = { NULL, "Request", "Response", "Success", "Failure" };

static const char *eap_type_name(uint8_t type)
{
	switch (type) {
	case EAP_IDENTITY:
		return "Identity";
	case EAP_NOTIFICATION:
		return "Notification";
	case EAP_NAK:
		return "Nak";
	case EAP_MD5:
		return "MD5-Challenge";
	case EAP_TLS:
		return "TLS";
	case EAP_TTLS:
		return "TTLS";
	case EAP_PEAP:
		return "PEAP";
	case EAP_MSCHAPV2:
		return "MSCHAPv2";
	}
	return NULL;
}

static void add_eap_type(struct trace_packet *p, const char *what, uint8_t type)
{
	const char *name = eap_type_name(type);

	if (name)
		packet_add(p, "%s %s", what, name);
	else
		packet_add(p, "%s %u", what, type);
}

/* draft-kamath-pppext-eap-mschapv2: OpCode, identifier, length, and then what MS-CHAPv2 has. */
static void add_eap_mschapv2(struct trace_packet *p, struct reader *r)
{
	unsigned int op = rd_u8(r);
	const char *name = pick(chap_codes, sizeof(chap_codes) / sizeof(chap_codes[0]), op);

	packet_add(p, "%s", name ? name : "unknown operation");
	/* An answer to Success or Failure is the OpCode alone. */
	if (!rd_left(r))
		return;
	rd_skip(r, 3);
	add_chap(p, op, r);
}

static void describe_eap(struct trace_packet *p, const struct protocol *protocol,
			 struct packet *packet)
{
	struct reader *r = &packet->data;
	uint8_t type;

	if (packet->code != EAP_REQUEST && packet->code != EAP_RESPONSE) {
		packet_add_octets(p, "", r);
		return;
	}
	type = rd_u8(r);
	add_eap_type(p, "type", type);
	if (packet->kept && !rd_left(r))
		return;
	switch (type) {
	case EAP_IDENTITY:
		packet_add_rest(p, packet->code == EAP_RESPONSE ? "user" : "text", r);
		break;
	case EAP_NOTIFICATION:
		packet_add_rest(p, "text", r);
		break;
	case EAP_NAK:
		while (rd_left(r))
			add_eap_type(p, "wants", rd_u8(r));
		break;
	case EAP_MD5:
		add_value(p, packet->code == EAP_REQUEST ? "challenge" : "response", r);
		break;
	case EAP_MSCHAPV2:
		add_eap_mschapv2(p, r);
		break;
	default:
		packet_add_octets(p, HIDDEN, r);
	}
	if (!rd_ok(r))
		packet_add(p, "too short");
}

/* --- protocols ------------------------------------------------------------------------------ */

#define CODES(list)	list, sizeof(list) / sizeof((list)[0])

static const struct protocol protocols[] = {
	{ PPP_PROTO_LCP, "LCP", CODES(control_codes), describe_control, lcp_options },
	{ PPP_PROTO_PAP, "PAP", CODES(pap_codes), describe_pap, NULL },
	{ PPP_PROTO_CHAP, "CHAP", CODES(chap_codes), describe_chap, NULL },
	{ PPP_PROTO_EAP, "EAP", CODES(eap_codes), describe_eap, NULL },
	{ PPP_PROTO_CCP, "CCP", CODES(control_codes), describe_control, ccp_options },
	{ PPP_PROTO_IPCP, "IPCP", CODES(control_codes), describe_control, ipcp_options },
	{ PPP_PROTO_IPV6CP, "IPv6CP", CODES(control_codes), describe_control, ipv6cp_options },
};

/* Others, which are rejected mostly: the IANA's list. */
static const struct {
	uint16_t number;
	const char *name;
} others[] = {
	{ PPP_PROTO_IPV4, "IPv4" }, { 0x002b, "IPX" }, { 0x002d, "VJ compressed" },
	{ 0x002f, "VJ uncompressed" }, { 0x003d, "multilink" }, { 0x003f, "NetBIOS" },
	{ PPP_PROTO_IPV6, "IPv6" }, { PPP_PROTO_COMPRESSED, "encrypted" },
	{ 0x802b, "IPXCP" }, { 0x803f, "NBFCP" }, { 0x8053, "ECP" }, { 0xc025, "LQR" },
	{ 0xc029, "CBCP" }, { 0xc02b, "BACP" }, { 0xc02d, "BAP" },
};

static const struct protocol *find_protocol(uint16_t number)
{
	for (size_t i = 0; i < sizeof(protocols) / sizeof(protocols[0]); i++)
		if (protocols[i].number == number)
			return &protocols[i];
	return NULL;
}

static const char *name_of_protocol(uint16_t number)
{
	const struct protocol *known = find_protocol(number);

	if (known)
		return known->name;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (others[i].number == number)
			return others[i].name;
	return NULL;
}

static void describe(struct trace_packet *p, const struct protocol *protocol, struct reader *r)
{
	struct packet packet = { .code = rd_u8(r) };
	uint8_t id = rd_u8(r);
	size_t len = rd_be16(r);

	if (!rd_ok(r) || len < FSM_HEADER_LEN) {
		packet_add(p, "malformed header");
		return;
	}
	packet_code(p, pick(protocol->codes, protocol->n_codes, packet.code), packet.code);
	p->id = id;
	packet.data = rd_sub(r, len - FSM_HEADER_LEN);
	if (rd_ok(r))
		protocol->describe(p, protocol, &packet);
	else
		packet_add(p, "malformed: length %zu", len);
}

void trace_frame(struct trace_packet *p, const uint8_t *frame, size_t len)
{
	struct reader r = rd_init(frame, len);
	uint16_t number = rd_be16(&r);
	const struct protocol *protocol = rd_ok(&r) ? find_protocol(number) : NULL;

	packet_begin(p, protocol ? protocol->name : "PPP");
	if (protocol) {
		describe(p, protocol, &r);
		return;
	}
	if (!rd_ok(&r)) {
		packet_add(p, "too short");
		return;
	}
	add_protocol(p, number);
	packet_add_octets(p, "", &r);
}

void trace_kept(struct trace_packet *p, uint16_t number, uint8_t code, const uint8_t *data,
		size_t len)
{
	const struct protocol *protocol = find_protocol(number);
	struct packet packet = { .code = code, .kept = true, .data = rd_init(data, len) };

	packet_begin(p, protocol ? protocol->name : "PPP");
	if (!protocol) {
		add_protocol(p, number);
		/* Network-layer data has no codes (RFC 1661 section 2). */
		if (number & 0x8000)
			packet_add(p, "code %u", code);
		return;
	}
	packet_code(p, pick(protocol->codes, protocol->n_codes, code), code);
	if (len)
		protocol->describe(p, protocol, &packet);
}
