// SPDX-License-Identifier: GPL-2.0-only
/*
 * culvertd: arguments, configuration, the event loop, signals, the end.
 *
 * Exit status: 0 after an orderly stop, 1 if something failed when starting or running, 2 if the
 * configuration or the command line is wrong (nothing was started then).
 */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <uv.h>

#include "aaa/pool_file.h"
#include "accounting/accounting.h"
#include "control/commands.h"
#include "client/clients.h"
#include "client/leftovers.h"
#include "client/lookup.h"
#include "client/resolver.h"
#include "config/config.h"
#include "config/origin.h"
#include "control/coa_config.h"
#include "control/history.h"
#include "control/socket.h"
#include "hooks/hooks.h"
#include "hooks/run.h"
#include "net/link_backend.h"
#include "control/reload.h"
#include "control/watch.h"
#include "server/link_plan.h"
#include "server/servers.h"
#include "session/sessions.h"
#include "util/callback.h"
#include "util/container.h"
#include "util/descriptors.h"
#include "util/log.h"
#include "util/systemd.h"
#include "web/web.h"

#define HOUSEKEEPING_MS	10000
#define ACCOUNTING_STOP_MS 3000	/* how long the end waits for answers to the last records */
#define FEW_DESCRIPTORS	4096	/* it is told if there are fewer */

/* The configuration that is being gone over to; all are NULL if none is. */
struct going_over {
	struct config *config;
	struct pool_plan *pools;
	struct diag *diag;
};

struct daemon {
	uv_loop_t loop;
	struct config *config;
	struct link_backend backend;
	struct leftovers leftovers;
	struct sessions sessions;
	struct hooks hooks;
	bool has_hooks;			/* @hooks is open */
	struct servers servers;
	struct pool_file pool_file;
	struct accounting accounting;
	bool accounts;			/* @accounting is open */
	struct clients clients;
	struct control *control;
	struct coa *coa;
	struct web *web;
	struct api api;
	struct reload reload;
	struct watch watch;
	struct going_over next;
	uv_signal_t sigterm;
	uv_signal_t sigint;
	uv_signal_t sighup;
	uv_timer_t housekeeping;
	uv_timer_t watchdog;
	bool stopping;
	/* Of servers, clients and @next, how many have yet to stop; then accounting. */
	unsigned int running;
	int status;
};

static const char usage[] =
	"usage: culvertd [-c FILE] [--check | --dump-defaults]\n"
	"\n"
	"  -c, --config FILE  configuration (default " CONFIG_DEFAULT_PATH ")\n"
	"      --check        check the configuration and exit: 0 right, 2 wrong\n"
	"      --dump-defaults  print all options with their defaults, as a configuration, and exit\n"
	"  -V, --version      print the version and exit\n"
	"  -h, --help         print this and exit\n";

/* For use before the log is open. If standard error is the journal, lines begin with a priority. */
static void print_diag(const struct diag *diag)
{
	const bool journal = log_stderr_is_journal();

	for (size_t i = 0; i < diag->n_lines; i++) {
		const bool warning = diag->lines[i].warning;

		fprintf(stderr, "%s%s%s\n", !journal ? "" : warning ? SD_WARNING : SD_ERR,
			warning ? "warning: " : "", diag->lines[i].text);
	}
}

static struct config *load(const char *path)
{
	struct config *config;
	struct diag diag;

	diag_init(&diag);
	config = config_load(path, &diag);
	print_diag(&diag);
	diag_free(&diag);
	return config;
}

static void closing(uv_handle_t *handle)
{
	if (!uv_is_closing(handle))
		uv_close(handle, NULL);
}

/* Close all handles that are left: the loop ends. */
static void close_all(void *ctx)
{
	struct daemon *d = ctx;

	web_close(d->web);
	d->web = NULL;
	d->accounts = false;
	d->api.accounting = NULL;
	control_close(d->control);
	d->control = NULL;
	history_close(d->api.history);
	coa_close(d->coa);
	d->coa = NULL;
	watch_close(&d->watch);
	sessions_close(&d->sessions);
	pool_file_close(&d->pool_file);
	closing((uv_handle_t *)&d->sigterm);
	closing((uv_handle_t *)&d->sigint);
	closing((uv_handle_t *)&d->sighup);
	closing((uv_handle_t *)&d->housekeeping);
	closing((uv_handle_t *)&d->watchdog);
}

/* The programs that were told of sessions have ended. */
static void hooks_stopped(void *ctx)
{
	struct daemon *d = ctx;

	d->has_hooks = false;
	if (d->accounts)
		accounting_stop(&d->accounting, close_all, d);
	else
		close_all(d);
}

/*
 * All servers are gone, or all clients are, or nothing is gone over to any more. When all of it is so,
 * no session is left: the last programs are told so, and the last records go out.
 */
static void stopped(void *ctx)
{
	struct daemon *d = ctx;

	if (d->running && --d->running)
		return;
	if (d->has_hooks)
		hooks_stop(&d->hooks, hooks_stopped, d);
	else
		hooks_stopped(d);
}

static void stop(struct daemon *d)
{
	if (d->stopping)
		return;
	d->stopping = true;
	sd_notify(0, "STOPPING=1");
	d->running = d->next.config ? 3 : 2;
	servers_stop(&d->servers, stopped, d);
	clients_stop(&d->clients, stopped, d);
}

static void signal_cb(uv_signal_t *handle, int signum)
{
	CALLBACK("daemon: signal");
	struct daemon *d = handle->data;

	log_notice("%s: stopping", strsignal(signum));
	stop(d);
}

static struct hooks_settings hooks_of(const struct config *config)
{
	return (struct hooks_settings){
		.max_running = config->hooks.max_running,
		.max_waiting = config->hooks.max_waiting,
		.timeout_ms = (uint64_t)config->hooks.timeout_s * 1000,
	};
}

static struct accounting_settings accounting_of(const struct config *config)
{
	const struct config_accounting *from = &config->accounting;

	return (struct accounting_settings){
		.group = from->radius_group,
		.file = from->file,
		.store = from->store,
		.max_size = (uint64_t)from->max_size_mib << 20,
		.max_age_s = from->max_age_days * 86400,
		.interim_s = from->interim_s,
		.stop_ms = ACCOUNTING_STOP_MS,
	};
}

static void reload_accounting(struct daemon *d, const struct config *config, struct diag *diag)
{
	const struct accounting_settings settings = accounting_of(config);
	int err = accounting_reload(&d->accounting, &settings, d->servers.radius);

	if (err)
		diag_warning(diag, config->path, 0, "accounting: %s", strerror(-err));
	if (d->accounts && config_needs_restart(d->config, config, "accounting"))
		diag_warning(diag, config->path, 0,
			     "another accounting store counts when culvertd is started again");
}

/* Listen for what RADIUS servers ask. Returns 0, or a negative errno and the reason in @error. */
static int use_coa(struct daemon *d, const struct config *config, char *error, size_t size)
{
	struct coa_config made;
	int err = -ENOMEM;

	snprintf(error, size, "CoA: out of memory");
	if (coa_config_make(&made, config))
		err = coa_use(d->coa, &made.settings, error, size);
	coa_config_free(&made);
	return err;
}

static int start_coa(struct daemon *d)
{
	char error[256] = "CoA: out of memory";
	int err = -ENOMEM;

	d->coa = coa_new(&d->sessions);
	if (d->coa)
		err = use_coa(d, d->config, error, sizeof(error));
	if (err)
		log_error("%s", error);
	return err;
}

/* Listen for HTTP. Returns 0, or a negative errno and the reason in @error. */
static int use_web(struct daemon *d, const struct config *config, char *error, size_t size)
{
	const struct config_web *web = &config->web;
	const struct web_settings settings = {
		.address = web->address,
		.port = web->port,
		.max_connections = web->max_connections,
		.metrics = web->metrics,
		.session_series = web->session_series,
		.names = (const char *const *)web->names.list,
		.n_names = web->names.n,
		.tokens = web->tokens,
		.page = web->page,
	};

	return web_use(d->web, web->on ? &settings : NULL, error, size);
}

static int start_web(struct daemon *d)
{
	char error[256] = "web: out of memory";
	int err = -ENOMEM;

	d->web = web_new(&d->api, d->control);
	if (d->web)
		err = use_web(d, d->config, error, sizeof(error));
	if (err)
		log_error("%s", error);
	return err;
}

static bool use(struct daemon *d, struct link_plan *links)
{
	struct config *config = d->next.config;
	const struct hooks_settings hooks = hooks_of(config);
	struct diag *diag = d->next.diag;
	const char *path = config->path;
	char error[256];

	if (d->stopping) {
		diag_error(diag, path, 0, "culvertd is about to stop");
		return false;
	}
	if (links->err) {
		diag_error(diag, path, 0, "%s", links->error);
		return false;
	}
	if (servers_reload(&d->servers, config, d->next.pools, links, error, sizeof(error))) {
		diag_error(diag, path, 0, "%s", error);
		return false;
	}
	reload_accounting(d, config, diag);
	hooks_set(&d->hooks, &hooks);
	if (clients_reload(&d->clients, config, error, sizeof(error)))
		diag_warning(diag, path, 0, "%s", error);
	if (use_coa(d, config, error, sizeof(error)))
		diag_warning(diag, path, 0, "%s", error);
	if (use_web(d, config, error, sizeof(error)))
		diag_warning(diag, path, 0, "%s", error);
	if (config_needs_restart(d->config, config, "control"))
		diag_warning(diag, path, 0,
			     "what is new in control { } counts when culvertd is started again");
	if (config_needs_restart(d->config, config, "state"))
		diag_warning(diag, path, 0, "what is new in state { } counts when culvertd is "
			     "started again");
	else if (*config->state.addresses && config->n_servers && !d->servers.pool_file)
		diag_warning(diag, path, 0, "since there was no server at the start, addresses of "
			     "users are not kept on disk until culvertd is started again");
	log_open(&config->log);
	watch_files(&d->watch, config);
	config_put(d->config);
	d->config = config_get(config);
	return true;
}

/* The worker has made the links of the next configuration, or has failed. */
static void links_made(struct link_plan *links, void *ctx)
{
	struct daemon *d = ctx;
	bool done = use(d, links);

	link_plan_free(links);
	d->next = (struct going_over){ .config = NULL };
	reload_gone_over(&d->reload, done);
	if (d->stopping)
		stopped(d);
}

/* The configuration in use stays. */
static void refuse(struct daemon *d, const char *why)
{
	diag_error(d->next.diag, d->next.config->path, 0, "%s", why);
	d->next = (struct going_over){ .config = NULL };
	reload_gone_over(&d->reload, false);
}

/* No client that was made at run time has an interface any more that a server is to have. */
static void make_links(void *ctx)
{
	struct daemon *d = ctx;

	if (d->stopping) {
		refuse(d, "culvertd is about to stop");
		stopped(d);
	} else if (link_plan_begin(&d->servers, d->next.config, false, links_made, d)) {
		refuse(d, "out of memory");
	}
}

static void go_over(struct reload *r, struct config *config, struct pool_plan *pools,
		    struct diag *diag)
{
	struct daemon *d = container_of(r, struct daemon, reload);

	d->next = (struct going_over){ .config = config, .pools = pools, .diag = diag };
	if (d->stopping)
		refuse(d, "culvertd is about to stop");
	else if (clients_make_way(&d->clients, config, make_links, d))
		make_links(d);
}

/* The file of accounting is opened anew, also if the configuration is wrong: logrotate moved it. */
static int ask_to_reload(void *ctx, api_reloaded_fn reloaded, void *reloaded_ctx)
{
	struct daemon *d = ctx;

	accounting_reopen(&d->accounting);
	return reload_ask(&d->reload, reloaded, reloaded_ctx);
}

static int ask_to_compare(void *ctx, api_compare_fn compare, api_compared_fn compared,
			  void *compared_ctx)
{
	struct daemon *d = ctx;

	return reload_look(&d->reload, &d->config, compare, compared, compared_ctx);
}

static void sighup_cb(uv_signal_t *handle, int signum)
{
	CALLBACK("daemon: reload");
	struct daemon *d = handle->data;

	if (ask_to_reload(d, NULL, NULL))
		log_error("SIGHUP: out of memory");
}

static void secrets_changed(void *ctx)
{
	struct daemon *d = ctx;

	log_notice("secrets have changed");
	if (reload_ask(&d->reload, NULL, NULL))
		log_error("changed secrets: out of memory");
}

static void housekeeping_cb(uv_timer_t *timer)
{
	CALLBACK("daemon: housekeeping");
	struct daemon *d = timer->data;

	log_tick(uv_now(timer->loop));
	proxy_arps_look(&d->servers);
	user_sets_look(&d->servers.user_sets);
}

static void watchdog_cb(uv_timer_t *timer)
{
	CALLBACK("daemon: watchdog");

	sd_notify(0, "WATCHDOG=1");
}

static void start_timers(struct daemon *d)
{
	uint64_t usec;

	uv_timer_start(&d->housekeeping, housekeeping_cb, HOUSEKEEPING_MS, HOUSEKEEPING_MS);
	/* Notify twice within the time that the service manager gives us. */
	if (sd_watchdog_enabled(0, &usec) > 0)
		uv_timer_start(&d->watchdog, watchdog_cb, 0, usec / 2000);
}

static void start_signals(struct daemon *d)
{
	/* The default action of SIGPIPE would let a peer end the daemon. */
	signal(SIGPIPE, SIG_IGN);
	uv_signal_start(&d->sigterm, signal_cb, SIGTERM);
	uv_signal_start(&d->sigint, signal_cb, SIGINT);
	uv_signal_start(&d->sighup, sighup_cb, SIGHUP);
}

/* A session has two descriptors, and a connection without a session has one. */
static void tell_limit(const struct config *config)
{
	unsigned int limit = descriptors_limit();

	if (config->n_servers && limit < FEW_DESCRIPTORS)
		log_warning("the limit of open files is %u, which is enough for some %u sessions "
			    "(ulimit -Hn, LimitNOFILE= of systemd)", limit, limit / 2);
}

/* Our memory holds passwords and keys: no core file, and no debugger without CAP_SYS_PTRACE. */
static void keep_memory_private(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
}

static int start_control(struct daemon *d)
{
	const struct control_options options = {
		.path = d->config->control.socket,
		.group = d->config->control.group,
		.read_group = d->config->control.read_group,
		.capture_group = d->config->control.capture_group,
		.max_clients = d->config->control.max_clients,
		.version = CULVERT_VERSION,
	};
	char error[256];

	d->api = (struct api){
		.sessions = &d->sessions,
		.servers = &d->servers,
		.clients = &d->clients,
		.accounting = &d->accounting,
		.coa = d->coa,
		.hooks = &d->hooks,
		.history = history_new(&d->sessions),
		.version = CULVERT_VERSION,
		.started_ms = uv_now(&d->loop),
		.reload = ask_to_reload,
		.compare = ask_to_compare,
		.daemon = d,
	};
	snprintf(error, sizeof(error), "out of memory");
	if (d->api.history)
		d->control = control_open(&d->loop, &options, api_methods, api_descriptions,
					  &d->api, error, sizeof(error));
	if (d->control) {
		api_subscribe(&d->api);
		return 0;
	}
	log_error("control socket: %s", error);
	return -EIO;
}

static void recall(void *ctx, const struct pool_entry *entry)
{
	servers_recall(ctx, entry);
}

/* Nobody has logged in yet. */
static void start_pool_file(struct daemon *d)
{
	const char *path = d->config->state.addresses;

	if (!*path || !d->config->n_servers)
		return;
	pool_file_open(&d->pool_file, &d->loop, path, recall, &d->servers);
	d->servers.pool_file = &d->pool_file;
}

static int start_accounting(struct daemon *d)
{
	const struct accounting_settings settings = accounting_of(d->config);
	int err = accounting_open(&d->accounting, &d->sessions, &settings, d->servers.radius);

	d->accounts = !err;
	if (err)
		log_error("accounting: %s", strerror(-err));
	return err;
}

static int start(struct daemon *d)
{
	const struct hooks_settings hooks = hooks_of(d->config);
	int err;

	start_signals(d);
	err = link_backend_open(&d->backend);
	if (err) {
		log_error("%s", d->backend.reason);
		return err;
	}
	leftovers_remove(&d->leftovers, LEFTOVERS_FOLDER);
	err = sessions_open(&d->sessions, &d->loop, &d->backend.base);
	if (err) {
		log_error("events of the kernel: %s", uv_strerror(err));
		return err;
	}
	hooks_open(&d->hooks, &d->sessions, &hooks);
	d->has_hooks = true;
	err = servers_open(&d->servers, &d->sessions, d->config);
	if (err)
		return err;
	d->servers.hooks = &d->hooks;
	start_pool_file(d);
	/* They may be in use by another one that runs here. */
	if (d->leftovers.lock >= 0)
		user_sets_clean(&d->servers.user_sets, d->config);
	err = start_accounting(d);
	if (err)
		return err;
	err = clients_open(&d->clients, &d->sessions, d->config);
	if (err)
		return err;
	err = start_coa(d);
	if (err)
		return err;
	err = start_control(d);
	if (err)
		return err;
	err = start_web(d);
	if (err)
		return err;
	start_timers(d);
	watch_files(&d->watch, d->config);
	log_notice("culvertd %s is ready", CULVERT_VERSION);
	sd_notify(0, "READY=1");
	return 0;
}

static void init(struct daemon *d, struct config *config, const char *path)
{
	d->config = config;
	d->leftovers.lock = -1;
	uv_loop_init(&d->loop);
	uv_signal_init(&d->loop, &d->sigterm);
	uv_signal_init(&d->loop, &d->sigint);
	uv_signal_init(&d->loop, &d->sighup);
	uv_timer_init(&d->loop, &d->housekeeping);
	d->housekeeping.data = d;
	uv_timer_init(&d->loop, &d->watchdog);
	d->sigterm.data = d;
	d->sigint.data = d;
	d->sighup.data = d;
	clients_init(&d->clients);
	reload_init(&d->reload, &d->loop, path, go_over);
	watch_init(&d->watch, &d->loop, secrets_changed, d);
}

/* Run the daemon and return its exit status. Takes the reference to @config, read from @path. */
static int run(struct config *config, const char *path)
{
	static struct daemon d;

	descriptors_raise_limit();
	keep_memory_private();
	init(&d, config, path);
	log_open(&config->log);
	tell_limit(config);
	if (start(&d)) {
		d.status = EXIT_FAILURE;
		if (d.servers.loop)
			stop(&d);
		else
			stopped(&d);
	}
	uv_run(&d.loop, UV_RUN_DEFAULT);
	uv_loop_close(&d.loop);
	if (d.servers.loop)
		servers_free(&d.servers);
	link_backend_close(&d.backend);
	leftovers_close(&d.leftovers);
	config_put(d.config);
	log_notice("culvertd stopped");
	log_close();
	return d.status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "check", no_argument, NULL, 'C' },
		{ "dump-defaults", no_argument, NULL, 'D' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *path = CONFIG_DEFAULT_PATH;
	struct config *config;
	bool check = false;
	int opt;

	if (lookup_serve(argc, argv))
		return EXIT_SUCCESS;
	if (resolver_serve(argc, argv))
		return RESOLVER_FAILED;
	if (hook_serve(argc, argv))
		return HOOK_FAILED;
	while ((opt = getopt_long(argc, argv, "c:Vh", options, NULL)) != -1) {
		switch (opt) {
		case 'c':
			path = optarg;
			break;
		case 'C':
			check = true;
			break;
		case 'D':
			config_write_defaults(stdout);
			return EXIT_SUCCESS;
		case 'V':
			puts("culvertd " CULVERT_VERSION);
			return EXIT_SUCCESS;
		case 'h':
			fputs(usage, stdout);
			return EXIT_SUCCESS;
		default:
			fputs(usage, stderr);
			return CONFIG_EXIT_STATUS;
		}
	}
	if (optind < argc) {
		fputs(usage, stderr);
		return CONFIG_EXIT_STATUS;
	}

	config = load(path);
	if (!config)
		return CONFIG_EXIT_STATUS;
	if (!check)
		return run(config, path);
	config_put(config);
	return EXIT_SUCCESS;
}
