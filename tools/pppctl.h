/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pppctl: what its files share. One file a subcommand, each with one function
 * that is named in the table of pppctl.c.
 *
 * A subcommand gets the words behind its name, writes its result to standard
 * output and its complaints to standard error, and returns an exit status.
 */
#ifndef PPPCTL_H
#define PPPCTL_H

#include <stdbool.h>

/* Exit statuses, documented in pppctl(8); keep them. */
enum {
	STATUS_OK	= 0,
	STATUS_FAILED	= 1,	/* refused, or no such thing */
	STATUS_USAGE	= 2,	/* command line or configuration wrong */
	STATUS_ABSENT	= 3,	/* nobody answers: daemon not running, module not loaded */
};

#define DEFAULT_SOCKET "/run/culvert/control.sock"

struct options {
	const char *socket;
	bool json;
	bool pretty;		/* JSON over several lines */
	bool brief;
	bool colour;
};

int cmd_status(const struct options *options, int argc, char **argv);
int cmd_session_list(const struct options *options, int argc, char **argv);
int cmd_session_show(const struct options *options, int argc, char **argv);
int cmd_session_kill(const struct options *options, int argc, char **argv);
int cmd_client_list(const struct options *options, int argc, char **argv);
int cmd_client_show(const struct options *options, int argc, char **argv);
int cmd_client_up(const struct options *options, int argc, char **argv);
int cmd_client_down(const struct options *options, int argc, char **argv);
int cmd_monitor(const struct options *options, int argc, char **argv);
int cmd_top(const struct options *options, int argc, char **argv);
int cmd_reload(const struct options *options, int argc, char **argv);
int cmd_config_check(const struct options *options, int argc, char **argv);
int cmd_kernel_status(const struct options *options, int argc, char **argv);
int cmd_kernel_session_list(const struct options *options, int argc, char **argv);
int cmd_kernel_session_show(const struct options *options, int argc, char **argv);
int cmd_kernel_session_monitor(const struct options *options, int argc, char **argv);

/* Say what is wrong, after "pppctl: ". */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Complain of a word on the command line. Returns STATUS_USAGE. */
int misused(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
