// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of ip(8) for links of kind "pptp": ip loads link_KIND.so from its library directory for
 * a kind that is not built in.
 *
 *	ip link add NAME type pptp [ mode { session | shared } ] [ reverse-path { on | off } ]
 *				   [ mss-clamp { on | off } ] [ tos { TOS | inherit } ]
 *				   [ ttl { TTL | auto } ] [ df { set | clear } ] [ mark MARK ]
 *				   [ ecn { on | off } ]
 *	ip link set NAME type pptp ...	any of these but the mode
 *	ip -d link show
 */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/pptp.h>
#include <linux/rtnetlink.h>

/*
 * Declarations that ip(8) and its plugins share (iproute2: ip/ip_common.h, include/utils.h,
 * json_print.h and libnetlink.h); no package has these headers.
 */
struct link_util {
	struct link_util *next;
	const char *id;
	int maxattr;
	int (*parse_opt)(struct link_util *util, int argc, char **argv, struct nlmsghdr *nlh);
	void (*print_opt)(struct link_util *util, FILE *f, struct rtattr *tb[]);
	void (*print_xstats)(struct link_util *util, FILE *f, struct rtattr *stats);
	void (*print_help)(struct link_util *util, int argc, char **argv, FILE *f);
	int (*parse_ifla_xstats)(struct link_util *util, int argc, char **argv);
	int (*print_ifla_xstats)(struct nlmsghdr *nlh, void *arg);
};

enum output_type {
	PRINT_FP = 1,
	PRINT_JSON = 2,
	PRINT_ANY = 4,
};

enum color_attr {
	COLOR_NONE = 6,
};

int addattr8(struct nlmsghdr *nlh, int max, int type, uint8_t data);
int addattr32(struct nlmsghdr *nlh, int max, int type, uint32_t data);
void missarg(const char *what) __attribute__((noreturn));
void invarg(const char *why, const char *arg) __attribute__((noreturn));
int print_color_string(enum output_type type, enum color_attr color, const char *key,
		       const char *format, const char *value);
int print_color_uint(enum output_type type, enum color_attr color, const char *key,
		     const char *format, unsigned int value);
int print_color_on_off(enum output_type type, enum color_attr color, const char *key,
		       const char *format, bool value);

extern struct link_util pptp_link_util;

#define REQUEST_MAX	1024	/* octets of the whole request */

static const char * const modes[] = {
	[PPTP_LINK_MODE_SESSION] = "session",
	[PPTP_LINK_MODE_SHARED] = "shared",
};

#define N_MODES		(sizeof(modes) / sizeof(modes[0]))

static uint32_t mode_of(const char *text)
{
	uint32_t mode;

	for (mode = 0; mode < N_MODES; mode++)
		if (!strcmp(text, modes[mode]))
			return mode;
	invarg("expected session or shared", text);
}

static uint8_t on_off(const char *text)
{
	if (!strcmp(text, "on"))
		return 1;
	if (!strcmp(text, "off"))
		return 0;
	invarg("expected on or off", text);
}

static uint32_t number_of(const char *text, unsigned long min, unsigned long max)
{
	unsigned long value;
	char *end;

	/* strtoul() takes blanks and a sign, and makes large numbers of negative ones. */
	errno = 0;
	value = strtoul(text, &end, 0);
	if (!isdigit((unsigned char)*text) || *end || errno || value < min || value > max)
		invarg("not a number in the range", text);
	return value;
}

static uint8_t tos_of(const char *text)
{
	uint32_t tos;

	if (!strcmp(text, "inherit"))
		return PPTP_TOS_INHERIT;
	tos = number_of(text, 0, UINT8_MAX);
	if (tos & 3)
		invarg("the last two bits belong to ECN", text);
	return tos;
}

static uint8_t df_of(const char *text)
{
	if (!strcmp(text, "set"))
		return PPTP_DF_SET;
	if (!strcmp(text, "clear"))
		return PPTP_DF_CLEAR;
	invarg("expected set or clear", text);
}

static void explain(struct link_util *util, int argc, char **argv, FILE *f)
{
	fputs("Usage: ... pptp	[ mode { session | shared } ]\n"
	      "		[ reverse-path { on | off } ]\n"
	      "		[ mss-clamp { on | off } ]\n"
	      "		[ tos { TOS | inherit } ]\n"
	      "		[ ttl { TTL | auto } ]\n"
	      "		[ df { set | clear } ]\n"
	      "		[ mark MARK ]\n"
	      "		[ ecn { on | off } ]\n"
	      "\n"
	      "Where:	TOS := a number, of which the last two bits are 0\n"
	      "	TTL := { 1..255 }\n", f);
}

/* Add the setting @name of the outer IP header.  Returns false if it is none of these. */
static bool parse_outer(struct nlmsghdr *nlh, const char *name, const char *value)
{
	if (!strcmp(name, "tos"))
		addattr8(nlh, REQUEST_MAX, IFLA_PPTP_TOS, tos_of(value));
	else if (!strcmp(name, "ttl"))
		addattr8(nlh, REQUEST_MAX, IFLA_PPTP_TTL,
			 strcmp(value, "auto") ? number_of(value, 1, UINT8_MAX) : 0);
	else if (!strcmp(name, "df"))
		addattr8(nlh, REQUEST_MAX, IFLA_PPTP_DF, df_of(value));
	else if (!strcmp(name, "mark"))
		addattr32(nlh, REQUEST_MAX, IFLA_PPTP_MARK, number_of(value, 0, UINT32_MAX));
	else if (!strcmp(name, "ecn"))
		addattr8(nlh, REQUEST_MAX, IFLA_PPTP_ECN, on_off(value));
	else
		return false;
	return true;
}

static int parse(struct link_util *util, int argc, char **argv, struct nlmsghdr *nlh)
{
	for (; argc > 0; argc -= 2, argv += 2) {
		if (!strcmp(argv[0], "help")) {
			explain(util, argc, argv, stderr);
			return -1;
		}
		if (argc < 2)
			missarg(argv[0]);
		if (!strcmp(argv[0], "mode")) {
			addattr32(nlh, REQUEST_MAX, IFLA_PPTP_MODE, mode_of(argv[1]));
		} else if (!strcmp(argv[0], "reverse-path")) {
			addattr8(nlh, REQUEST_MAX, IFLA_PPTP_REVERSE_PATH, on_off(argv[1]));
		} else if (!strcmp(argv[0], "mss-clamp")) {
			addattr8(nlh, REQUEST_MAX, IFLA_PPTP_MSS_CLAMP, on_off(argv[1]));
		} else if (!parse_outer(nlh, argv[0], argv[1])) {
			fprintf(stderr, "pptp: unknown command \"%s\"?\n", argv[0]);
			explain(util, argc, argv, stderr);
			return -1;
		}
	}
	return 0;
}

static uint32_t u32_of(const struct rtattr *attr)
{
	uint32_t value;

	memcpy(&value, RTA_DATA(attr), sizeof(value));
	return value;
}

static bool has(struct rtattr *tb[], int type, size_t size)
{
	return tb[type] && RTA_PAYLOAD(tb[type]) >= size;
}

static void print_switch(struct rtattr *tb[], int type, const char *key, const char *format)
{
	if (has(tb, type, sizeof(uint8_t)))
		print_color_on_off(PRINT_ANY, COLOR_NONE, key, format,
				   *(const uint8_t *)RTA_DATA(tb[type]));
}

static uint8_t u8_of(const struct rtattr *attr)
{
	return *(const uint8_t *)RTA_DATA(attr);
}

/* What packets to the peer have in their IP header, where it is not what all have. */
static void print_outer(struct rtattr *tb[])
{
	if (has(tb, IFLA_PPTP_TOS, sizeof(uint8_t)) && u8_of(tb[IFLA_PPTP_TOS]) != PPTP_TOS_INHERIT)
		print_color_uint(PRINT_ANY, COLOR_NONE, "tos", "tos 0x%02x ",
				 u8_of(tb[IFLA_PPTP_TOS]));
	if (has(tb, IFLA_PPTP_TTL, sizeof(uint8_t)) && u8_of(tb[IFLA_PPTP_TTL]))
		print_color_uint(PRINT_ANY, COLOR_NONE, "ttl", "ttl %u ",
				 u8_of(tb[IFLA_PPTP_TTL]));
	if (has(tb, IFLA_PPTP_DF, sizeof(uint8_t)) && u8_of(tb[IFLA_PPTP_DF]) == PPTP_DF_CLEAR)
		print_color_string(PRINT_ANY, COLOR_NONE, "df", "df %s ", "clear");
	if (has(tb, IFLA_PPTP_MARK, sizeof(uint32_t)) && u32_of(tb[IFLA_PPTP_MARK]))
		print_color_uint(PRINT_ANY, COLOR_NONE, "mark", "mark %u ",
				 u32_of(tb[IFLA_PPTP_MARK]));
	if (has(tb, IFLA_PPTP_ECN, sizeof(uint8_t)) && u8_of(tb[IFLA_PPTP_ECN]))
		print_color_on_off(PRINT_ANY, COLOR_NONE, "ecn", "ecn %s ", true);
}

static void print(struct link_util *util, FILE *f, struct rtattr *tb[])
{
	uint32_t mode;

	if (!tb)
		return;
	if (has(tb, IFLA_PPTP_MODE, sizeof(mode))) {
		mode = u32_of(tb[IFLA_PPTP_MODE]);
		print_color_string(PRINT_ANY, COLOR_NONE, "mode", "mode %s ",
				   mode < N_MODES ? modes[mode] : "unknown");
	}
	print_switch(tb, IFLA_PPTP_REVERSE_PATH, "reverse_path", "reverse-path %s ");
	print_switch(tb, IFLA_PPTP_MSS_CLAMP, "mss_clamp", "mss-clamp %s ");
	print_outer(tb);
	if (has(tb, IFLA_PPTP_SESSIONS, sizeof(uint32_t)))
		print_color_uint(PRINT_ANY, COLOR_NONE, "sessions", "sessions %u ",
				 u32_of(tb[IFLA_PPTP_SESSIONS]));
}

struct link_util pptp_link_util = {
	.id = "pptp",
	.maxattr = IFLA_PPTP_MAX,
	.parse_opt = parse,
	.print_opt = print,
	.print_help = explain,
};
