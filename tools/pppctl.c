// SPDX-License-Identifier: GPL-2.0-only
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"
#include "pppctl.h"
#include "util/text.h"

#define MAX_WORDS 3	/* of a subcommand's name */

struct command {
	const char *name;	/* words separated by one blank */
	const char *args;
	const char *help;
	int (*run)(const struct options *options, int argc, char **argv);
};

static const struct command commands[] = {
	{ "status", "", "the daemon, its servers and its pools", cmd_status },
	{ "session list", "[FILTER...] [sort [-]COLUMN] [limit N]", "sessions", cmd_session_list },
	{ "session show", "ID...", "everything about a session", cmd_session_show },
	{ "session stats", "ID | FILTER... | all [interval SECONDS] [count N]",
	  "what the kernel counts of sessions, together", cmd_session_stats },
	{ "session set", "ID NAME=VALUE...", "change limits of a session", cmd_session_set },
	{ "session kill", "ID... | FILTER... | all", "end sessions", cmd_session_kill },
	{ "session trace", "ID | user NAME | next-from ADDRESS",
	  "what a session and its peer say to each other, as it comes", cmd_session_trace },
	{ "session capture", "ID | user NAME | next-from ADDRESS",
	  "its packets outside and inside of the tunnel, in a file for Wireshark",
	  cmd_session_capture },
	{ "user list", "[FILTER...] [sort [-]COLUMN] [limit N]",
	  "users who are in, each with the sum of his sessions", cmd_user_list },
	{ "user show", "NAME...", "a user: sessions, limits, where he is known, what he tried",
	  cmd_user_show },
	{ "user kill", "NAME...", "end all sessions of users", cmd_user_kill },
	{ "client list", "", "all clients", cmd_client_list },
	{ "client show", "NAME...", "everything about a client", cmd_client_show },
	{ "client up", "NAME...", "let clients dial", cmd_client_up },
	{ "client down", "NAME...", "let clients hang up", cmd_client_down },
	{ "client add", "NAME OPTION=VALUE...", "make a client that is in no file", cmd_client_add },
	{ "client remove", "NAME...", "remove clients that were made so", cmd_client_remove },
	{ "pool list", "", "how much of each pool of addresses is in use", cmd_pool_list },
	{ "radius list", "", "all RADIUS servers", cmd_radius_list },
	{ "radius show", "NAME...", "everything about a RADIUS server", cmd_radius_show },
	{ "database list", "", "all databases of users", cmd_database_list },
	{ "ban list", "", "networks that may not connect", cmd_ban_list },
	{ "ban add", "NETWORK [for SECONDS]", "ban a network or an address", cmd_ban_add },
	{ "ban remove", "NETWORK", "let it connect again", cmd_ban_remove },
	{ "accounting", "", "records of sessions: how many wait, how many were sent",
	  cmd_accounting },
	{ "diagnose", "[user NAME | peer ADDRESS | client NAME]",
	  "why somebody cannot connect, and what to do", cmd_diagnose },
	{ "log list", "", "levels of the log", cmd_log_list },
	{ "log set", "[SUBJECT...] LEVEL [for TIME]",
	  "set the level of lines about these, or of all others", cmd_log_set },
	{ "log unset", "[SUBJECT...] | all", "let the level of the configuration count again",
	  cmd_log_unset },
	{ "monitor", "", "sessions up and down and logins refused, as they come", cmd_monitor },
	{ "top", "[FILTER...] [interval SECONDS] [count N]", "the busiest sessions, again and again", cmd_top },
	{ "init", "[OPTION...]", "make the first configuration, and say what this host lacks",
	  cmd_init },
	{ "config show", "[all] [SECTION [NAME]]", "the configuration in use, and where it was said",
	  cmd_config_show },
	{ "config diff", "", "what a reload would change", cmd_config_diff },
	{ "config dump-defaults", "", "all options with their defaults, as a configuration",
	  cmd_config_dump_defaults },
	{ "config check", "[FILE]", "say what is wrong with a configuration", cmd_config_check },
	{ "import", "PRODUCT FILE...",
	  "print another product's configuration as one of ours", cmd_import },
	{ "drain", "[SERVER] [SECONDS] [wait]", "let nobody new in, and end the others in time",
	  cmd_drain },
	{ "undrain", "[SERVER]", "let users in again", cmd_undrain },
	{ "hash", "", "make the NT hash of a password, for a file of secrets", cmd_hash },
	{ "token", "NAME [read] [write] [capture]", "make a token for the page and for HTTP", cmd_token },
	{ "reload", "", "let the daemon read its configuration again", cmd_reload },
	{ "kernel status", "", "counters of the kernel module", cmd_kernel_status },
	{ "kernel session list", "", "sessions of the kernel module", cmd_kernel_session_list },
	{ "kernel session show", "ADDRESS CALL-ID", "everything about one of them",
	  cmd_kernel_session_show },
	{ "kernel session monitor", "", "events of the kernel module, as they come",
	  cmd_kernel_session_monitor },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
	puts("usage: pppctl [OPTIONS] COMMAND\n");
	for (size_t i = 0; i < N_COMMANDS; i++) {
		char head[128];

		snprintf(head, sizeof(head), "%s %s", commands[i].name, commands[i].args);
		printf("  %-42s %s\n", head, commands[i].help);
	}
	puts("\n"
	     "FILTER is user NAME, role server|client, server NAME, client NAME, peer NETWORK,\n"
	     "address NETWORK, interface NAME, state STATE, idle SECONDS, uptime SECONDS or\n"
	     "rate BIT/S.\n"
	     "SUBJECT is user NAME, session ID, peer NETWORK, server NAME or client NAME.\n"
	     "\n"
	     "  -j, --json           JSON instead of text\n"
	     "  -p, --pretty         JSON over several lines\n"
	     "  -br, --brief         few columns and no headings\n"
	     "  -o, --columns=LIST   these columns of sessions, or these besides if it begins with +;\n"
	     "                       \"session list -o help\" shows all\n"
	     "  --dry-run            show which sessions would be ended\n"
	     "  --no-reconnect       let monitor end when culvertd does\n"
	     "  --password-fd=N      read the password of client add from this descriptor\n"
	     "  --wait               let client add wait until the client is up, or has failed\n"
	     "  --color=WHEN         always, never or auto (the default)\n"
	     "  -s, --statistics     traffic of sessions and clients in full\n"
	     "  -S, --socket=PATH    the daemon's socket (" DEFAULT_SOCKET ")\n"
	     "  -w, --write=FILE     the file of a capture; - is standard output\n"
	     "  -V, --version        version\n"
	     "  -h, --help           this text\n"
	     "\n"
	     "Commands can be shortened as long as they are unambiguous.");
}

/* ---- options ---- */

static bool colour_by_default(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb");
}

static bool set_colour(struct options *options, const char *when)
{
	if (!strcmp(when, "always"))
		options->colour = true;
	else if (!strcmp(when, "never"))
		options->colour = false;
	else if (!strcmp(when, "auto"))
		options->colour = colour_by_default();
	else
		return false;
	return true;
}

static bool is_any(const char *word, const char *a, const char *b)
{
	return !strcmp(word, a) || !strcmp(word, b);
}

static const char *value_of(const char *word, const char *option)
{
	size_t len = strlen(option);

	return strncmp(word, option, len) ? NULL : word + len;
}

/* The result of reading a word that begins with a hyphen. */
enum taken {
	TAKEN,			/* an option */
	TAKEN_WITH_NEXT,	/* an option; the next word is its value */
	TAKEN_ALL,		/* carried out (--help, --version): end the program */
	TAKEN_WRONG,		/* wrong, and complained of */
};

/* Returns true if @word, which may be NULL, can be nothing but a path behind -s. */
static bool is_path(const char *word)
{
	return word && (value_of(word, "/") || value_of(word, "./") || value_of(word, "../"));
}

static enum taken take_option(struct options *options, const char *word, const char *next)
{
	const char *socket = value_of(word, "--socket=");
	const char *write = value_of(word, "--write=");
	const char *colour = value_of(word, "--color=");
	const char *columns = value_of(word, "--columns=");
	const char *password_fd = value_of(word, "--password-fd=");

	if (is_any(word, "-j", "--json")) {
		options->json = true;
	} else if (is_any(word, "-p", "--pretty")) {
		options->json = true;
		options->pretty = true;
	} else if (is_any(word, "-br", "--brief")) {
		options->brief = true;
	} else if (is_any(word, "-o", "--columns") && next) {
		options->columns = next;
		return TAKEN_WITH_NEXT;
	} else if (columns) {
		options->columns = columns;
	} else if (!strcmp(word, "--dry-run")) {
		options->dry_run = true;
	} else if (!strcmp(word, "--no-reconnect")) {
		options->no_reconnect = true;
	} else if (!strcmp(word, "--wait")) {
		options->wait = true;
	} else if (password_fd) {
		options->password_fd = password_fd;
	} else if (!strcmp(word, "--password-fd") && next) {
		options->password_fd = next;
		return TAKEN_WITH_NEXT;
	} else if (is_any(word, "-S", "--socket") && next) {
		options->socket = next;
		return TAKEN_WITH_NEXT;
	} else if (!strcmp(word, "-s") && is_path(next)) {
		complain("-s is for statistics; the socket is -S %s", next);
		options->socket = next;
		return TAKEN_WITH_NEXT;
	} else if (is_any(word, "-s", "--statistics")) {
		options->statistics = true;
	} else if (socket) {
		options->socket = socket;
	} else if (is_any(word, "-w", "--write") && next) {
		options->write = next;
		return TAKEN_WITH_NEXT;
	} else if (write) {
		options->write = write;
	} else if (is_any(word, "-h", "--help")) {
		print_help();
		return TAKEN_ALL;
	} else if (is_any(word, "-V", "--version")) {
		puts("pppctl " CULVERT_VERSION);
		return TAKEN_ALL;
	} else if (!colour) {
		misused("unknown option \"%s\"", word);
		return TAKEN_WRONG;
	} else if (!set_colour(options, colour)) {
		misused("--color is \"%s\": expected always, never or auto", colour);
		return TAKEN_WRONG;
	}
	return TAKEN;
}

/*
 * Returns true if @word is for the subcommand, of which @words have been read: the options of init are
 * many, and of no use to others, and "sort -rate" has the largest first.
 */
static bool belongs_to(char **argv, int words, const char *word)
{
	if (!words)
		return false;
	return !strcmp(argv[words - 1], "sort") ||
	       (!strcmp(argv[0], "init") && !strncmp(word, "--", 2));
}

/*
 * Take the options out of @argv, anywhere before "--", and leave the other
 * words. Options are written as in ip(8) ("-br"), which getopt cannot read.
 * Returns the number of words left; -1 if the program is to end with *@status.
 */
static int take_options(struct options *options, int argc, char **argv, int *status)
{
	int words = 0, i;

	for (i = 1; i < argc && strcmp(argv[i], "--"); i++) {
		enum taken taken;

		if (argv[i][0] != '-' || belongs_to(argv, words, argv[i])) {
			argv[words++] = argv[i];
			continue;
		}
		taken = take_option(options, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
		if (taken == TAKEN_ALL || taken == TAKEN_WRONG) {
			*status = taken == TAKEN_ALL ? STATUS_OK : STATUS_USAGE;
			return -1;
		}
		i += taken == TAKEN_WITH_NEXT;
	}
	while (++i < argc)
		argv[words++] = argv[i];
	return words;
}

/* ---- finding the command ---- */

/*
 * Returns how many words of @argv spell the name of @command, shortened or not; 0 if they spell
 * something else. *@exact is true if no word is shortened.
 */
static int match(const struct command *command, int argc, char **argv, bool *exact)
{
	const char *name = command->name;
	int words = 0;

	*exact = true;
	while (*name) {
		size_t len = strcspn(name, " ");
		size_t given;

		if (words == argc)
			return 0;
		given = strlen(argv[words]);
		if (!given || given > len || strncmp(name, argv[words], given))
			return 0;
		*exact &= given == len;
		words++;
		name += len + (name[len] == ' ');
	}
	return words;
}

static const struct command *find_command(int argc, char **argv, int *words, bool *ambiguous)
{
	const struct command *found = NULL;

	*ambiguous = false;
	for (size_t i = 0; i < N_COMMANDS; i++) {
		bool exact;
		int n = match(&commands[i], argc, argv, &exact);

		if (!n)
			continue;
		*ambiguous = found;
		found = &commands[i];
		*words = n;
		if (exact) {
			*ambiguous = false;
			return found;
		}
	}
	return found;
}

/* Returns true if the first @n words of @argv, shortened or not, begin @name; *@rest is what follows. */
static bool begins(const char *name, int n, char **argv, const char **rest)
{
	for (int i = 0; i < n; i++) {
		size_t len = strcspn(name, " ");

		if (!*argv[i] || strlen(argv[i]) > len || strncmp(name, argv[i], strlen(argv[i])))
			return false;
		name += len + (name[len] == ' ');
	}
	*rest = name;
	return true;
}

/*
 * Complain that no command has @typed behind the first @n words of @argv, if there are commands that
 * begin with those, and name what may stand there. Returns false if there is none.
 */
static bool unknown_verb(int n, char **argv, const char *typed)
{
	char verbs[512] = "", verb[64] = "", group[64] = "";

	for (size_t i = 0; i < N_COMMANDS; i++) {
		size_t len = strlen(verbs);
		const char *rest;

		if (!begins(commands[i].name, n, argv, &rest) || !*rest)
			continue;
		if (!strncmp(rest, verb, strlen(verb)) && *verb)
			continue;
		snprintf(verb, sizeof(verb), "%.*s", (int)strcspn(rest, " "), rest);
		snprintf(group, sizeof(group), "%.*s", (int)(rest - commands[i].name - 1),
			 commands[i].name);
		if (typed && text_resembles(typed, verb)) {
			misused("there is no command \"%s %s\"; did you mean \"%s %s\"?", group,
				typed, group, verb);
			return true;
		}
		snprintf(verbs + len, sizeof(verbs) - len, "%s%s", len ? ", " : "", verb);
	}
	if (*verbs && typed)
		misused("there is no command \"%s %s\"; %s can be followed by %s", group, typed, group,
			verbs);
	else if (*verbs)
		misused("%s has to be followed by %s", group, verbs);
	return *verbs;
}

/* Complain that there is no such command, and name one that resembles it. */
static int unknown_command(int argc, char **argv)
{
	char typed[256] = "";
	const char *best = NULL;

	/* As many words as are right, and at least one. */
	for (int n = argc < MAX_WORDS ? argc : MAX_WORDS; n; n--)
		if (unknown_verb(n, argv, n < argc ? argv[n] : NULL))
			return STATUS_USAGE;
	for (int i = 0; i < argc && i < MAX_WORDS; i++) {
		size_t len = strlen(typed);

		snprintf(typed + len, sizeof(typed) - len, "%s%s", i ? " " : "", argv[i]);
		for (size_t j = 0; j < N_COMMANDS && !best; j++)
			if (text_resembles(typed, commands[j].name))
				best = commands[j].name;
	}
	if (best)
		return misused("there is no command \"%s\"; did you mean \"%s\"?", typed, best);
	return misused("there is no command \"%s\"", typed);
}

/* Returns an option that @command would not follow, although it is no matter of style; or NULL. */
static const char *useless_option(const struct options *options, const struct command *command)
{
	bool kills = command->run == cmd_session_kill || command->run == cmd_user_kill;

	if (options->columns && command->run != cmd_session_list && !(kills && options->dry_run))
		return "-o";
	if (options->no_reconnect && command->run != cmd_monitor)
		return "--no-reconnect";
	if (options->wait && command->run != cmd_client_add)
		return "--wait";
	if (options->password_fd && command->run != cmd_client_add)
		return "--password-fd";
	return options->dry_run && !kills ? "--dry-run" : NULL;
}

static int run(const struct options *options, int argc, char **argv)
{
	const struct command *command;
	const char *useless;
	bool ambiguous;
	int words;

	if (!argc) {
		print_help();
		return STATUS_USAGE;
	}
	command = find_command(argc, argv, &words, &ambiguous);
	if (!command)
		return unknown_command(argc, argv);
	if (ambiguous)
		return misused("\"%s\" may stand for several commands", argv[0]);
	useless = useless_option(options, command);
	if (useless)
		return misused("%s is of no use to %s", useless, command->name);
	return command->run(options, argc - words, argv + words);
}

int main(int argc, char **argv)
{
	struct options options = { .socket = DEFAULT_SOCKET, .colour = colour_by_default() };
	int status;

	/* Only for the width of characters: numbers and messages do not follow the locale. */
	setlocale(LC_CTYPE, "");
	argc = take_options(&options, argc, argv, &status);
	if (argc >= 0)
		status = run(&options, argc, argv);
	if (status != STATUS_OK && !json_was_printed() && *last_complaint())
		print_json_error(&options, status);
	if (fflush(stdout) || ferror(stdout)) {
		complain("the output cannot be written");
		return STATUS_FAILED;
	}
	return status;
}
