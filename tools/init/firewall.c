// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the rules of nftables do to a packet. A match is true, false, or not to be told, as one of an
 * address that some client has: what such a rule does is done to some packets.
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "init.h"
#include "json.h"

#define MAX_DEPTH	16	/* of jumps, as in the kernel */

enum truth {
	NO,
	YES,
	MAYBE,
};

/* What is known of a packet; 0 or "" is not. */
struct packet {
	const char *protocol;
	unsigned int number;		/* of the protocol */
	uint16_t port, from_port;
	uint32_t source, destination;
	const char *in, *out;		/* interfaces */
	const char *state;		/* of conntrack */
};

struct walk {
	const json_t *rules;
	const struct packet *packet;
	const char *family, *table;
	bool some_pass;			/* a rule accepts it, if it matches */
	bool translated;		/* a rule does, or may */
};

/* What became of a packet in a chain. */
enum fate {
	GOES_ON,
	ACCEPTED,
	DROPPED,
	RETURNS,	/* the chain is over, and the one that jumped there goes on */
};

static enum truth truth_of(bool is)
{
	return is ? YES : NO;
}

static enum truth negated(enum truth t)
{
	return t == MAYBE ? MAYBE : truth_of(t == NO);
}

static bool is_member(const json_t *object, const char *name, const char *value)
{
	return !strcmp(text_of(object, name), value);
}

/* ---- values ---- */

/* Something of a packet that a rule looks at: a number or a text, or neither if it is not known. */
struct value {
	bool is_number;
	uint32_t number;
	const char *text;
	bool address;
};

static enum truth matches(const struct walk *w, struct value v, const json_t *right);

static bool number_in(const json_t *json, bool address, uint32_t *number)
{
	struct ip_addr parsed;

	if (json_is_integer(json)) {
		*number = (uint32_t)json_integer_value(json);
		return true;
	}
	if (!address || !json_is_string(json) || !ip_parse_v4(json_string_value(json), &parsed))
		return false;
	*number = ip_number(parsed);
	return true;
}

static enum truth matches_any(const struct walk *w, struct value v, const json_t *list)
{
	enum truth found = NO;
	json_t *element;
	size_t i;

	json_array_foreach(list, i, element) {
		const enum truth t = matches(w, v, element);

		if (t == YES)
			return YES;
		if (t == MAYBE)
			found = MAYBE;
	}
	return found;
}

static const json_t *elements_of(const struct walk *w, const char *name)
{
	json_t *entry;
	size_t i;

	json_array_foreach(w->rules, i, entry) {
		const json_t *set = json_object_get(entry, "set");

		if (set && is_member(set, "family", w->family) && is_member(set, "table", w->table) &&
		    is_member(set, "name", name))
			return json_object_get(set, "elem");
	}
	return NULL;
}

static enum truth matches_range(struct value v, const json_t *range)
{
	uint32_t first, last;

	if (!v.is_number || !number_in(json_array_get(range, 0), v.address, &first) ||
	    !number_in(json_array_get(range, 1), v.address, &last))
		return MAYBE;
	return truth_of(first <= v.number && v.number <= last);
}

static enum truth matches_prefix(struct value v, const json_t *right)
{
	struct ip_prefix prefix = { .length = (uint8_t)number_of(right, "len") };

	if (!v.is_number || !ip_parse_v4(text_of(right, "addr"), &prefix.address))
		return MAYBE;
	return truth_of(ip_prefix_contains(&prefix, ip_from_number(v.number)));
}

static enum truth matches_text(const struct walk *w, struct value v, const char *text)
{
	uint32_t number;

	if (*text == '@')
		return matches_any(w, v, elements_of(w, text + 1));
	if (v.address && v.is_number) {
		json_t *json = json_string(text);
		const bool is = number_in(json, true, &number);

		json_decref(json);
		return is ? truth_of(number == v.number) : MAYBE;
	}
	/* Names of interfaces may end with an asterisk. */
	return v.text ? truth_of(!fnmatch(text, v.text, 0)) : MAYBE;
}

static enum truth matches(const struct walk *w, struct value v, const json_t *right)
{
	const json_t *inner;

	if (json_is_array(right))
		return matches_any(w, v, right);
	if (json_is_string(right))
		return matches_text(w, v, json_string_value(right));
	if (json_is_integer(right))
		return v.is_number ? truth_of(json_integer_value(right) == v.number) : MAYBE;
	inner = json_object_get(right, "set");
	if (inner)
		return json_is_array(inner) ? matches_any(w, v, inner) : matches(w, v, inner);
	inner = json_object_get(right, "range");
	if (inner)
		return matches_range(v, inner);
	inner = json_object_get(right, "prefix");
	if (inner)
		return matches_prefix(v, inner);
	inner = json_object_get(json_object_get(right, "elem"), "val");
	return inner ? matches(w, v, inner) : MAYBE;
}

static struct value of_text(const char *text)
{
	return (struct value){ .text = text && *text ? text : NULL };
}

static struct value of_number(uint32_t number)
{
	return (struct value){ .is_number = number, .number = number };
}

static struct value of_address(uint32_t address)
{
	return (struct value){ .is_number = address, .number = address, .address = true };
}

/* A protocol has a name and a number; nft(8) prints the name if it knows one. */
static struct value of_protocol(const struct packet *p)
{
	return (struct value){ .is_number = true, .number = p->number, .text = p->protocol };
}

static struct value value_of_meta(const struct packet *p, const char *key)
{
	if (!strcmp(key, "l4proto"))
		return of_protocol(p);
	if (!strcmp(key, "nfproto"))
		return of_text("ipv4");
	if (!strcmp(key, "protocol"))
		return of_text("ip");
	if (!strcmp(key, "iifname") || !strcmp(key, "iif"))
		return of_text(p->in);
	if (!strcmp(key, "oifname") || !strcmp(key, "oif"))
		return of_text(p->out);
	return (struct value){ 0 };
}

/* Returns false if the packet has no such header. */
static bool value_of_payload(const struct packet *p, const json_t *payload, struct value *v)
{
	const char *protocol = text_of(payload, "protocol"), *field = text_of(payload, "field");
	const bool ip = !strcmp(protocol, "ip");

	if (!ip && strcmp(protocol, "th") && strcmp(protocol, p->protocol))
		return !*protocol;
	if (ip && !strcmp(field, "protocol"))
		*v = of_protocol(p);
	else if (ip && !strcmp(field, "saddr"))
		*v = of_address(p->source);
	else if (ip && !strcmp(field, "daddr"))
		*v = of_address(p->destination);
	else if (!ip && !strcmp(field, "dport"))
		*v = of_number(p->port);
	else if (!ip && !strcmp(field, "sport"))
		*v = of_number(p->from_port);
	return true;
}

/* Returns false if the packet lacks what @left looks at. */
static bool look(const struct packet *p, const json_t *left, struct value *v)
{
	const json_t *meta = json_object_get(left, "meta");
	const json_t *payload = json_object_get(left, "payload");
	const json_t *ct = json_object_get(left, "ct");

	*v = (struct value){ 0 };
	if (payload)
		return value_of_payload(p, payload, v);
	if (meta)
		*v = value_of_meta(p, text_of(meta, "key"));
	else if (ct && is_member(ct, "key", "state"))
		*v = of_text(p->state);
	return true;
}

static enum truth match(const struct walk *w, const json_t *match)
{
	const char *op = text_of(match, "op");
	struct value v;
	enum truth t;

	if (!look(w->packet, json_object_get(match, "left"), &v))
		return NO;
	t = matches(w, v, json_object_get(match, "right"));
	if (!strcmp(op, "!="))
		return negated(t);
	return !strcmp(op, "==") || !strcmp(op, "in") ? t : MAYBE;
}

/* ---- rules ---- */

static enum fate walk_chain(struct walk *w, const char *chain, bool maybe, unsigned int depth);

static enum fate jump(struct walk *w, const json_t *where, bool maybe, bool back,
		      unsigned int depth)
{
	enum fate fate = walk_chain(w, text_of(where, "target"), maybe, depth + 1);

	/* A chain that was gone to does not come back to this one. */
	return fate == GOES_ON && !back && !maybe ? RETURNS : fate;
}

/* Carry out a statement that decides; *@decides tells if it is one. */
static enum fate decide(struct walk *w, const json_t *statement, bool maybe, unsigned int depth)
{
	const json_t *where = json_object_get(statement, "jump");
	enum fate fate = GOES_ON;

	if (where)
		return jump(w, where, maybe, true, depth);
	where = json_object_get(statement, "goto");
	if (where)
		return jump(w, where, maybe, false, depth);
	if (json_object_get(statement, "masquerade") || json_object_get(statement, "snat")) {
		w->translated = true;
		fate = ACCEPTED;
	} else if (json_object_get(statement, "accept")) {
		fate = ACCEPTED;
	} else if (json_object_get(statement, "drop") || json_object_get(statement, "reject")) {
		fate = DROPPED;
	} else if (json_object_get(statement, "return")) {
		fate = RETURNS;
	}
	if (maybe) {
		w->some_pass |= fate == ACCEPTED;
		return GOES_ON;
	}
	return fate;
}

/* A map of verdicts: the first whose key is this one counts. */
static enum fate decide_by_map(struct walk *w, const json_t *vmap, bool maybe, unsigned int depth)
{
	const json_t *data = json_object_get(vmap, "data");
	const json_t *all = json_is_string(data) ? NULL : json_object_get(data, "set");
	struct value v;
	json_t *entry;
	size_t i;

	if (!look(w->packet, json_object_get(vmap, "key"), &v))
		return GOES_ON;
	json_array_foreach(all, i, entry) {
		const enum truth t = matches(w, v, json_array_get(entry, 0));

		if (t == NO)
			continue;
		const enum fate fate = decide(w, json_array_get(entry, 1), maybe || t == MAYBE,
					      depth);
		if (t == YES || fate != GOES_ON)
			return fate;
	}
	return GOES_ON;
}

/*
 * What iptables(8) brought along. Its matches are told by name alone: one by state is nearly always
 * there to let in what belongs to a connection, or to drop what does not.
 */
static bool is_by_state(const json_t *xt)
{
	return is_member(xt, "name", "conntrack") || is_member(xt, "name", "state");
}

static enum fate decide_by_target(struct walk *w, const json_t *xt, bool maybe)
{
	const bool translates = is_member(xt, "name", "MASQUERADE") || is_member(xt, "name", "SNAT");

	w->translated |= translates;
	if (maybe)
		return GOES_ON;
	if (translates)
		return ACCEPTED;
	/* Others are marks, lines of a log, and the like. */
	return is_member(xt, "name", "REJECT") ? DROPPED : GOES_ON;
}

/* Statements that let any packet go on. */
static bool is_harmless(const json_t *statement)
{
	static const char * const names[] = { "counter", "log", "notrack", "mangle", "comment",
					      "set", "flow" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (json_object_get(statement, names[i]))
			return true;
	return false;
}

static bool is_verdict(const json_t *statement)
{
	static const char * const names[] = { "accept", "drop", "reject", "return", "jump", "goto",
					      "masquerade", "snat" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (json_object_get(statement, names[i]))
			return true;
	return false;
}

static enum fate walk_rule(struct walk *w, const json_t *rule, bool maybe, unsigned int depth)
{
	const bool is_new = !strcmp(w->packet->state, "new");
	bool by_state = false;
	json_t *statement;
	size_t i;

	json_array_foreach (json_object_get(rule, "expr"), i, statement) {
		const json_t *condition = json_object_get(statement, "match");
		const json_t *vmap = json_object_get(statement, "vmap");
		const json_t *xt = json_object_get(statement, "xt");
		const enum truth t = condition ? match(w, condition) : YES;
		enum fate fate = GOES_ON;

		by_state |= is_by_state(xt);
		if (t == NO || (by_state && is_new))
			return GOES_ON;
		if (t == MAYBE)
			maybe = true;
		else if (vmap)
			fate = decide_by_map(w, vmap, maybe, depth);
		else if (is_verdict(statement))
			fate = decide(w, statement, maybe, depth);
		else if (is_member(xt, "type", "target"))
			fate = decide_by_target(w, xt, maybe);
		else if (!condition && !is_by_state(xt) && !is_harmless(statement))
			maybe = true;	/* a limit, for example */
		if (by_state && fate == DROPPED)
			fate = GOES_ON;
		if (fate != GOES_ON)
			return fate;
	}
	return GOES_ON;
}

static enum fate walk_chain(struct walk *w, const char *chain, bool maybe, unsigned int depth)
{
	json_t *entry;
	size_t i;

	if (depth > MAX_DEPTH)
		return GOES_ON;
	json_array_foreach(w->rules, i, entry) {
		const json_t *rule = json_object_get(entry, "rule");
		enum fate fate;

		if (!rule || !is_member(rule, "family", w->family) ||
		    !is_member(rule, "table", w->table) || !is_member(rule, "chain", chain))
			continue;
		fate = walk_rule(w, rule, maybe, depth);
		if (fate == RETURNS)
			return GOES_ON;
		if (fate != GOES_ON)
			return fate;
	}
	return GOES_ON;
}

/* ---- packets ---- */

static bool is_hooked(const json_t *chain, const char *hook, const char *type)
{
	return is_member(chain, "hook", hook) && is_member(chain, "type", type) &&
	       (is_member(chain, "family", "ip") || is_member(chain, "family", "inet"));
}

static void judge_chain(struct walk *w, const json_t *chain, enum init_verdict *verdict,
			char where[INIT_CHAIN_SIZE])
{
	enum fate fate;

	w->family = text_of(chain, "family");
	w->table = text_of(chain, "table");
	w->some_pass = false;
	fate = walk_chain(w, text_of(chain, "name"), false, 0);
	if (fate == GOES_ON && is_member(chain, "policy", "drop"))
		fate = DROPPED;
	if (fate != DROPPED || *verdict == INIT_DROPPED)
		return;
	*verdict = w->some_pass ? INIT_DEPENDS : INIT_DROPPED;
	snprintf(where, INIT_CHAIN_SIZE, "%s %s %s", w->family, w->table, text_of(chain, "name"));
}

/* Each chain of the hook has to let the packet pass. */
static void judge(struct walk *w, const struct packet *packet, const char *hook, const char *type,
		  enum init_verdict *verdict, char where[INIT_CHAIN_SIZE])
{
	json_t *entry;
	size_t i;

	w->packet = packet;
	*verdict = INIT_PASSES;
	where[0] = '\0';
	json_array_foreach(w->rules, i, entry) {
		const json_t *chain = json_object_get(entry, "chain");

		if (chain && is_hooked(chain, hook, type))
			judge_chain(w, chain, verdict, where);
	}
}

void init_judge_firewall(const json_t *rules, const struct init_pool *pool, const char *outer,
			 struct init_firewall *firewall)
{
	const uint32_t user = pool->range.first;
	const struct packet packets[INIT_PACKETS] = {
		[INIT_CONTROL] = { .protocol = "tcp", .number = 6, .port = INIT_PORT, .in = outer,
				   .state = "new" },
		[INIT_GRE] = { .protocol = "gre", .number = 47, .in = outer, .state = "new" },
		/* What most users want is a page of the Web. */
		[INIT_OUTWARD] = { .protocol = "tcp", .number = 6, .port = 443, .source = user,
				   .in = "pptp0", .out = outer, .state = "new" },
		[INIT_BACK] = { .protocol = "tcp", .number = 6, .from_port = 443, .destination = user,
				.in = outer, .out = "pptp0", .state = "established" },
	};
	struct walk w = { .rules = json_object_get(rules, "nftables") };
	char where[INIT_CHAIN_SIZE];
	enum init_verdict ignored;

	*firewall = (struct init_firewall){ 0 };
	if (!rules)
		return;
	for (size_t i = 0; i < INIT_PACKETS; i++)
		judge(&w, &packets[i], i < INIT_OUTWARD ? "input" : "forward", "filter",
		      &firewall->verdicts[i], firewall->chains[i]);
	judge(&w, &packets[INIT_OUTWARD], "postrouting", "nat", &ignored, where);
	firewall->translated = w.translated;
}
