// SPDX-License-Identifier: GPL-2.0-only
/* Make the first configuration, and say what this host lacks. The daemon is not asked. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init.h"
#include "password.h"
#include "pppctl.h"
#include "util/text.h"

#ifndef SBINDIR
#define SBINDIR "/usr/local/sbin"
#endif

struct init {
	struct init_wishes wishes;
	const char *output;
	const char *password_fd;
	bool check, apply, yes, force, help;
	char secrets[512];		/* path */
	struct init_answers answers;
	struct password password;
	bool made;			/* the password is ours, and has to be shown */
};

/* ---- options ---- */

struct option {
	const char *name;
	const char *value;		/* what it is, NULL if the option has none */
	const char *help;
	size_t offset;			/* in struct init, of a text or a flag */
};

#define TEXT(member)	offsetof(struct init, member)

static const struct option table[] = {
	{ "--check", NULL, "only say what this host lacks; write nothing", TEXT(check) },
	{ "--listen", "ADDRESS|INTERFACE", "where users call (all addresses)", TEXT(wishes.listen) },
	{ "--pool", "NETWORK|RANGE", "addresses for users (one that is free here)",
	  TEXT(wishes.pool) },
	{ "--dns", "ADDRESS[,ADDRESS]", "name servers that users are told (none)", TEXT(wishes.dns) },
	{ "--user", "NAME", "the first user", TEXT(wishes.user) },
	{ "--password-fd", "N", "read his password there instead of making one", TEXT(password_fd) },
	{ "--output", "FILE", "the configuration (" INIT_CONFIG "); secrets are beside it",
	  TEXT(output) },
	{ "--force", NULL, "replace a configuration that is there", TEXT(force) },
	{ "--apply", NULL, "also do what is safe to be done about what this host lacks", TEXT(apply) },
	{ "--yes", NULL, "ask nothing", TEXT(yes) },
	{ "--help", NULL, "this text", TEXT(help) },
};

#define N_OPTIONS (sizeof(table) / sizeof(table[0]))

static void print_options(void)
{
	puts("usage: pppctl init [OPTIONS]\n");
	for (size_t i = 0; i < N_OPTIONS; i++) {
		char head[64];

		snprintf(head, sizeof(head), "%s %s", table[i].name,
			 table[i].value ? table[i].value : "");
		printf("  %-28s %s\n", head, table[i].help);
	}
	puts("\nAsks on the terminal for what is not said. See pppctl(8).");
}

static const struct option *find_option(const char *word, size_t len)
{
	for (size_t i = 0; i < N_OPTIONS; i++)
		if (strlen(table[i].name) == len && !strncmp(table[i].name, word, len))
			return &table[i];
	return NULL;
}

/* Returns STATUS_OK, or STATUS_USAGE after complaining. */
static int take_options(struct init *init, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		const size_t len = strcspn(argv[i], "=");
		const struct option *option = find_option(argv[i], len);
		char *at = option ? (char *)init + option->offset : NULL;
		const char *value = argv[i][len] ? argv[i] + len + 1 : NULL;

		if (!option)
			return misused("init has no option \"%s\": see pppctl init --help", argv[i]);
		if (!option->value && value)
			return misused("%s has no value", option->name);
		if (!option->value) {
			*(bool *)at = true;
			continue;
		}
		if (!value && i + 1 < argc)
			value = argv[++i];
		if (!value || !*value)
			return misused("%s lacks its %s", option->name, option->value);
		*(const char **)(void *)at = value;
	}
	return STATUS_OK;
}

/* ---- advice ---- */

static void print_lines(const char *lines)
{
	while (*lines) {
		const size_t len = strcspn(lines, "\n");

		printf("            %.*s\n", (int)len, lines);
		lines += len + (lines[len] == '\n');
	}
}

/* Print what is to be said of this host, what is in order first. Returns how much is left to do. */
static size_t print_advice(const struct options *options, const struct init_advice *advice,
			   size_t n)
{
	static const char * const heads[] = {
		[INIT_OK] = "ok", [INIT_NOTE] = "note", [INIT_TODO] = "TO DO",
	};
	static const char * const colours[] = {
		[INIT_OK] = "\033[32m", [INIT_NOTE] = "\033[33m", [INIT_TODO] = "\033[31m",
	};
	size_t todo = 0;

	for (enum init_level level = INIT_OK; level <= INIT_TODO; level++) {
		for (size_t i = 0; i < n; i++) {
			if (advice[i].level != level)
				continue;
			printf("  %s%-6s%s  %s%s\n", options->colour ? colours[level] : "",
			       heads[level], options->colour ? "\033[0m" : "", advice[i].text,
			       *advice[i].commands ? ":" : "");
			print_lines(advice[i].commands);
			todo += level == INIT_TODO;
		}
	}
	return todo;
}

/* What the host is like now. */
static size_t look(const struct options *options, const struct init *init, struct init_facts *facts,
		   struct init_advice advice[INIT_ADVICE_MAX])
{
	const bool is_new = facts->config_is_new;

	init_gather(facts, options->socket);
	init_gather_firewall(facts, &init->answers.pool);
	facts->config_exists = !access(init->output, F_OK);
	facts->config_is_new = is_new;
	return init_advise(facts, &init->answers.pool, advice);
}

static bool can_apply(const struct init_advice *advice, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (advice[i].action != INIT_NOTHING)
			return true;
	return false;
}

/* The firewall is in two advices, and its rules are made once. */
static void apply(struct init_facts *facts, const struct init *init,
		  const struct init_advice *advice, size_t n)
{
	unsigned int done = 0;

	for (size_t i = 0; i < n; i++) {
		const unsigned int action = 1U << advice[i].action;

		if (advice[i].action == INIT_RELOAD)
			facts->config_is_new = false;
		if (!(done & action))
			init_apply(facts, &init->answers.pool, &advice[i]);
		done |= action;
	}
}

/* Say what this host lacks, and do it if that is wanted. Returns a status. */
static int advise(const struct options *options, struct init *init, struct init_facts *facts)
{
	struct init_advice advice[INIT_ADVICE_MAX];
	size_t n = look(options, init, facts, advice), todo;

	puts("This host:");
	todo = print_advice(options, advice, n);
	if (can_apply(advice, n) && (init->apply || (!init->check && !init->yes &&
						      init_agrees("\nDo what can be done of it now?")))) {
		putchar('\n');
		apply(facts, init, advice, n);
		n = look(options, init, facts, advice);
		puts("\nThis host now:");
		todo = print_advice(options, advice, n);
	}
	return todo ? STATUS_LEFT : STATUS_OK;
}

/* ---- writing ---- */

/* Make the folders that lead to the configuration. */
static bool make_folders(const char *path)
{
	char folder[512];

	snprintf(folder, sizeof(folder), "%s", path);
	for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(folder, 0755) && errno != EEXIST) {
			complain("%s cannot be made: %s", folder, strerror(errno));
			return false;
		}
		*slash = '/';
	}
	return true;
}

/* A file whose text is here, once it is closed. */
struct memory {
	FILE *file;
	char *text;
	size_t size;
};

static void memory_open(struct memory *memory)
{
	memory->file = open_memstream(&memory->text, &memory->size);
	if (!memory->file) {
		complain("out of memory");
		exit(STATUS_FAILED);
	}
}

/* Add the user to the secrets, whose other lines stay. */
static bool write_secrets(const struct init *init)
{
	char *before = init_read_file(init->secrets);
	struct memory memory;
	bool ok;

	if (!before && errno != ENOENT) {
		complain("%s cannot be read: %s", init->secrets, strerror(errno));
		return false;
	}
	memory_open(&memory);
	fputs(before ? before : "# Users of culvertd: name, server, password, addresses.\n", memory.file);
	if (before && *before && before[strlen(before) - 1] != '\n')
		fputc('\n', memory.file);
	if (init->password.text)
		init_write_secret(memory.file, init->wishes.user, init->password.text);
	fclose(memory.file);
	ok = init_write_file(init->secrets, memory.text, 0600);
	explicit_bzero(memory.text, memory.size);
	if (before)
		explicit_bzero(before, strlen(before));
	free(memory.text);
	free(before);
	return ok;
}

/* Let the daemon say what it has against the file. */
static bool daemon_accepts(const char *path)
{
	const char *args[] = { SBINDIR "/culvertd", "--check", "-c", path, NULL };
	int status;

	if (access(args[0], X_OK))
		args[0] = "culvertd";
	status = init_run(args);
	if (!status)
		return true;
	complain("culvertd does not accept the configuration that was made");
	return false;
}

/* The daemon checks it under another name, before it takes the place of what is there. */
static bool write_config(const struct init *init)
{
	struct memory memory;
	char trial[600];
	bool ok;

	memory_open(&memory);
	init_write_config(memory.file, &init->answers);
	fclose(memory.file);
	snprintf(trial, sizeof(trial), "%s.new", init->output);
	ok = init_write_file(trial, memory.text, 0644);
	if (ok) {
		ok = daemon_accepts(trial);
		unlink(trial);
	}
	ok = ok && init_write_file(init->output, memory.text, 0644);
	free(memory.text);
	return ok;
}

/* ---- the user ---- */

static bool make_password(struct init *init)
{
	uint8_t random[INIT_PASSWORD_OCTETS];

	if (getrandom(random, sizeof(random), 0) != sizeof(random)) {
		complain("there are no random numbers: %s", strerror(errno));
		return false;
	}
	password_drop(&init->password);
	init->password = (struct password){ malloc(INIT_PASSWORD_SIZE), INIT_PASSWORD_SIZE };
	if (!init->password.text) {
		complain("out of memory");
		return false;
	}
	init_make_password(random, init->password.text);
	explicit_bzero(random, sizeof(random));
	init->made = true;
	return true;
}

static bool read_password(struct init *init)
{
	uint64_t number;
	FILE *in;
	bool ok;

	if (!text_number(init->password_fd, 0, 1 << 20, &number)) {
		misused("--password-fd is \"%s\": expected the number of a descriptor",
			init->password_fd);
		return false;
	}
	in = fdopen((int)number, "r");
	if (!in) {
		complain("--password-fd %s: %s", init->password_fd, strerror(errno));
		return false;
	}
	setvbuf(in, NULL, _IONBF, 0);
	ok = password_read(&init->password, in);
	fclose(in);
	return ok;
}

static bool get_password(struct init *init)
{
	const char *fault;
	bool ok;

	if (init->password_fd)
		ok = read_password(init);
	else
		ok = init->yes ||
		     password_ask(&init->password, "His password (Enter: one is made, and shown): ");
	if (!ok)
		return false;
	if (!init->password_fd && (!init->password.text || !*init->password.text))
		return make_password(init);
	fault = init_secret_fault(init->password.text);
	if (fault)
		complain("the password %s", fault);
	return !fault;
}

/* A user who is in the secrets keeps his password. */
static bool get_user(struct init *init)
{
	char *secrets = init_read_file(init->secrets);
	const bool known = secrets && init->wishes.user &&
			   init_secrets_have(secrets, init->wishes.user);

	if (secrets)
		explicit_bzero(secrets, strlen(secrets));
	free(secrets);
	if (!init->wishes.user)
		return true;
	if (!known)
		return get_password(init);
	printf("%s is in %s already, and keeps the password of that line.\n", init->wishes.user,
	       init->secrets);
	return true;
}

/* ---- all of it ---- */

static void print_result(const struct init *init, const struct init_facts *facts)
{
	const struct ip_addr address = ip_is_set(init->answers.listen) ? init->answers.listen :
									 facts->outer;
	const char *user = init->wishes.user ? init->wishes.user : "NAME";

	putchar('\n');
	init_write_client_help(stdout, ip_is_set(address) ? ip_text(address) : "THIS-HOST", user);
	if (init->made)
		printf("\nThe password of %s, which is shown this once: %s\n", user,
		       init->password.text);
	if (!init->wishes.user)
		printf("\nThere is no user yet. One is a line of %s: name * \"password\" *\n",
		       init->secrets);
}

static int make(const struct options *options, struct init *init)
{
	struct init_facts facts;
	const char *fault;
	int status;

	if (geteuid() && !strcmp(init->output, INIT_CONFIG)) {
		complain("only root can write to %s", init->output);
		return STATUS_FAILED;
	}
	if (!access(init->output, F_OK) && !init->force) {
		complain("%s is there, and stays as it is. --force replaces it, and --check only says "
			 "what this host lacks", init->output);
		return STATUS_FAILED;
	}
	init_gather(&facts, options->socket);
	if (!init->yes && !init_ask(&init->wishes, &facts))
		return STATUS_FAILED;
	fault = init_take_wishes(&init->wishes, &facts, &init->answers);
	if (fault)
		return misused("%s", fault);
	init->answers.secrets = init->secrets;
	if (!get_user(init) || !make_folders(init->output) || !write_secrets(init) ||
	    !write_config(init))
		return STATUS_FAILED;
	printf("Wrote %s, and users to %s.\n\n", init->output, init->secrets);
	facts.config_is_new = facts.daemon_runs;
	status = advise(options, init, &facts);
	print_result(init, &facts);
	return status;
}

static int check(const struct options *options, struct init *init)
{
	struct init_facts facts = { 0 };
	char *text = init_read_file(init->output);

	init_gather(&facts, options->socket);
	init->answers.pool = init_choose_pool(facts.networks, facts.n_networks);
	if (text && !init_read_config(text, &init->answers.pool))
		complain("%s has no range or no local-address that could be looked for: it is judged as "
			 "if users had other addresses", init->output);
	free(text);
	return advise(options, init, &facts);
}

/* The secrets are in the folder of the configuration. */
static bool set_paths(struct init *init)
{
	const char *slash;

	if (!init->output)
		init->output = INIT_CONFIG;
	slash = strrchr(init->output, '/');
	if (*init->output != '/' || strlen(init->output) > 400) {
		misused("--output is \"%s\": expected a path that begins with /", init->output);
		return false;
	}
	snprintf(init->secrets, sizeof(init->secrets), "%.*s/secrets", (int)(slash - init->output),
		 init->output);
	return true;
}

int cmd_init(const struct options *options, int argc, char **argv)
{
	struct init init = { 0 };
	int status = take_options(&init, argc, argv);

	if (status != STATUS_OK)
		return status;
	if (init.help) {
		print_options();
		return STATUS_OK;
	}
	if (!set_paths(&init))
		return STATUS_USAGE;
	if (!init.check && !init.yes && !isatty(STDIN_FILENO))
		return misused("there is no terminal to ask on; --yes takes the options and the defaults");
	setvbuf(stdin, NULL, _IONBF, 0);
	status = init.check ? check(options, &init) : make(options, &init);
	password_drop(&init.password);
	return status;
}
