// SPDX-License-Identifier: GPL-2.0-only
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "radius/reply.h"

#define ADDRESS_BY_USER		0xffffffffu
#define ADDRESS_BY_NAS		0xfffffffeu
#define EAP_HEADER_LEN		4	/* RFC 3748 section 4: code, identifier, length */

static const char malformed[] = "is malformed";
static const char twice[] = "is there twice";
static const char no_room[] = "is there more often than there is room for";
static const char misplaced[] = "is not allowed in this packet";
static const char not_ours[] = "asks for a service that we do not have";

/* A reading under way. */
struct reading {
	struct radius_reply *reply;
	const uint8_t *authenticator;	/* NULL: there are no keys */
	struct radius_secret secret;
	unsigned int where;		/* RADIUS_IN_* */
	bool has_mikrotik_rates;
	bool seen[RADIUS_DEFINITIONS_MAX];
};

/*
 * Where a value goes, and how. Values are well formed when they come here
 * (radius_is_well_formed()).
 */
struct place {
	uint32_t vendor;
	uint8_t type;
	/* Returns NULL, or what is wrong with it after all: one of the texts above. */
	const char *(*take)(struct reading *rd, const struct place *place,
			    const struct radius_attribute *a);
	size_t to;			/* offset in struct radius_reply */
	/* for lists: */
	size_t count;			/* likewise, of the number of elements */
	unsigned int max;
	size_t size;			/* of an element */
};

static void *at(struct reading *rd, size_t offset)
{
	return (char *)rd->reply + offset;
}

/* Returns where the next element of a list goes, or NULL if the list is full. */
static void *append(struct reading *rd, const struct place *place)
{
	unsigned int *n = at(rd, place->count);

	if (*n == place->max)
		return NULL;
	return at(rd, place->to + place->size * (*n)++);
}

/* --- plain values ---------------------------------------------------------------------------- */

/* The places for texts have zeroes, and room for the longest one. */
static const char *take_text(struct reading *rd, const struct place *place,
			     const struct radius_attribute *a)
{
	memcpy(at(rd, place->to), a->value, a->len);
	return NULL;
}

static const char *take_texts(struct reading *rd, const struct place *place,
			      const struct radius_attribute *a)
{
	char *to = append(rd, place);

	if (!to)
		return no_room;
	memcpy(to, a->value, a->len);
	return NULL;
}

static void copy_octets(struct radius_octets *to, const struct radius_attribute *a)
{
	to->len = a->len;
	memcpy(to->octets, a->value, a->len);
}

static const char *take_octets(struct reading *rd, const struct place *place,
			       const struct radius_attribute *a)
{
	copy_octets(at(rd, place->to), a);
	return NULL;
}

static const char *take_classes(struct reading *rd, const struct place *place,
				const struct radius_attribute *a)
{
	struct radius_octets *to = append(rd, place);

	if (!to)
		return no_room;
	copy_octets(to, a);
	return NULL;
}

static const char *take_number(struct reading *rd, const struct place *place,
			       const struct radius_attribute *a)
{
	*(struct radius_number *)at(rd, place->to) =
		(struct radius_number){ .given = true, .value = radius_number_of(a) };
	return NULL;
}

static const char *take_address(struct reading *rd, const struct place *place,
				const struct radius_attribute *a)
{
	*(struct ip_addr *)at(rd, place->to) = radius_address_of(a);
	return NULL;
}

static const char *take_addresses6(struct reading *rd, const struct place *place,
				   const struct radius_attribute *a)
{
	struct ip_addr *to = append(rd, place);

	if (!to)
		return no_room;
	*to = radius_address6_of(a);
	return NULL;
}

static const char *take_prefixes6(struct reading *rd, const struct place *place,
				  const struct radius_attribute *a)
{
	struct ip_prefix *to = append(rd, place);

	if (!to)
		return no_room;
	*to = radius_prefix6_of(a);
	return NULL;
}

static const char *take_ifid(struct reading *rd, const struct place *place,
			     const struct radius_attribute *a)
{
	rd->reply->has_ifid = true;
	memcpy(rd->reply->ifid, a->value, sizeof(rd->reply->ifid));
	return NULL;
}

/* --- values with a meaning ------------------------------------------------------------------- */

static const char *take_service(struct reading *rd, const struct place *place,
				const struct radius_attribute *a)
{
	return radius_number_of(a) == RADIUS_SERVICE_FRAMED ? NULL : not_ours;
}

static const char *take_protocol(struct reading *rd, const struct place *place,
				 const struct radius_attribute *a)
{
	return radius_number_of(a) == RADIUS_PROTOCOL_PPP ? NULL : not_ours;
}

static const char *take_framed_address(struct reading *rd, const struct place *place,
				       const struct radius_attribute *a)
{
	struct radius_reply *reply = rd->reply;
	uint32_t number = radius_number_of(a);

	if (number == ADDRESS_BY_USER) {
		reply->address_choice = RADIUS_ADDRESS_BY_USER;
		return NULL;
	}
	if (number == ADDRESS_BY_NAS) {
		reply->address_choice = RADIUS_ADDRESS_BY_NAS;
		return NULL;
	}
	reply->address_choice = RADIUS_ADDRESS_GIVEN;
	reply->address = ip_from_number(number);
	return ip_is_unicast(reply->address) ? NULL : malformed;
}

static const char *take_netmask(struct reading *rd, const struct place *place,
				const struct radius_attribute *a)
{
	uint32_t hosts = ~radius_number_of(a);

	/* the ones are on the left, all of them */
	if (hosts & (hosts + 1))
		return malformed;
	rd->reply->netmask = (struct radius_number){
		.given = true,
		.value = hosts ? (uint32_t)__builtin_clz(hosts) : 32,
	};
	return NULL;
}

static const char *take_message(struct reading *rd, const struct place *place,
				const struct radius_attribute *a)
{
	char *message = rd->reply->message;
	size_t len = strlen(message);

	if (len + 1 + a->len > RADIUS_MESSAGE_MAX)
		return no_room;
	if (len)
		message[len++] = ' ';
	memcpy(message + len, a->value, a->len);
	return NULL;
}

static const char *take_route(struct reading *rd, const struct place *place,
			      const struct radius_attribute *a)
{
	char text[RADIUS_VALUE_MAX + 1] = "";
	struct radius_route route, *to;

	memcpy(text, a->value, a->len);
	if (!radius_parse_route(text, a->type == RADIUS_FRAMED_IPV6_ROUTE, &route))
		return malformed;
	to = append(rd, place);
	if (!to)
		return no_room;
	*to = route;
	return NULL;
}

static const char *take_mikrotik(struct reading *rd, const struct place *place,
				 const struct radius_attribute *a)
{
	char text[RADIUS_VALUE_MAX + 1] = "";
	struct radius_rates rates;

	memcpy(text, a->value, a->len);
	if (!radius_parse_rates(text, &rates))
		return malformed;
	rd->reply->rates = rates;
	rd->has_mikrotik_rates = true;
	return NULL;
}

/* Mikrotik-Rate-Limit says more, and counts wherever it stands. */
static const char *take_wispr(struct reading *rd, const struct place *place,
			      const struct radius_attribute *a)
{
	if (!rd->has_mikrotik_rates)
		*(uint64_t *)at(rd, place->to) = radius_number_of(a);
	return NULL;
}

/* --- proofs and keys ------------------------------------------------------------------------- */

/*
 * Take "E=691", "R=1" and the like out of the words of MS-CHAP-Error; the message is behind "M=".
 */
static void read_mschap_words(struct radius_mschap_error *error, const char *text)
{
	const char *word = text;

	for (; word; word = strchr(word, ' ')) {
		word += strspn(word, " ");
		if (!strncmp(word, "E=", 2))
			error->error = (uint16_t)strtoul(word + 2, NULL, 10);
		else if (!strncmp(word, "R=", 2))
			error->retry = word[2] == '1';
		else if (!strncmp(word, "M=", 2))
			break;
	}
	strcpy(error->message, word ? word + 2 : error->error ? "" : text);
}

static const char *take_mschap_error(struct reading *rd, const struct place *place,
				     const struct radius_attribute *a)
{
	char text[RADIUS_VENDOR_VALUE_MAX + 1] = "";

	if (memchr(a->value + 1, '\0', a->len - 1))
		return malformed;
	memcpy(text, a->value + 1, a->len - 1);
	rd->reply->mschap_error.given = true;
	rd->reply->mschap_error.id = a->value[0];
	read_mschap_words(&rd->reply->mschap_error, text);
	return NULL;
}

/* RFC 2759 section 5: "S=", 40 digits, and words for the user, which are not wanted here. */
static const char *take_mschap2_success(struct reading *rd, const struct place *place,
					const struct radius_attribute *a)
{
	struct radius_mschap2_success *success = &rd->reply->mschap2_success;

	success->given = true;
	success->id = a->value[0];
	memcpy(success->text, a->value + 1, sizeof(success->text) - 1);
	if (strncmp(success->text, "S=", 2) || strspn(success->text + 2, "0123456789ABCDEF") != 40)
		return malformed;
	return NULL;
}

static const char *take_key(struct reading *rd, const struct place *place,
			    const struct radius_attribute *a)
{
	struct radius_key *key = at(rd, place->to);

	return radius_show_key(a->value, a->len, rd->authenticator, rd->secret, key->octets,
			       &key->len) ? NULL : malformed;
}

static const char *take_mschap_keys(struct reading *rd, const struct place *place,
				    const struct radius_attribute *a)
{
	struct radius_reply *reply = rd->reply;
	uint8_t keys[RADIUS_MPPE_KEYS_LEN];

	reply->has_mschap_keys = radius_show_mppe_keys(a->value, a->len, rd->authenticator,
						       rd->secret, keys);
	if (!reply->has_mschap_keys)
		return malformed;
	memcpy(reply->lm_key, keys, sizeof(reply->lm_key));
	memcpy(reply->nt_key, keys + sizeof(reply->lm_key), sizeof(reply->nt_key));
	explicit_bzero(keys, sizeof(keys));
	return NULL;
}

/* --- the table ------------------------------------------------------------------------------- */

#define ONE(of, code, how, member)	\
	{ .vendor = (of), .type = RADIUS_##code, .take = (how), \
	  .to = offsetof(struct radius_reply, member) }
#define LIST(of, code, how, member)	\
	{ .vendor = (of), .type = RADIUS_##code, .take = (how), \
	  .to = offsetof(struct radius_reply, member), \
	  .count = offsetof(struct radius_reply, n_##member), \
	  .max = sizeof(((struct radius_reply *)0)->member) / \
		 sizeof(((struct radius_reply *)0)->member[0]), \
	  .size = sizeof(((struct radius_reply *)0)->member[0]) }
#define CHECK(of, code, how)		\
	{ .vendor = (of), .type = RADIUS_##code, .take = (how) }

static const struct place places[] = {
	ONE(0, USER_NAME, take_text, user),
	CHECK(0, SERVICE_TYPE, take_service),
	CHECK(0, FRAMED_PROTOCOL, take_protocol),
	CHECK(0, FRAMED_IP_ADDRESS, take_framed_address),
	CHECK(0, FRAMED_IP_NETMASK, take_netmask),
	LIST(0, FILTER_ID, take_texts, filters),
	ONE(0, FRAMED_MTU, take_number, mtu),
	CHECK(0, REPLY_MESSAGE, take_message),
	LIST(0, FRAMED_ROUTE, take_route, routes),
	ONE(0, STATE, take_octets, state),
	LIST(0, CLASS, take_classes, classes),
	ONE(0, SESSION_TIMEOUT, take_number, session_timeout),
	ONE(0, IDLE_TIMEOUT, take_number, idle_timeout),
	ONE(0, TERMINATION_ACTION, take_number, termination_action),
	ONE(0, PORT_LIMIT, take_number, port_limit),
	ONE(0, ACCT_INTERIM_INTERVAL, take_number, interim_interval),
	ONE(0, FRAMED_POOL, take_text, pool),
	CHECK(0, FRAMED_INTERFACE_ID, take_ifid),
	LIST(0, FRAMED_IPV6_PREFIX, take_prefixes6, prefixes6),
	LIST(0, FRAMED_IPV6_ROUTE, take_route, routes),
	ONE(0, FRAMED_IPV6_POOL, take_text, pool6),
	ONE(0, ERROR_CAUSE, take_number, error_cause),
	LIST(0, DELEGATED_IPV6_PREFIX, take_prefixes6, delegated6),
	LIST(0, FRAMED_IPV6_ADDRESS, take_addresses6, addresses6),
	LIST(0, DNS_SERVER_IPV6_ADDRESS, take_addresses6, dns6),
	ONE(0, DELEGATED_IPV6_PREFIX_POOL, take_text, delegated_pool6),
	LIST(RADIUS_CISCO, CISCO_AVPAIR, take_texts, avpairs),
	CHECK(RADIUS_MICROSOFT, MS_CHAP_ERROR, take_mschap_error),
	ONE(RADIUS_MICROSOFT, MS_MPPE_ENCRYPTION_POLICY, take_number, mppe_policy),
	ONE(RADIUS_MICROSOFT, MS_MPPE_ENCRYPTION_TYPES, take_number, mppe_types),
	CHECK(RADIUS_MICROSOFT, MS_CHAP_MPPE_KEYS, take_mschap_keys),
	ONE(RADIUS_MICROSOFT, MS_MPPE_SEND_KEY, take_key, send_key),
	ONE(RADIUS_MICROSOFT, MS_MPPE_RECV_KEY, take_key, recv_key),
	CHECK(RADIUS_MICROSOFT, MS_CHAP2_SUCCESS, take_mschap2_success),
	ONE(RADIUS_MICROSOFT, MS_PRIMARY_DNS_SERVER, take_address, dns[0]),
	ONE(RADIUS_MICROSOFT, MS_SECONDARY_DNS_SERVER, take_address, dns[1]),
	ONE(RADIUS_MICROSOFT, MS_PRIMARY_NBNS_SERVER, take_address, nbns[0]),
	ONE(RADIUS_MICROSOFT, MS_SECONDARY_NBNS_SERVER, take_address, nbns[1]),
	ONE(RADIUS_WISPR, WISPR_BANDWIDTH_MAX_UP, take_wispr, rates.up),
	ONE(RADIUS_WISPR, WISPR_BANDWIDTH_MAX_DOWN, take_wispr, rates.down),
	CHECK(RADIUS_MIKROTIK, MIKROTIK_RATE_LIMIT, take_mikrotik),
};

static const struct place *find_place(const struct radius_definition *definition)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i].vendor == definition->vendor && places[i].type == definition->type)
			return &places[i];
	return NULL;
}

/* --- reading --------------------------------------------------------------------------------- */

static void remark(struct radius_reply *reply, const struct radius_definition *about,
		   const char *what)
{
	if (reply->n_remarks < RADIUS_REMARKS_MAX)
		reply->remarks[reply->n_remarks] = (struct radius_remark){ about, what };
	reply->n_remarks++;
}

static bool refuse(struct radius_reply *reply, const struct radius_definition *about,
		   const char *what)
{
	reply->refused = (struct radius_remark){ about, what };
	return false;
}

/* Returns NULL if the value was taken, or what is wrong with it. */
static const char *take(struct reading *rd, const struct radius_definition *definition,
			const struct radius_attribute *a)
{
	const struct place *place = find_place(definition);
	size_t n;
	bool *seen = &rd->seen[definition - radius_definitions(&n)];

	if (!radius_is_well_formed(definition, a))
		return malformed;
	if (*seen && !(definition->flags & RADIUS_SEVERAL))
		return twice;
	*seen = true;
	return place ? place->take(rd, place, a) : NULL;
}

static bool is_microsoft(const struct radius_attribute *a)
{
	return !a->vendor && a->type == RADIUS_TYPE_VENDOR_SPECIFIC && a->len >= 4 &&
	       radius_number_of(a) == RADIUS_MICROSOFT;
}

/* Returns false if the packet must be refused. */
static bool read_one(struct reading *rd, const struct radius_attribute *a)
{
	const struct radius_definition *definition = radius_definition(a->vendor, a->type);
	const char *flaw;

	if (!definition) {
		rd->reply->unknown++;
		return !is_microsoft(a) || refuse(rd->reply, NULL, malformed);
	}
	if (!(definition->where & rd->where)) {
		remark(rd->reply, definition, misplaced);
		return true;
	}
	flaw = take(rd, definition, a);
	if (flaw && (definition->flags & RADIUS_BINDS))
		return refuse(rd->reply, definition, flaw);
	if (flaw)
		remark(rd->reply, definition, flaw);
	return true;
}

static bool read_eap(struct radius_reply *reply, const struct radius_packet *packet)
{
	size_t len;
	bool good = radius_join(packet, RADIUS_EAP_MESSAGE, reply->eap, sizeof(reply->eap), &len);

	if (good && !len)
		return true;
	/* the length of the EAP packet is its third and fourth octet */
	if (!good || len < EAP_HEADER_LEN || (size_t)(reply->eap[2] << 8 | reply->eap[3]) != len)
		return refuse(reply, radius_definition(0, RADIUS_EAP_MESSAGE), malformed);
	reply->eap_len = (uint16_t)len;
	return true;
}

bool radius_reply_read(struct radius_reply *reply, const struct radius_packet *packet,
		       const uint8_t *authenticator, struct radius_secret secret)
{
	struct radius_iterator it = radius_attributes(packet);
	struct reading rd = {
		.reply = reply,
		.authenticator = authenticator,
		.secret = secret,
		.where = radius_where(packet->code),
	};
	struct radius_attribute a;

	memset(reply, 0, sizeof(*reply));
	reply->code = packet->code;
	while (radius_next(&it, &a))
		if (!read_one(&rd, &a))
			return false;
	return !(rd.where & (RADIUS_IN_ACCEPT | RADIUS_IN_REJECT | RADIUS_IN_CHALLENGE)) ||
	       read_eap(reply, packet);
}

void radius_reply_erase(struct radius_reply *reply)
{
	explicit_bzero(reply, sizeof(*reply));
}
