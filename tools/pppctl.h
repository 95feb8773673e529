/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of pppctl share. Each subcommand is one function, cmd_*(),
 * which the table in pppctl.c names; most have a file of their own.
 *
 * A subcommand is given the words after its name. It writes its result to
 * standard output and complaints to standard error, and returns an exit status.
 */
#ifndef PPPCTL_H
#define PPPCTL_H

#include <stdbool.h>

/* Exit statuses, documented in pppctl(8); keep them. */
enum {
	STATUS_OK	= 0,
	STATUS_FAILED	= 1,	/* the request was refused, or names something unknown */
	STATUS_USAGE	= 2,	/* the command line or the configuration is wrong */
	STATUS_ABSENT	= 3,	/* no answer: daemon not running, or module not loaded */
	STATUS_LEFT	= 4,	/* init: done, and something is left to do on this host */
};

#define DEFAULT_SOCKET "/run/culvert/control.sock"

struct options {
	const char *socket;
	bool json;
	bool pretty;		/* JSON over several lines */
	bool brief;
	bool statistics;
	bool colour;
	const char *write;	/* a file; NULL: none */
	bool dry_run;		/* only show what would be done */
	bool no_reconnect;	/* of monitor: it ends with the connection */
	bool wait;		/* of client add: until it is up, or has failed */
	const char *password_fd; /* of client add: where its password is read; NULL: not said */
	const char *columns;	/* as they stand behind -o; NULL: the usual ones */
};

int cmd_status(const struct options *options, int argc, char **argv);
int cmd_session_list(const struct options *options, int argc, char **argv);
int cmd_session_show(const struct options *options, int argc, char **argv);
int cmd_session_stats(const struct options *options, int argc, char **argv);
int cmd_session_set(const struct options *options, int argc, char **argv);
int cmd_session_capture(const struct options *options, int argc, char **argv);
int cmd_session_trace(const struct options *options, int argc, char **argv);
int cmd_session_kill(const struct options *options, int argc, char **argv);
int cmd_user_list(const struct options *options, int argc, char **argv);
int cmd_user_show(const struct options *options, int argc, char **argv);
int cmd_user_kill(const struct options *options, int argc, char **argv);
int cmd_client_list(const struct options *options, int argc, char **argv);
int cmd_client_show(const struct options *options, int argc, char **argv);
int cmd_client_up(const struct options *options, int argc, char **argv);
int cmd_client_down(const struct options *options, int argc, char **argv);
int cmd_client_add(const struct options *options, int argc, char **argv);
int cmd_client_remove(const struct options *options, int argc, char **argv);
int cmd_pool_list(const struct options *options, int argc, char **argv);
int cmd_database_list(const struct options *options, int argc, char **argv);
int cmd_radius_list(const struct options *options, int argc, char **argv);
int cmd_radius_show(const struct options *options, int argc, char **argv);
int cmd_ban_list(const struct options *options, int argc, char **argv);
int cmd_ban_add(const struct options *options, int argc, char **argv);
int cmd_ban_remove(const struct options *options, int argc, char **argv);
int cmd_accounting(const struct options *options, int argc, char **argv);
int cmd_log_list(const struct options *options, int argc, char **argv);
int cmd_log_set(const struct options *options, int argc, char **argv);
int cmd_log_unset(const struct options *options, int argc, char **argv);
int cmd_monitor(const struct options *options, int argc, char **argv);
int cmd_top(const struct options *options, int argc, char **argv);
int cmd_diagnose(const struct options *options, int argc, char **argv);
int cmd_drain(const struct options *options, int argc, char **argv);
int cmd_undrain(const struct options *options, int argc, char **argv);
int cmd_reload(const struct options *options, int argc, char **argv);
int cmd_init(const struct options *options, int argc, char **argv);
int cmd_hash(const struct options *options, int argc, char **argv);
int cmd_token(const struct options *options, int argc, char **argv);
int cmd_import(const struct options *options, int argc, char **argv);
int cmd_config_check(const struct options *options, int argc, char **argv);
int cmd_config_show(const struct options *options, int argc, char **argv);
int cmd_config_diff(const struct options *options, int argc, char **argv);
int cmd_config_dump_defaults(const struct options *options, int argc, char **argv);
int cmd_kernel_status(const struct options *options, int argc, char **argv);
int cmd_kernel_session_list(const struct options *options, int argc, char **argv);
int cmd_kernel_session_show(const struct options *options, int argc, char **argv);
int cmd_kernel_session_monitor(const struct options *options, int argc, char **argv);

/* Print "pppctl: " and the formatted text to standard error, fit for a terminal. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Whether complaints are only kept for last_complaint(), and not printed: the screen is in use. */
void complain_silently(bool silent);

/* Returns what was complained of last, without "pppctl: "; "" if nothing was. */
const char *last_complaint(void);

/* Complain of the command line, and point to --help. Returns STATUS_USAGE. */
int misused(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
