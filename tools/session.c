// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdio.h>

#include "json.h"
#include "session.h"
#include "util/text.h"

const char *show_mppe_key(const json_t *key, char text[UNIT_SIZE])
{
	if (!number_of(key, "bits"))
		return "off";
	snprintf(text, UNIT_SIZE, "%u %s", (unsigned int)number_of(key, "bits"),
		 json_is_true(json_object_get(key, "stateless")) ? "stateless" : "stateful");
	return text;
}

const char *show_mppe(const json_t *session, char text[UNIT_SIZE])
{
	return show_mppe_key(json_object_get(session, "mppe"), text);
}

static void print_traffic(const char *name, uint64_t octets, uint64_t packets)
{
	char text[UNIT_SIZE];

	print_property(name, "%s in %ju packets", show_octets(octets, text), (uintmax_t)packets);
}

static void print_statistics(const char *name, uint64_t octets, uint64_t packets, uint64_t dropped)
{
	print_property(name, "%ju bytes in %ju packets, dropped %ju", (uintmax_t)octets,
		       (uintmax_t)packets, (uintmax_t)dropped);
}

void print_session_counters(const struct options *options, const json_t *session)
{
	char text[UNIT_SIZE], idle[UNIT_SIZE];

	print_property("authentication", "%s", text_or_dash(session, "auth"));
	print_property("MPPE", "%s", show_mppe(session, text));
	print_property("up", "%s, idle %s", show_duration(number_of(session, "uptime_s"), text),
		       show_duration(number_of(session, "idle_s"), idle));
	if (options->statistics) {
		print_statistics("received", number_of(session, "rx_bytes"),
				 number_of(session, "rx_packets"), number_of(session, "rx_dropped"));
		print_statistics("sent", number_of(session, "tx_bytes"),
				 number_of(session, "tx_packets"), number_of(session, "tx_dropped"));
		return;
	}
	print_traffic("received", number_of(session, "rx_bytes"), number_of(session, "rx_packets"));
	print_traffic("sent", number_of(session, "tx_bytes"), number_of(session, "tx_packets"));
}

bool is_session_id(const char *text, uint64_t *id)
{
	return text_number(text, 1, INT64_MAX, id);
}

int no_session_id(const char *text)
{
	return misused("\"%s\" is not the number of a session; \"pppctl session list\" shows them",
		       text);
}

int each_session(const struct options *options, struct call call, int argc, char **argv,
		 show_fn show)
{
	int worst = STATUS_OK;
	uint64_t id;

	for (int i = 0; i < argc; i++)
		if (!is_session_id(argv[i], &id))
			return no_session_id(argv[i]);
	for (int i = 0; i < argc; i++) {
		int status;

		is_session_id(argv[i], &id);
		call.parameters = json_pack("{s:I}", "id", (json_int_t)id);
		status = ask_and_show(options, call, show);
		worst = status > worst ? status : worst;
	}
	return worst;
}
