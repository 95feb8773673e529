// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/table.h"
#include "util/text.h"

#define OUT_OF_MEMORY "there is no memory for it"

/* ---- types ---- */

static bool set_string(const struct config_option *option, void *field, const char *text,
		       char *want, size_t size)
{
	char **string = field;
	char *copy;

	if (strlen(text) < option->min) {
		snprintf(want, size, "expected some text");
		return false;
	}
	if (option->max && strlen(text) > option->max) {
		snprintf(want, size, "expected at most %lu octets", option->max);
		return false;
	}
	copy = strdup(text);
	if (!copy) {
		snprintf(want, size, OUT_OF_MEMORY);
		return false;
	}
	free(*string);
	*string = copy;
	return true;
}

static bool set_path(const struct config_option *option, void *field, const char *text,
		     char *want, size_t size)
{
	if (*text != '/') {
		snprintf(want, size, "expected a path that begins with /");
		return false;
	}
	return set_string(option, field, text, want, size);
}

/* What the kernel takes as a name, with at most one %d for a number of its choice. */
static bool set_interface(const struct config_option *option, void *field, const char *text,
			  char *want, size_t size)
{
	const char *percent = strchr(text, '%');

	if (!*text || strlen(text) >= IFNAMSIZ || strpbrk(text, "/: \t\n") ||
	    !strcmp(text, ".") || !strcmp(text, "..") ||
	    (percent && (percent[1] != 'd' || strchr(percent + 1, '%')))) {
		snprintf(want, size, "expected a name of at most %d octets like pptp0 or pptp%%d",
			 IFNAMSIZ - 1);
		return false;
	}
	return set_string(option, field, text, want, size);
}

/* Empty for none. */
static bool set_optional_path(const struct config_option *option, void *field, const char *text,
			      char *want, size_t size)
{
	return *text ? set_path(option, field, text, want, size) :
		       set_string(option, field, text, want, size);
}

/* One name for one interface, or empty. */
static bool set_optional_interface(const struct config_option *option, void *field,
				   const char *text, char *want, size_t size)
{
	if (strchr(text, '%')) {
		snprintf(want, size, "expected a name without %%");
		return false;
	}
	return *text ? set_interface(option, field, text, want, size) :
		       set_string(option, field, text, want, size);
}

static void clear_string(void *field)
{
	char **string = field;

	free(*string);
	*string = NULL;
}

static bool read_number(const struct config_option *option, const char *text,
			unsigned int *number, char *want, size_t size)
{
	uint64_t n;

	if (!text_number(text, option->min, option->max, &n)) {
		snprintf(want, size, "expected a number from %lu to %lu", option->min,
			 option->max);
		return false;
	}
	*number = (unsigned int)n;
	return true;
}

static bool set_number(const struct config_option *option, void *field, const char *text,
		       char *want, size_t size)
{
	return read_number(option, text, field, want, size);
}

static bool set_port(const struct config_option *option, void *field, const char *text,
		     char *want, size_t size)
{
	uint16_t *port = field;
	unsigned int n;

	if (!read_number(option, text, &n, want, size))
		return false;
	*port = (uint16_t)n;
	return true;
}

static bool set_mtu(const struct config_option *option, void *field, const char *text,
		    char *want, size_t size)
{
	unsigned int *mtu = field;

	if (!strcmp(text, "auto")) {
		*mtu = CONFIG_MTU_AUTO;
		return true;
	}
	if (read_number(option, text, mtu, want, size))
		return true;
	snprintf(want, size, "expected auto or a number from %lu to %lu", option->min,
		 option->max);
	return false;
}

static bool set_bool(const struct config_option *option, void *field, const char *text,
		     char *want, size_t size)
{
	bool *value = field;

	if (!strcmp(text, "true") || !strcmp(text, "yes") || !strcmp(text, "on")) {
		*value = true;
	} else if (!strcmp(text, "false") || !strcmp(text, "no") || !strcmp(text, "off")) {
		*value = false;
	} else {
		snprintf(want, size, "expected true or false");
		return false;
	}
	return true;
}

static const struct config_word *find_word(const struct config_word *words, const char *text,
					   char *want, size_t size)
{
	size_t done;

	for (const struct config_word *w = words; w->text; w++)
		if (!strcmp(w->text, text))
			return w;
	done = (size_t)snprintf(want, size, "expected ");
	for (const struct config_word *w = words; w->text && done < size; w++)
		done += (size_t)snprintf(want + done, size - done, "%s%s", w->text,
					 !w[1].text ? "" : !w[2].text ? " or " : ", ");
	return NULL;
}

static bool set_word(const struct config_option *option, void *field, const char *text,
		     char *want, size_t size)
{
	const struct config_word *word = find_word(option->words, text, want, size);
	unsigned int *value = field;

	if (!word)
		return false;
	*value = word->value;
	return true;
}

static bool set_mask_word(const struct config_option *option, void *field, const char *text,
			  char *want, size_t size)
{
	const struct config_word *word = find_word(option->words, text, want, size);
	uint8_t *mask = field;

	if (!word)
		return false;
	*mask = (uint8_t)word->value;
	return true;
}

static bool add_mask_word(const struct config_option *option, void *field, const char *text,
			  char *want, size_t size)
{
	const struct config_word *word = find_word(option->words, text, want, size);
	uint8_t *mask = field;

	if (!word)
		return false;
	if (*mask & word->value) {
		snprintf(want, size, "it is there twice");
		return false;
	}
	*mask |= (uint8_t)word->value;
	return true;
}

static void clear_mask(void *field)
{
	uint8_t *mask = field;

	*mask = 0;
}

static bool add_method(const struct config_option *option, void *field, const char *text,
		       char *want, size_t size)
{
	const struct config_word *word = find_word(option->words, text, want, size);
	uint8_t *methods = field;
	size_t n = 0;

	if (!word)
		return false;
	for (; methods[n]; n++) {
		if (methods[n] == word->value) {
			snprintf(want, size, "it is there twice");
			return false;
		}
	}
	/* There are more places than methods, so the last one always stays PPP_AUTH_NONE. */
	methods[n] = (uint8_t)word->value;
	return true;
}

static void clear_methods(void *field)
{
	memset(field, PPP_AUTH_NONE, PPP_AUTH_METHODS);
}

static bool set_address(const struct config_option *option, void *field, const char *text,
			char *want, size_t size)
{
	struct in_addr *address = field;

	if (!ipv4_parse(text, address)) {
		snprintf(want, size, "expected an address like 10.0.0.1");
		return false;
	}
	return true;
}

static bool add_address(const struct config_option *option, void *field, const char *text,
			char *want, size_t size)
{
	struct config_addresses *list = field;
	struct in_addr address, *grown;

	if (!set_address(option, &address, text, want, size))
		return false;
	for (size_t i = 0; i < list->n; i++) {
		if (list->list[i].s_addr == address.s_addr) {
			snprintf(want, size, "it is there twice");
			return false;
		}
	}
	grown = realloc(list->list, (list->n + 1) * sizeof(*grown));
	if (!grown) {
		snprintf(want, size, OUT_OF_MEMORY);
		return false;
	}
	grown[list->n] = address;
	list->list = grown;
	list->n++;
	return true;
}

static void clear_addresses(void *field)
{
	struct config_addresses *list = field;

	free(list->list);
	*list = (struct config_addresses){ 0 };
}

static bool add_range(const struct config_option *option, void *field, const char *text,
		      char *want, size_t size)
{
	struct range_list *list = field;
	struct ipv4_range range, *grown;
	const char *wrong = ipv4_parse_range(text, &range);

	if (wrong) {
		snprintf(want, size, "it %s", wrong);
		return false;
	}
	grown = realloc(list->list, (list->n + 1) * sizeof(*grown));
	if (!grown) {
		snprintf(want, size, OUT_OF_MEMORY);
		return false;
	}
	grown[list->n] = range;
	list->list = grown;
	list->n++;
	return true;
}

static void clear_ranges(void *field)
{
	struct range_list *list = field;

	free(list->list);
	*list = (struct range_list){ 0 };
}

static bool add_prefix(const struct config_option *option, void *field, const char *text,
		       char *want, size_t size)
{
	struct config_prefixes *list = field;
	struct config_prefix prefix, *grown;
	uint32_t address;

	if (!ipv4_parse_prefix(text, &address, &prefix.length)) {
		snprintf(want, size, "expected a network like 192.168.5.0/24");
		return false;
	}
	if (address & ~ipv4_mask(prefix.length)) {
		char network[INET_ADDRSTRLEN];

		snprintf(want, size, "expected %s/%u",
			 ipv4_format(address & ipv4_mask(prefix.length), network), prefix.length);
		return false;
	}
	prefix.address.s_addr = htonl(address);
	for (size_t i = 0; i < list->n; i++) {
		if (!memcmp(&list->list[i], &prefix, sizeof(prefix))) {
			snprintf(want, size, "it is there twice");
			return false;
		}
	}
	grown = realloc(list->list, (list->n + 1) * sizeof(*grown));
	if (!grown) {
		snprintf(want, size, OUT_OF_MEMORY);
		return false;
	}
	grown[list->n] = prefix;
	list->list = grown;
	list->n++;
	return true;
}

static void clear_prefixes(void *field)
{
	struct config_prefixes *list = field;

	free(list->list);
	*list = (struct config_prefixes){ 0 };
}

static bool same_string(const void *a, const void *b)
{
	return !strcmp(*(char * const *)a, *(char * const *)b);
}

static bool same_list(const void *a, size_t n_a, const void *b, size_t n_b, size_t size)
{
	return n_a == n_b && (!n_a || !memcmp(a, b, n_a * size));
}

static bool same_addresses(const void *a, const void *b)
{
	const struct config_addresses *x = a, *y = b;

	return same_list(x->list, x->n, y->list, y->n, sizeof(*x->list));
}

static bool same_ranges(const void *a, const void *b)
{
	const struct range_list *x = a, *y = b;

	return same_list(x->list, x->n, y->list, y->n, sizeof(*x->list));
}

static bool same_prefixes(const void *a, const void *b)
{
	const struct config_prefixes *x = a, *y = b;

	return same_list(x->list, x->n, y->list, y->n, sizeof(*x->list));
}

static const struct config_type type_string = {
	"text", .set = set_string, .clear = clear_string, .same = same_string,
};
static const struct config_type type_path = {
	"path", .set = set_path, .clear = clear_string, .same = same_string,
};
static const struct config_type type_interface = {
	"interface", .set = set_interface, .clear = clear_string, .same = same_string,
};
static const struct config_type type_optional_path = {
	"path", .set = set_optional_path, .clear = clear_string, .same = same_string,
};
static const struct config_type type_optional_interface = {
	"interface", .set = set_optional_interface, .clear = clear_string, .same = same_string,
};
static const struct config_type type_number = {
	"number", .set = set_number, .size = sizeof(unsigned int),
};
static const struct config_type type_port = {
	"number", .set = set_port, .size = sizeof(uint16_t),
};
static const struct config_type type_mtu = {
	"number or auto", .set = set_mtu, .size = sizeof(unsigned int),
};
static const struct config_type type_bool = {
	"true or false", .set = set_bool, .size = sizeof(bool),
};
static const struct config_type type_word = {
	"word", .set = set_word, .size = sizeof(unsigned int),
};
static const struct config_type type_mask_word = {
	"word", .set = set_mask_word, .size = sizeof(uint8_t),
};
static const struct config_type type_mask = {
	"list of words", .list = true, .set = add_mask_word, .clear = clear_mask,
	.size = sizeof(uint8_t),
};
static const struct config_type type_methods = {
	"list of words", .list = true, .set = add_method, .clear = clear_methods,
	.size = PPP_AUTH_METHODS,
};
static const struct config_type type_address = {
	"address", .set = set_address, .size = sizeof(struct in_addr),
};
static const struct config_type type_addresses = {
	"list of addresses", .list = true, .set = add_address, .clear = clear_addresses,
	.same = same_addresses,
};
static const struct config_type type_ranges = {
	"list of ranges", .list = true, .set = add_range, .clear = clear_ranges,
	.same = same_ranges,
};
static const struct config_type type_prefixes = {
	"list of networks", .list = true, .set = add_prefix, .clear = clear_prefixes,
	.same = same_prefixes,
};

bool config_same_option(const struct config_option *option, const void *a, const void *b)
{
	return option->type->size ? !memcmp(a, b, option->type->size) : option->type->same(a, b);
}

size_t config_list_length(const struct config_option *option, const void *field)
{
	if (option->type == &type_mask)
		return (size_t)__builtin_popcount(*(const uint8_t *)field);
	if (option->type == &type_methods)
		return strlen(field);	/* ends with PPP_AUTH_NONE, which is 0 */
	if (option->type == &type_addresses)
		return ((const struct config_addresses *)field)->n;
	if (option->type == &type_prefixes)
		return ((const struct config_prefixes *)field)->n;
	return ((const struct range_list *)field)->n;
}

/* ---- the table ---- */

const struct config_kind config_kind_log = {
	"log", false, sizeof(struct log_options),
};
const struct config_kind config_kind_control = {
	"control", false, sizeof(struct config_control),
};
const struct config_kind config_kind_pool = {
	"pool", true, sizeof(struct pool_values),
};
const struct config_kind config_kind_server = {
	"server", true, sizeof(struct server_values),
};

const struct config_kind config_kind_client = {
	"client", true, sizeof(struct config_client),
};
const struct config_kind config_kind_user = {
	"user", true, sizeof(struct config_user),
};

const struct config_kind * const config_kinds[] = {
	&config_kind_log, &config_kind_control, &config_kind_pool, &config_kind_server,
	&config_kind_client, &config_kind_user, NULL,
};

_Static_assert(sizeof(config_kinds) / sizeof(config_kinds[0]) <= CONFIG_MAX_KINDS + 1,
	       "the grammar has room for CONFIG_MAX_KINDS");

static const struct config_word log_levels[] = {
	{ "error", LOG_LEVEL_ERROR },
	{ "warning", LOG_LEVEL_WARNING },
	{ "notice", LOG_LEVEL_NOTICE },
	{ "info", LOG_LEVEL_INFO },
	{ "debug", LOG_LEVEL_DEBUG },
	{ 0 },
};

static const struct config_word log_targets[] = {
	{ "auto", LOG_TARGET_AUTO },
	{ "stderr", LOG_TARGET_STDERR },
	{ "journal", LOG_TARGET_JOURNAL },
	{ "syslog", LOG_TARGET_SYSLOG },
	{ 0 },
};

static const struct config_word methods[] = {
	{ "pap", PPP_AUTH_PAP },
	{ "chap-md5", PPP_AUTH_CHAP_MD5 },
	{ "mschap", PPP_AUTH_MSCHAP },
	{ "mschap-v2", PPP_AUTH_MSCHAPV2 },
	{ "eap", PPP_AUTH_EAP },
	{ 0 },
};

static const struct config_word agreeable_methods[] = {
	{ "pap", PPP_AUTH_BIT(PPP_AUTH_PAP) },
	{ "chap-md5", PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5) },
	{ "mschap", PPP_AUTH_BIT(PPP_AUTH_MSCHAP) },
	{ "mschap-v2", PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2) },
	{ "eap", PPP_AUTH_BIT(PPP_AUTH_EAP) },
	{ "none", PPP_AUTH_BIT(PPP_AUTH_NONE) },
	{ "any", PPP_AUTH_BIT(PPP_AUTH_METHODS) - PPP_AUTH_BIT(PPP_AUTH_PAP) },
	{ "either", PPP_AUTH_BIT(PPP_AUTH_PAP) | PPP_AUTH_BIT(PPP_AUTH_CHAP_MD5) |
		    PPP_AUTH_BIT(PPP_AUTH_MSCHAP) | PPP_AUTH_BIT(PPP_AUTH_MSCHAPV2) },
	{ 0 },
};

static const struct config_word eap_methods[] = {
	{ "chap-md5", PPP_AUTH_CHAP_MD5 },
	{ "mschap-v2", PPP_AUTH_MSCHAPV2 },
	{ 0 },
};

static const struct config_word links[] = {
	{ "session", CONFIG_LINK_SESSION },
	{ "shared", CONFIG_LINK_SHARED },
	{ 0 },
};

static const struct config_word mppe_policies[] = {
	{ "off", PPP_MPPE_OFF },
	{ "preferred", PPP_MPPE_PREFERRED },
	{ "required", PPP_MPPE_REQUIRED },
	{ 0 },
};

static const struct config_word mppe_lengths[] = {
	{ "40", PPP_MPPE_40 },
	{ "56", PPP_MPPE_56 },
	{ "128", PPP_MPPE_128 },
	{ 0 },
};

static const struct config_word mppe_modes[] = {
	{ "stateless", PPP_MPPE_STATELESS },
	{ "stateful", PPP_MPPE_STATEFUL },
	{ "any", PPP_MPPE_STATELESS | PPP_MPPE_STATEFUL },
	{ 0 },
};

static const struct config_word resolvers[] = {
	{ "off", CONFIG_RESOLVER_OFF },
	{ "auto", CONFIG_RESOLVER_AUTO },
	{ "resolvconf", CONFIG_RESOLVER_RESOLVCONF },
	{ "resolved", CONFIG_RESOLVER_RESOLVED },
	{ 0 },
};

static const struct config_word connects[] = {
	{ "start", CONFIG_CONNECT_START },
	{ "demand", CONFIG_CONNECT_DEMAND },
	{ "manual", CONFIG_CONNECT_MANUAL },
	{ 0 },
};

#define IN_LOG(field)		&config_kind_log, .offset = offsetof(struct log_options, field)
#define IN_CONTROL(field)	&config_kind_control, \
				.offset = offsetof(struct config_control, field)
#define IN_POOL(field)		&config_kind_pool, .offset = offsetof(struct pool_values, field)
#define IN_SERVER(field)	&config_kind_server, \
				.offset = offsetof(struct server_values, server.field)
#define IN_CLIENT(field)	&config_kind_client, \
				.offset = offsetof(struct config_client, field)

/* Units and presets are documented in culvert.conf(5), and a test holds the two together. */
const struct config_option config_options[] = {
	{ IN_LOG(level), .name = "level", .type = &type_word, .words = log_levels,
	  .preset = "info" },
	{ IN_LOG(target), .name = "target", .type = &type_word, .words = log_targets,
	  .preset = "auto" },
	{ IN_LOG(limit_burst), .name = "limit-burst", .type = &type_number, .min = 0, .max = 10000,
	  .preset = "10", .unit = "lines" },
	{ IN_LOG(limit_per_minute), .name = "limit-rate", .type = &type_number,
	  .min = 1, .max = 10000, .preset = "6", .unit = "lines per minute" },

	{ IN_CONTROL(socket), .name = "socket", .type = &type_path, .max = 107,
	  .preset = "/run/culvert/control.sock" },
	{ IN_CONTROL(group), .name = "group", .type = &type_string, .preset = "" },
	{ IN_CONTROL(max_clients), .name = "max-clients", .type = &type_number,
	  .min = 1, .max = 1000, .preset = "32", .unit = "clients" },

	{ IN_POOL(ranges), .name = "range", .type = &type_ranges, .min = 1, .max = 1000 },
	{ IN_POOL(exclude), .name = "exclude", .type = &type_addresses, .max = 10000,
	  .preset = "" },

	{ IN_SERVER(listen), .name = "listen", .type = &type_addresses, .min = 1, .max = 100,
	  .preset = "0.0.0.0" },
	{ IN_SERVER(port), .name = "port", .type = &type_port, .min = 1, .max = 65535,
	  .preset = "1723" },
	{ IN_SERVER(host_name), .name = "host-name", .type = &type_string, .max = 63,
	  .preset = "culvert" },

	{ IN_SERVER(auth), .name = "auth", .type = &type_methods, .words = methods,
	  .min = 1, .max = PPP_AUTH_METHODS, .preset = "mschap-v2" },
	{ IN_SERVER(eap), .name = "eap", .type = &type_methods, .words = eap_methods,
	  .min = 1, .max = PPP_AUTH_METHODS, .preset = "mschap-v2" },
	{ IN_SERVER(auth_name), .name = "auth-name", .type = &type_string, .max = PPP_NAME_MAX,
	  .preset = "" },
	{ IN_SERVER(secrets_path), .name = "secrets", .type = &type_path,
	  .preset = "/etc/ppp/chap-secrets" },
	{ IN_SERVER(strip_domain), .name = "strip-domain", .type = &type_bool,
	  .preset = "false" },

	{ IN_SERVER(mppe), .name = "mppe", .type = &type_word, .words = mppe_policies,
	  .preset = "required" },
	{ IN_SERVER(mppe_bits), .name = "mppe-bits", .type = &type_mask, .words = mppe_lengths,
	  .min = 1, .max = 3, .preset = "128", .unit = "bits" },
	{ IN_SERVER(mppe_modes), .name = "mppe-mode", .type = &type_mask_word,
	  .words = mppe_modes, .preset = "stateless" },

	{ &config_kind_server, .offset = offsetof(struct server_values, pool), .name = "pool",
	  .type = &type_string, .preset = "" },
	{ IN_SERVER(local_address), .name = "local-address", .type = &type_address },
	{ IN_SERVER(link), .name = "link", .type = &type_word, .words = links,
	  .preset = "session" },
	{ IN_SERVER(interface), .name = "interface", .type = &type_interface,
	  .preset = "pptp%d" },
	{ IN_SERVER(dns), .name = "dns", .type = &type_addresses, .max = PPP_DNS_MAX,
	  .preset = "" },
	{ IN_SERVER(nbns), .name = "nbns", .type = &type_addresses, .max = PPP_DNS_MAX,
	  .preset = "" },
	{ IN_SERVER(mtu), .name = "mtu", .type = &type_mtu, .min = 576, .max = 1500,
	  .preset = "auto", .unit = "octets" },
	{ IN_SERVER(mss_clamp), .name = "mss-clamp", .type = &type_bool, .preset = "true" },

	{ IN_SERVER(echo_interval_s), .name = "echo-interval", .type = &type_number,
	  .max = 86400, .preset = "60", .unit = "seconds" },
	{ IN_SERVER(echo_timeout_s), .name = "echo-timeout", .type = &type_number,
	  .min = 1, .max = 86400, .preset = "60", .unit = "seconds" },
	{ IN_SERVER(lcp_echo_interval_s), .name = "lcp-echo-interval", .type = &type_number,
	  .max = 86400, .preset = "30", .unit = "seconds" },
	{ IN_SERVER(lcp_echo_failure), .name = "lcp-echo-failure", .type = &type_number,
	  .min = 1, .max = 100, .preset = "4", .unit = "requests" },
	{ IN_SERVER(login_timeout_s), .name = "login-timeout", .type = &type_number,
	  .min = 1, .max = 3600, .preset = "60", .unit = "seconds" },
	{ IN_SERVER(idle_timeout_s), .name = "idle-timeout", .type = &type_number,
	  .max = 31536000, .preset = "0", .unit = "seconds" },
	{ IN_SERVER(session_timeout_s), .name = "session-timeout", .type = &type_number,
	  .max = 31536000, .preset = "0", .unit = "seconds" },

	{ IN_SERVER(max_sessions), .name = "max-sessions", .type = &type_number,
	  .max = 1000000, .preset = "0", .unit = "sessions" },
	{ IN_SERVER(max_sessions_per_user), .name = "max-sessions-per-user",
	  .type = &type_number, .max = 1000000, .preset = "0", .unit = "sessions" },
	{ IN_SERVER(max_connections), .name = "max-connections", .type = &type_number,
	  .max = 1000000, .preset = "0", .unit = "connections" },
	{ IN_SERVER(max_connections_per_address), .name = "max-connections-per-address",
	  .type = &type_number, .max = 1000000, .preset = "64", .unit = "connections" },
	{ IN_SERVER(max_calls_per_connection), .name = "max-calls-per-connection",
	  .type = &type_number, .min = 1, .max = 65535, .preset = "16", .unit = "calls" },

	{ &config_kind_user, .offset = offsetof(struct config_user, routes), .name = "routes",
	  .type = &type_prefixes, .min = 1, .max = 1000 },

	{ IN_CLIENT(server), .name = "server", .type = &type_string, .min = 1, .max = 253 },
	{ IN_CLIENT(port), .name = "port", .type = &type_port, .min = 1, .max = 65535,
	  .preset = "1723" },
	{ IN_CLIENT(host_name), .name = "host-name", .type = &type_string, .max = 63,
	  .preset = "culvert" },
	{ IN_CLIENT(user), .name = "user", .type = &type_string, .max = PPP_NAME_MAX,
	  .preset = "" },
	{ IN_CLIENT(secret_path), .name = "secret-file", .type = &type_optional_path,
	  .preset = "" },
	{ IN_CLIENT(auth), .name = "auth", .type = &type_mask, .words = agreeable_methods,
	  .min = 1, .max = PPP_AUTH_METHODS, .preset = "mschap-v2" },
	{ IN_CLIENT(eap), .name = "eap", .type = &type_methods, .words = eap_methods,
	  .min = 1, .max = PPP_AUTH_METHODS, .preset = "mschap-v2" },
	{ IN_CLIENT(mppe), .name = "mppe", .type = &type_word, .words = mppe_policies,
	  .preset = "required" },
	{ IN_CLIENT(mppe_bits), .name = "mppe-bits", .type = &type_mask, .words = mppe_lengths,
	  .min = 1, .max = 3, .preset = "128", .unit = "bits" },
	{ IN_CLIENT(mppe_modes), .name = "mppe-mode", .type = &type_mask_word,
	  .words = mppe_modes, .preset = "stateless" },
	{ IN_CLIENT(local_address), .name = "local-address", .type = &type_address,
	  .preset = "0.0.0.0" },
	{ IN_CLIENT(interface), .name = "interface", .type = &type_optional_interface,
	  .preset = "" },
	{ IN_CLIENT(mtu), .name = "mtu", .type = &type_mtu, .min = 576, .max = 1500,
	  .preset = "auto", .unit = "octets" },
	{ IN_CLIENT(mru), .name = "mru", .type = &type_mtu, .min = 576, .max = 1500,
	  .preset = "auto", .unit = "octets" },
	{ IN_CLIENT(mss_clamp), .name = "mss-clamp", .type = &type_bool, .preset = "true" },
	{ IN_CLIENT(vrf), .name = "vrf", .type = &type_optional_interface, .preset = "" },
	{ IN_CLIENT(masquerade), .name = "masquerade", .type = &type_bool, .preset = "false" },
	{ IN_CLIENT(resolver), .name = "resolver", .type = &type_word, .words = resolvers,
	  .preset = "off" },
	{ IN_CLIENT(routes), .name = "routes", .type = &type_prefixes, .max = 1000,
	  .preset = "" },
	{ IN_CLIENT(default_route), .name = "default-route", .type = &type_bool,
	  .preset = "false" },
	{ IN_CLIENT(metric), .name = "metric", .type = &type_number, .max = INT32_MAX,
	  .preset = "0" },
	{ IN_CLIENT(connect), .name = "connect", .type = &type_word, .words = connects,
	  .preset = "start" },
	{ IN_CLIENT(reconnect), .name = "reconnect", .type = &type_bool, .preset = "true" },
	{ IN_CLIENT(reconnect_min_s), .name = "reconnect-min", .type = &type_number,
	  .min = 1, .max = 86400, .preset = "2", .unit = "seconds" },
	{ IN_CLIENT(reconnect_max_s), .name = "reconnect-max", .type = &type_number,
	  .min = 1, .max = 86400, .preset = "300", .unit = "seconds" },
	{ IN_CLIENT(login_timeout_s), .name = "login-timeout", .type = &type_number,
	  .min = 1, .max = 3600, .preset = "60", .unit = "seconds" },
	{ IN_CLIENT(idle_timeout_s), .name = "idle-timeout", .type = &type_number,
	  .max = 31536000, .preset = "0", .unit = "seconds" },
	{ IN_CLIENT(echo_interval_s), .name = "echo-interval", .type = &type_number,
	  .max = 86400, .preset = "60", .unit = "seconds" },
	{ IN_CLIENT(echo_timeout_s), .name = "echo-timeout", .type = &type_number,
	  .min = 1, .max = 86400, .preset = "60", .unit = "seconds" },
	{ IN_CLIENT(lcp_echo_interval_s), .name = "lcp-echo-interval", .type = &type_number,
	  .max = 86400, .preset = "30", .unit = "seconds" },
	{ IN_CLIENT(lcp_echo_failure), .name = "lcp-echo-failure", .type = &type_number,
	  .min = 1, .max = 100, .preset = "4", .unit = "requests" },
	{ 0 },
};

_Static_assert(sizeof(config_options) / sizeof(config_options[0]) <= CONFIG_MAX_OPTIONS,
	       "struct section keeps a line for each option");

static bool preset_option(const struct config_option *option, void *field)
{
	char want[128], *copy, *rest, *element;
	bool ok = true;

	if (!option->type->list)
		return option->type->set(option, field, option->preset, want, sizeof(want));
	copy = strdup(option->preset);
	if (!copy)
		return false;
	rest = copy;
	while (ok && (element = strsep(&rest, " ")))
		if (*element)
			ok = option->type->set(option, field, element, want, sizeof(want));
	free(copy);
	return ok;
}

bool config_preset(const struct config_kind *kind, void *values)
{
	for (const struct config_option *o = config_options; o->name; o++)
		if (o->kind == kind && o->preset && !preset_option(o, (char *)values + o->offset))
			return false;
	return true;
}

void config_clear(const struct config_kind *kind, void *values)
{
	for (const struct config_option *o = config_options; o->name; o++)
		if (o->kind == kind && o->type->clear)
			o->type->clear((char *)values + o->offset);
}

bool config_option_info(size_t i, struct config_option_info *info)
{
	const struct config_option *o;

	if (i >= sizeof(config_options) / sizeof(config_options[0]) - 1)
		return false;
	o = &config_options[i];
	*info = (struct config_option_info){
		.section = o->kind->name, .name = o->name, .type = o->type->name,
		.preset = o->preset, .unit = o->unit ? o->unit : "",
	};
	return true;
}
