// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "config/types.h"
#include "util/ifname.h"
#include "util/nft_name.h"
#include "util/text.h"

#define OUT_OF_MEMORY "there is no memory for it"

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
	if (text_has_control(text)) {
		snprintf(want, size, "expected text without control characters; a backslash is "
				     "written \\\\ in double quotes");
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

static bool set_path(const struct config_option *option, void *field, const char *text, char *want,
		     size_t size)
{
	if (*text != '/') {
		snprintf(want, size, "expected a path that begins with /");
		return false;
	}
	return set_string(option, field, text, want, size);
}

/*
 * Takes what the kernel accepts as a name, with at most one %d for a number that the kernel
 * chooses.
 */
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

/* Takes a path, or "" for none. */
static bool set_optional_path(const struct config_option *option, void *field, const char *text,
			      char *want, size_t size)
{
	return *text ? set_path(option, field, text, want, size) :
		       set_string(option, field, text, want, size);
}

/* Takes the name of one interface, or "" for none. */
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

static bool set_interface_pattern(const struct config_option *option, void *field, const char *text,
				  char *want, size_t size)
{
	const char *flaw = ifname_pattern_flaw(text);

	if (flaw) {
		snprintf(want, size, "%s", flaw);
		return false;
	}
	return set_string(option, field, text, want, size);
}

static bool set_nft_sets(const struct config_option *option, void *field, const char *text,
			 char *want, size_t size)
{
	struct nft_name names[NFT_NAMES_MAX];

	if (nft_names_parse(text, names) < 0) {
		snprintf(want, size, "expected at most %d sets of nftables like \"inet filter "
			 "guests\", separated by commas; inet may be left out, and ip, bridge or "
			 "netdev stand for it", NFT_NAMES_MAX);
		return false;
	}
	return set_string(option, field, text, want, size);
}

static void clear_string(void *field)
{
	char **string = field;

	free(*string);
	*string = NULL;
}

static bool read_number(const struct config_option *option, const char *text, unsigned int *number,
			char *want, size_t size)
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

static bool set_port(const struct config_option *option, void *field, const char *text, char *want,
		     size_t size)
{
	uint16_t *port = field;
	unsigned int n;

	if (!read_number(option, text, &n, want, size))
		return false;
	*port = (uint16_t)n;
	return true;
}

static bool set_mtu(const struct config_option *option, void *field, const char *text, char *want,
		    size_t size)
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

static bool set_bool(const struct config_option *option, void *field, const char *text, char *want,
		     size_t size)
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

/* Returns true if there is no word @w, or none but second names, which stand at the end. */
static bool is_end(const struct config_word *words, const struct config_word *w)
{
	for (const struct config_word *other = words; w->text && other != w; other++)
		if (other->value == w->value)
			return true;
	return !w->text;
}

static const struct config_word *find_word(const struct config_word *words, const char *text,
					   char *want, size_t size)
{
	size_t done;

	for (const struct config_word *w = words; w->text; w++)
		if (!strcmp(w->text, text))
			return w;
	done = (size_t)snprintf(want, size, "expected ");
	for (const struct config_word *w = words; !is_end(words, w) && done < size; w++)
		done += (size_t)snprintf(want + done, size - done, "%s%s", w->text,
					 is_end(words, w + 1) ? "" :
					 is_end(words, w + 2) ? " or " : ", ");
	return NULL;
}

static bool set_word(const struct config_option *option, void *field, const char *text, char *want,
		     size_t size)
{
	const struct config_word *word = find_word(option->words, text, want, size);
	unsigned int *value = field;

	if (!word)
		return false;
	*value = word->value;
	return true;
}

/* Read a hexadecimal number, which begins with 0x. Returns false if @text is none. */
static bool read_hex(const struct config_option *option, const char *text, uint32_t *number)
{
	const char *digits = text + 2;
	const size_t n = strncmp(text, "0x", 2) ? 0 : strspn(digits, "0123456789abcdefABCDEF");
	unsigned long value;

	if (!n || n > 8 || digits[n])
		return false;
	value = strtoul(digits, NULL, 16);
	*number = (uint32_t)value;
	return value >= option->min && value <= option->max;
}

/*
 * Takes the name of a DSCP, or the TOS octet in hexadecimal. Decimal numbers are refused, since 8
 * could be meant as the DSCP that makes the octet 0x20.
 */
static bool set_tos(const struct config_option *option, void *field, const char *text, char *want,
		    size_t size)
{
	const struct config_word *word = find_word(option->words, text, want, size);
	uint8_t *tos = field;
	uint32_t n;

	if (word) {
		*tos = (uint8_t)word->value;
		return true;
	}
	if (read_hex(option, text, &n) && !(n & 3)) {
		*tos = (uint8_t)n;
		return true;
	}
	snprintf(want, size, "expected inherit, a DSCP like af11 or ef, or a TOS octet from 0x00 to "
			     "0x%02lx whose last two bits are 0", option->max);
	return false;
}

static bool set_ttl(const struct config_option *option, void *field, const char *text, char *want,
		    size_t size)
{
	unsigned int n = 0;
	uint8_t *ttl = field;

	if (strcmp(text, "auto") && !read_number(option, text, &n, want, size)) {
		snprintf(want, size, "expected auto or a number from %lu to %lu", option->min,
			 option->max);
		return false;
	}
	*ttl = (uint8_t)n;
	return true;
}

static bool set_mark(const struct config_option *option, void *field, const char *text, char *want,
		     size_t size)
{
	uint32_t *mark = field;

	if (read_hex(option, text, mark) || read_number(option, text, mark, want, size))
		return true;
	snprintf(want, size, "expected a number from %lu to %lu or 0x%lx", option->min, option->max,
		 option->max);
	return false;
}

/* Takes a handle of tc(8), which is two hexadecimal numbers, too. */
static bool set_priority(const struct config_option *option, void *field, const char *text,
			 char *want, size_t size)
{
	static const char digits[] = "0123456789abcdefABCDEF";
	const size_t major = strspn(text, digits);
	uint32_t *priority = field;
	size_t minor;

	if (text[major] != ':')
		return set_mark(option, field, text, want, size);
	minor = strspn(text + major + 1, digits);
	if (!major || major > 4 || !minor || minor > 4 || text[major + 1 + minor]) {
		snprintf(want, size, "expected a class like 1:10, or a number");
		return false;
	}
	*priority = (uint32_t)(strtoul(text, NULL, 16) << 16 | strtoul(text + major + 1, NULL, 16));
	return true;
}

/* Read a number with k, M or G behind it, for thousands. Returns false if @text is none. */
static bool read_scaled(const char *text, uint64_t max, uint64_t *number)
{
	static const char units[] = "kMG";
	const char *unit;
	uint64_t scale = 1;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*number = strtoull(text, &end, 10);
	unit = *end ? strchr(units, *end) : NULL;
	for (const char *u = units; unit && u <= unit; u++)
		scale *= 1000;
	if (errno || (unit ? end[1] : *end) || *number > max / scale)
		return false;
	*number *= scale;
	return true;
}

static bool set_rate(const struct config_option *option, void *field, const char *text, char *want,
		     size_t size)
{
	uint64_t *rate = field;

	if (read_scaled(text, POLICY_RATE_MAX, rate) && (!*rate || *rate >= POLICY_RATE_MIN))
		return true;
	snprintf(want, size, "expected bits per second like 512k, 10M or 1G, from 8k to 1000G; or 0");
	return false;
}

static bool set_burst(const struct config_option *option, void *field, const char *text, char *want,
		      size_t size)
{
	uint32_t *burst = field;
	uint64_t n = 0;

	if (strcmp(text, "auto") && (!read_scaled(text, POLICY_BURST_MAX, &n) || !n)) {
		snprintf(want, size, "expected auto, or octets like 64k or 2M, up to %u",
			 POLICY_BURST_MAX);
		return false;
	}
	*burst = (uint32_t)n;
	return true;
}

/* Returns true if @text has a digit for each d of @pattern, and is equal else. */
static bool is_like(const char *text, const char *pattern)
{
	for (; *pattern; pattern++, text++)
		if (*pattern == 'd' ? *text < '0' || *text > '9' : *text != *pattern)
			return false;
	return !*text;
}

/* Read a local time. Returns false if there is none such. */
static bool read_time(const char *text, uint64_t *time_s)
{
	static const struct {
		const char *pattern, *format;
	} forms[] = {
		{ "dddd-dd-dd", "%Y-%m-%d" },
		{ "dddd-dd-dd dd:dd", "%Y-%m-%d %H:%M" },
		{ "dddd-dd-dd dd:dd:dd", "%Y-%m-%d %H:%M:%S" },
		{ "dddd-dd-ddTdd:dd", "%Y-%m-%dT%H:%M" },
		{ "dddd-dd-ddTdd:dd:dd", "%Y-%m-%dT%H:%M:%S" },
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		struct tm tm = { .tm_isdst = -1 }, day;
		time_t at;

		if (!is_like(text, forms[i].pattern) || !strptime(text, forms[i].format, &tm))
			continue;
		tm.tm_isdst = -1;
		day = tm;
		at = mktime(&tm);
		*time_s = (uint64_t)at;
		/* mktime() makes March 2 of February 30. */
		return at > 0 && day.tm_mday == tm.tm_mday && day.tm_mon == tm.tm_mon;
	}
	return false;
}

static bool set_time(const struct config_option *option, void *field, const char *text, char *want,
		     size_t size)
{
	uint64_t *time_s = field;

	if (!strcmp(text, "never")) {
		*time_s = 0;
		return true;
	}
	if (read_time(text, time_s))
		return true;
	snprintf(want, size, "expected a day like 2027-01-31, a time like 2027-01-31 18:00, or never");
	return false;
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
	/*
	 * The array is longer than the number of methods, so the last element stays PPP_AUTH_NONE.
	 */
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
	struct ip_addr *address = field;

	if (!ip_parse_v4(text, address)) {
		snprintf(want, size, "expected an address like 10.0.0.1");
		return false;
	}
	return true;
}

static bool set_any_address(const struct config_option *option, void *field, const char *text,
			    char *want, size_t size)
{
	struct ip_addr *address = field;

	if (!ip_parse(text, address)) {
		snprintf(want, size, "expected an address like 10.0.0.1 or 2001:db8::1");
		return false;
	}
	return true;
}

/*
 * Returns @list with room for one more element. @list has @n elements of @size octets, and its room
 * is doubled when it is full. Returns NULL if there is no memory; @list stays valid.
 */
static void *grow(void *list, size_t n, size_t size, char *want, size_t want_size)
{
	void *grown = list;

	/* The array is full when its length is a power of two. */
	if (!(n & (n - 1)))
		grown = reallocarray(list, n ? 2 * n : 1, size);
	if (!grown)
		snprintf(want, want_size, OUT_OF_MEMORY);
	return grown;
}

static bool append_address(struct config_addresses *list, struct ip_addr address, char *want,
			   size_t size)
{
	struct ip_addr *grown;

	for (size_t i = 0; i < list->n; i++) {
		if (ip_equal(list->list[i], address)) {
			snprintf(want, size, "it is there twice");
			return false;
		}
	}
	grown = grow(list->list, list->n, sizeof(*grown), want, size);
	if (!grown)
		return false;
	grown[list->n++] = address;
	list->list = grown;
	return true;
}

static bool add_address(const struct config_option *option, void *field, const char *text,
			char *want, size_t size)
{
	struct ip_addr address;

	return set_address(option, &address, text, want, size) &&
	       append_address(field, address, want, size);
}

static bool add_any_address(const struct config_option *option, void *field, const char *text,
			    char *want, size_t size)
{
	struct ip_addr address;

	return set_any_address(option, &address, text, want, size) &&
	       append_address(field, address, want, size);
}

static void clear_addresses(void *field)
{
	struct config_addresses *list = field;

	free(list->list);
	*list = (struct config_addresses){ 0 };
}

static bool add_range(const struct config_option *option, void *field, const char *text, char *want,
		      size_t size)
{
	struct config_ranges *list = field;
	struct ipv4_range range, *grown;
	const char *wrong = ipv4_parse_range(text, &range);

	if (wrong) {
		snprintf(want, size, "it %s", wrong);
		return false;
	}
	grown = grow(list->list, list->n, sizeof(*grown), want, size);
	if (!grown)
		return false;
	grown[list->n++] = range;
	list->list = grown;
	return true;
}

static void clear_ranges(void *field)
{
	struct config_ranges *list = field;

	free(list->list);
	*list = (struct config_ranges){ 0 };
}

static bool add_prefix(const struct config_option *option, void *field, const char *text,
		       char *want, size_t size)
{
	struct config_prefixes *list = field;
	struct ip_prefix prefix, *grown;
	struct ip_addr network;

	if (!ip_parse_prefix_v4(text, &prefix)) {
		snprintf(want, size, "expected a network like 192.168.5.0/24");
		return false;
	}
	network = ip_network(prefix.address, prefix.length);
	if (!ip_equal(prefix.address, network)) {
		snprintf(want, size, "expected %s/%u", ip_text(network), prefix.length);
		return false;
	}
	for (size_t i = 0; i < list->n; i++) {
		if (ip_prefix_equal(&list->list[i], &prefix)) {
			snprintf(want, size, "it is there twice");
			return false;
		}
	}
	grown = grow(list->list, list->n, sizeof(*grown), want, size);
	if (!grown)
		return false;
	grown[list->n++] = prefix;
	list->list = grown;
	return true;
}

static void clear_prefixes(void *field)
{
	struct config_prefixes *list = field;

	free(list->list);
	*list = (struct config_prefixes){ 0 };
}

static bool add_name(const struct config_option *option, void *field, const char *text, char *want,
		     size_t size)
{
	static const struct config_option any_text = { .min = 1 };
	struct config_names *list = field;
	char **grown, *name = NULL;

	for (size_t i = 0; i < list->n; i++) {
		if (!strcmp(list->list[i], text)) {
			snprintf(want, size, "it is there twice");
			return false;
		}
	}
	if (!set_string(&any_text, &name, text, want, size))
		return false;
	grown = grow(list->list, list->n, sizeof(*grown), want, size);
	if (!grown) {
		free(name);
		return false;
	}
	grown[list->n++] = name;
	list->list = grown;
	return true;
}

static void clear_names(void *field)
{
	struct config_names *list = field;

	for (size_t i = 0; i < list->n; i++)
		free(list->list[i]);
	free(list->list);
	*list = (struct config_names){ 0 };
}

static bool same_names(const void *a, const void *b)
{
	const struct config_names *x = a, *y = b;

	for (size_t i = 0; i < x->n && i < y->n; i++)
		if (strcmp(x->list[i], y->list[i]))
			return false;
	return x->n == y->n;
}

static bool same_string(const void *a, const void *b)
{
	return !strcmp(*(char * const *)a, *(char * const *)b);
}

static bool same_address(const void *a, const void *b)
{
	const struct ip_addr *x = a, *y = b;

	return ip_equal(*x, *y);
}

static bool same_addresses(const void *a, const void *b)
{
	const struct config_addresses *x = a, *y = b;

	for (size_t i = 0; i < x->n && i < y->n; i++)
		if (!ip_equal(x->list[i], y->list[i]))
			return false;
	return x->n == y->n;
}

static bool same_ranges(const void *a, const void *b)
{
	const struct config_ranges *x = a, *y = b;

	return x->n == y->n && (!x->n || !memcmp(x->list, y->list, x->n * sizeof(*x->list)));
}

static bool same_prefixes(const void *a, const void *b)
{
	const struct config_prefixes *x = a, *y = b;

	for (size_t i = 0; i < x->n && i < y->n; i++)
		if (!ip_prefix_equal(&x->list[i], &y->list[i]))
			return false;
	return x->n == y->n;
}

const struct config_type config_type_string = {
	"text", .set = set_string, .clear = clear_string, .same = same_string,
};
const struct config_type config_type_path = {
	"path", .set = set_path, .clear = clear_string, .same = same_string,
};
const struct config_type config_type_interface = {
	"interface", .set = set_interface, .clear = clear_string, .same = same_string,
};
const struct config_type config_type_optional_path = {
	"path", .set = set_optional_path, .clear = clear_string, .same = same_string,
};
const struct config_type config_type_optional_interface = {
	"interface", .set = set_optional_interface, .clear = clear_string, .same = same_string,
};
const struct config_type config_type_interface_pattern = {
	"pattern", .set = set_interface_pattern, .clear = clear_string, .same = same_string,
};
const struct config_type config_type_nft_sets = {
	"sets", .set = set_nft_sets, .clear = clear_string, .same = same_string,
};
const struct config_type config_type_number = {
	"number", .set = set_number, .size = sizeof(unsigned int),
};
const struct config_type config_type_port = {
	"number", .set = set_port, .size = sizeof(uint16_t),
};
const struct config_type config_type_mtu = {
	"number or auto", .set = set_mtu, .size = sizeof(unsigned int),
};
const struct config_type config_type_bool = {
	"true or false", .set = set_bool, .size = sizeof(bool),
};
const struct config_type config_type_word = {
	"word", .set = set_word, .size = sizeof(unsigned int),
};
const struct config_type config_type_tos = {
	"TOS", .set = set_tos, .size = sizeof(uint8_t),
};
const struct config_type config_type_ttl = {
	"number or auto", .set = set_ttl, .size = sizeof(uint8_t),
};
const struct config_type config_type_priority = {
	"number or class", .set = set_priority, .size = sizeof(uint32_t),
};

const struct config_type config_type_rate = {
	"rate", .set = set_rate, .size = sizeof(uint64_t),
};

const struct config_type config_type_time = {
	"time", .set = set_time, .size = sizeof(uint64_t),
};

const struct config_type config_type_burst = {
	"number of octets", .set = set_burst, .size = sizeof(uint32_t),
};

const struct config_type config_type_mark = {
	"number", .set = set_mark, .size = sizeof(uint32_t),
};
const struct config_type config_type_mask_word = {
	"word", .set = set_mask_word, .size = sizeof(uint8_t),
};
const struct config_type config_type_mask = {
	"list of words", .list = true, .set = add_mask_word, .clear = clear_mask,
	.size = sizeof(uint8_t),
};
const struct config_type config_type_methods = {
	"list of words", .list = true, .set = add_method, .clear = clear_methods,
	.size = PPP_AUTH_METHODS,
};
const struct config_type config_type_address = {
	"address", .set = set_address, .same = same_address,
};
const struct config_type config_type_any_address = {
	"address", .set = set_any_address, .same = same_address,
};
const struct config_type config_type_addresses = {
	"list of addresses", .list = true, .set = add_address, .clear = clear_addresses,
	.same = same_addresses,
};
const struct config_type config_type_any_addresses = {
	"list of addresses", .list = true, .set = add_any_address, .clear = clear_addresses,
	.same = same_addresses,
};
const struct config_type config_type_names = {
	"list of names", .list = true, .set = add_name, .clear = clear_names, .same = same_names,
};
const struct config_type config_type_ranges = {
	"list of ranges", .list = true, .set = add_range, .clear = clear_ranges,
	.same = same_ranges,
};
const struct config_type config_type_prefixes = {
	"list of networks", .list = true, .set = add_prefix, .clear = clear_prefixes,
	.same = same_prefixes,
};
