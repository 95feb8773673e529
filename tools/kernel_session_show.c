// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "kernel.h"
#include "kernel_session.h"
#include "table.h"
#include "util/ip.h"
#include "util/text.h"

/* Returns the words of @list with commas between them; "none" if there are none. */
static const char *join(const json_t *list, char text[SHOWN_SIZE])
{
	const json_t *word;
	size_t i, len = 0;

	snprintf(text, SHOWN_SIZE, "none");
	json_array_foreach(list, i, word)
		len += (size_t)snprintf(text + len, SHOWN_SIZE - len, "%s%s", i ? ", " : "",
					json_string_value(word));
	return text;
}

static void print_optional(const json_t *session, const char *member, const char *name)
{
	if (*text_of(session, member))
		print_property(name, "%s", text_of(session, member));
}

static void print_window(const json_t *window)
{
	print_property("sent", "up to %ju, acknowledged %ju",
		       (uintmax_t)number_of(window, "tx_seq"),
		       (uintmax_t)number_of(window, "tx_acked"));
	print_property("received", "up to %ju, acknowledged %ju",
		       (uintmax_t)number_of(window, "rx_seq"),
		       (uintmax_t)number_of(window, "rx_acked"));
	if (json_object_get(window, "send"))
		print_property("windows", "%ju to send%s, %ju to receive",
			       (uintmax_t)number_of(window, "send"),
			       json_is_true(json_object_get(window, "sliding")) ?
			       " (sliding)" : "", (uintmax_t)number_of(window, "receive"));
	if (json_object_get(window, "reorder_max"))
		print_property("reordering", "%ju packets, %ju us",
			       (uintmax_t)number_of(window, "reorder_max"),
			       (uintmax_t)number_of(window, "reorder_timeout_us"));
}

/* What packets to the peer have in their IP header, where it is not what all have. */
static void print_outer(const json_t *outer)
{
	const json_t *tos = json_object_get(outer, "tos");

	if (json_is_integer(tos))
		print_property("TOS", "0x%02jx", (uintmax_t)json_integer_value(tos));
	if (number_of(outer, "ttl"))
		print_property("TTL", "%ju", (uintmax_t)number_of(outer, "ttl"));
	if (!strcmp(text_of(outer, "df"), "clear"))
		print_property("DF", "clear");
	if (number_of(outer, "mark"))
		print_property("mark", "%ju", (uintmax_t)number_of(outer, "mark"));
	if (json_is_true(json_object_get(outer, "ecn")))
		print_property("ECN", "copied to the outer header");
}

static void print_rate(const json_t *shape, const char *name, const char *rate, const char *burst)
{
	if (number_of(shape, rate))
		print_property(name, "%ju bit/s, burst of %ju octets",
			       (uintmax_t)number_of(shape, rate),
			       (uintmax_t)number_of(shape, burst));
}

static void print_shape(const json_t *shape)
{
	print_rate(shape, "rate received", "rx_rate", "rx_burst");
	print_rate(shape, "rate sent", "tx_rate", "tx_burst");
	if (number_of(shape, "mark"))
		print_property("user mark", "%ju", (uintmax_t)number_of(shape, "mark"));
	if (number_of(shape, "priority"))
		print_property("user priority", "%ju", (uintmax_t)number_of(shape, "priority"));
}

static void print_mppe(const json_t *session)
{
	const json_t *mppe = json_object_get(session, "mppe");
	char text[SHOWN_SIZE];

	print_property("MPPE", "%s%s", show_kernel_mppe(session, text),
		       json_is_true(json_object_get(mppe, "required")) ? ", required" : "");
}

static void print_session(const json_t *session)
{
	char text[SHOWN_SIZE];

	printf("session %s call %ju\n", text_of(session, "local_address"),
	       (uintmax_t)number_of(session, "call_id"));
	if (*text_of(session, "peer_address"))
		print_property("peer", "%s call %ju", text_of(session, "peer_address"),
			       (uintmax_t)number_of(session, "peer_call_id"));
	else
		print_property("peer", "not connected");
	print_property("upper", "%s", show_upper(session, text));
	print_optional(session, "link_ipv4", "IPv4");
	print_optional(session, "link_ipv6", "IPv6");
	if (json_object_get(session, "protocols"))
		print_property("protocols", "%s",
			       join(json_object_get(session, "protocols"), text));
	print_property("compression", "%s", join(json_object_get(session, "frame"), text));
	print_mppe(session);
	print_property("up", "%s", show_duration(number_of(session, "uptime_s"), text));
	if (json_object_get(session, "idle_ms"))
		print_property("idle", "%s",
			       show_duration(number_of(session, "idle_ms") / 1000, text));
	if (number_of(session, "path_mtu"))
		print_property("path MTU", "%ju", (uintmax_t)number_of(session, "path_mtu"));
	print_outer(json_object_get(session, "outer"));
	print_shape(json_object_get(session, "shape"));
	print_window(json_object_get(session, "window"));
	print_counters(json_object_get(session, "stats"));
}

int cmd_kernel_session_show(const struct options *options, int argc, char **argv)
{
	struct ip_addr local;
	json_t *session;
	uint64_t call_id;
	int status;

	if (argc != 2)
		return misused("kernel session show needs the local address and the call ID");
	if (!ip_parse_v4(argv[0], &local))
		return misused("\"%s\" is not an address like 192.0.2.1", argv[0]);
	if (!text_number(argv[1], 1, UINT16_MAX, &call_id))
		return misused("\"%s\" is not a call ID: expected a number from 1 to 65535",
			       argv[1]);
	session = kernel_session(local.v4, (uint16_t)call_id, &status);
	if (!session)
		return status;
	if (options->json)
		print_json(options, session);
	else
		print_session(session);
	json_decref(session);
	return STATUS_OK;
}
