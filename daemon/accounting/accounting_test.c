// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accounting from events of sessions to packets, with a real store, and servers and clocks that the
 * test plays. Sessions are as events show them: without a kernel.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aaa/played_radius_test.h"
#include "accounting/accounting.h"
#include "accounting/record.h"
#include "session/played_clock_test.h"
#include "session/played_kernel_test.h"
#include "session/session.h"
#include "util/captured_log_test.h"
#include "util/ip_literal_test.h"
#include "util/log.h"
#include "util/played_jobs_test.h"
#include "util/scarce_test.h"

#define SESSIONS	16

struct bench {
	uv_loop_t loop;
	struct sessions sessions;
	struct played_radius servers;
	struct accounting accounting;
	struct accounting_settings settings;
	bool open, stopped;
	char folder[64], store[300], file[300], seen[65536];
	struct session list[SESSIONS];
	bool in_use[SESSIONS];
	unsigned int read;		/* packets of @servers that were looked at */
	bool answers;			/* the servers answer at once */
	char log[4000];
};

/* --- the bench ------------------------------------------------------------------------------- */

static const char *name_of_status(uint32_t status)
{
	static const char * const names[] = {
		[RADIUS_STATUS_START] = "start", [RADIUS_STATUS_STOP] = "stop",
		[RADIUS_STATUS_INTERIM] = "interim", [RADIUS_STATUS_ON] = "on",
		[RADIUS_STATUS_OFF] = "off",
	};

	return names[status];
}

static uint32_t number_in(struct bench *b, unsigned int n, uint8_t type)
{
	struct radius_attribute a;

	if (!played_radius_find(&b->servers, n, 0, type, &a))
		return 0;
	return (uint32_t)a.value[0] << 24 | (uint32_t)a.value[1] << 16 | (uint32_t)a.value[2] << 8 |
	       a.value[3];
}

/* Returns the user of a record, "" for one of us. */
static const char *user_in(struct bench *b, unsigned int n)
{
	static char user[RADIUS_VALUE_MAX + 1];
	struct radius_attribute a;

	user[0] = '\0';
	if (played_radius_find(&b->servers, n, 0, RADIUS_USER_NAME, &a))
		snprintf(user, sizeof(user), "%.*s", a.len, a.value);
	return user;
}

static bool is_record(struct bench *b, unsigned int n)
{
	return played_radius_request(&b->servers, n).code == RADIUS_ACCOUNTING_REQUEST;
}

/* Note what was sent since the last time, as "start(alice)". */
static void look(struct bench *b)
{
	for (; b->read < b->servers.n_sent; b->read++) {
		size_t at = strlen(b->log);
		unsigned int n = b->read;

		if (!is_record(b, n))
			continue;
		snprintf(b->log + at, sizeof(b->log) - at, "%s%s(%s)", at ? " " : "",
			 name_of_status(number_in(b, n, RADIUS_ACCT_STATUS_TYPE)), user_in(b, n));
		if (b->answers)
			played_radius_reply(&b->servers, n, RADIUS_ACCOUNTING_RESPONSE);
	}
}

/* What is due waits for 1 ms: timer_arm(). */
static bool is_due(struct bench *b)
{
	const int ms = uv_backend_timeout(&b->loop);

	played_ms += ms == 1;
	return ms == 0 || ms == 1;
}

/* Let everybody do what is to be done now. */
static void settle(struct bench *b)
{
	do {
		uv_update_time(&b->loop);
		uv_run(&b->loop, UV_RUN_NOWAIT);
		look(b);
	} while (is_due(b) || something_waits(&b->loop, 0));
}

static void pass(struct bench *b, uint64_t ms)
{
	for (uint64_t step; ms; ms -= step) {
		step = ms < 100 ? ms : 100;
		played_ms += step;
		settle(b);
		played_radius_pass(&b->servers, step);
	}
	settle(b);
}

#define expect(b, text)					\
	do {						\
		assert_string_equal((b)->log, text);	\
		(b)->log[0] = '\0';			\
	} while (0)

static void begin(struct bench *b)
{
	assert_int_equal(accounting_open(&b->accounting, &b->sessions, &b->settings,
					 b->servers.radius),
			 0);
	b->open = true;
	b->stopped = false;
	settle(b);
}

static void stopped(void *ctx)
{
	struct bench *b = ctx;

	b->stopped = true;
	b->open = false;
}

static void end(struct bench *b)
{
	accounting_stop(&b->accounting, stopped, b);
	for (unsigned int i = 0; !b->stopped; i++) {
		assert_true(i < 1000);
		pass(b, 20);
	}
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	kernel_reset();
	jobs_take_time = false;
	uv_loop_init(&b->loop);
	assert_int_equal(sessions_open(&b->sessions, &b->loop, &fake_backend), 0);
	played_radius_open(&b->servers, NULL);
	snprintf(b->folder, sizeof(b->folder), "/tmp/culvert-accounting-XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	snprintf(b->store, sizeof(b->store), "%s/store", b->folder);
	snprintf(b->file, sizeof(b->file), "%s/file", b->folder);
	b->settings = (struct accounting_settings){
		.group = "ab", .file = "", .store = b->store, .max_size = 64 << 20,
		.stop_ms = 3000,
	};
	b->answers = true;
	*state = b;
	return 0;
}

static void session_freed(struct session *s)
{
}

static int teardown(void **state)
{
	struct bench *b = *state;
	char command[160];

	if (b->open)
		end(b);
	for (unsigned int i = 0; i < SESSIONS; i++)
		if (b->in_use[i])
			session_end(&b->list[i], EVENT_CAUSE_NAS_REQUEST, "", session_freed);
	sessions_close(&b->sessions);
	uv_run(&b->loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&b->loop), 0);
	played_radius_close(&b->servers);
	kernel_end();
	snprintf(command, sizeof(command), "rm -rf '%s'", b->folder);
	assert_int_equal(system(command), 0);
	free(b);
	log_close();			/* with what it has counted */
	return 0;
}

/* Returns how often @part is in @text. */
static unsigned int times_in(const char *text, const char *part)
{
	unsigned int n = 0;

	while ((text = strstr(text, part))) {
		n++;
		text++;
	}
	return n;
}

/* --- sessions -------------------------------------------------------------------------------- */

static void tell_event(struct bench *b, unsigned int i, enum event_type type,
		       enum event_cause cause)
{
	const struct event event = {
		.type = type, .session = &b->list[i], .cause = cause, .user = "", .text = "",
	};

	events_tell(&b->sessions.events, &event);
}

static void make_session(struct bench *b, unsigned int i, enum session_role role, const char *user)
{
	static const struct session_config config;
	static const struct session_ops ops;
	struct session *s = &b->list[i];

	session_init(s, &b->sessions, role, "office", &config, &ops, NULL);
	session_set_outer(s, ip("192.0.2.1"), ip("198.51.100.9"));
	assert_int_equal(session_set_user(s, user), 0);
	s->record.ip4.remote = ip("10.0.0.7");
	b->in_use[i] = true;
}

/* @grant becomes the session's; NULL: it has none. */
static void up_with(struct bench *b, unsigned int i, const char *user, struct auth_grant *grant)
{
	struct session *s = &b->list[i];

	make_session(b, i, SESSION_OF_SERVER, user);
	s->grant = grant;
	s->record.up = true;
	s->record.up_s = (uint64_t)time(NULL);
	s->up_at = uv_now(&b->loop);
	tell_event(b, i, EVENT_UP, EVENT_CAUSE_NONE);
}

static void up(struct bench *b, unsigned int i, const char *user)
{
	up_with(b, i, user, NULL);
}

static void down(struct bench *b, unsigned int i, enum event_cause cause)
{
	tell_event(b, i, EVENT_DOWN, cause);
	session_end(&b->list[i], cause, "", session_freed);
	b->in_use[i] = false;
	settle(b);
}

static struct accounting_view view_of(struct bench *b)
{
	struct accounting_view view;

	accounting_look(&b->accounting, &view);
	return view;
}

/* --- what is told ---------------------------------------------------------------------------- */

static void a_session_from_start_to_stop(void **state)
{
	struct bench *b = *state;
	struct radius_attribute a;
	char id[SESSION_ACCT_ID_SIZE];

	begin(b);
	expect(b, "on()");
	up(b, 0, "alice");
	session_acct_id(&b->list[0], id);
	settle(b);
	expect(b, "start(alice)");
	b->list[0].record.stats = (struct net_stats){ .rx_bytes = 5, .tx_bytes = 7 };
	pass(b, 61000);
	assert_int_equal(view_of(b).sessions, 1);
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	expect(b, "stop(alice)");
	assert_true(played_radius_find(&b->servers, b->read - 1, 0, RADIUS_ACCT_SESSION_ID, &a));
	assert_int_equal(a.len, strlen(id));
	assert_memory_equal(a.value, id, a.len);
	assert_int_equal(number_in(b, b->read - 1, RADIUS_ACCT_INPUT_OCTETS), 5);
	assert_int_equal(number_in(b, b->read - 1, RADIUS_ACCT_OUTPUT_OCTETS), 7);
	assert_int_equal(number_in(b, b->read - 1, RADIUS_ACCT_TERMINATE_CAUSE), 1);
	assert_int_equal(number_in(b, b->read - 1, RADIUS_ACCT_SESSION_TIME), 61);
	assert_int_equal(number_in(b, b->read - 1, RADIUS_FRAMED_IP_ADDRESS), 0x0a000007);
	pass(b, 1000);
	assert_int_equal(view_of(b).queued, 0);
	assert_int_equal(view_of(b).counts.sent, 3);
	assert_int_equal(view_of(b).sessions, 0);
	end(b);
	expect(b, "off()");
}

static void who_was_never_in_has_no_stop(void **state)
{
	struct bench *b = *state;

	begin(b);
	make_session(b, 0, SESSION_OF_SERVER, "mallory");
	tell_event(b, 0, EVENT_STARTING, EVENT_CAUSE_NONE);
	tell_event(b, 0, EVENT_REFUSED, EVENT_CAUSE_NONE);
	down(b, 0, EVENT_CAUSE_LOGIN_FAILED);
	/* nor has a session where we are the user */
	make_session(b, 1, SESSION_OF_CLIENT, "us");
	tell_event(b, 1, EVENT_UP, EVENT_CAUSE_NONE);
	down(b, 1, EVENT_CAUSE_USER_REQUEST);
	expect(b, "on()");
}

static void updates_at_the_interval_of_the_server(void **state)
{
	struct radius_reply accept = { .interim_interval = { true, 120 } };
	struct bench *b = *state;

	b->settings.interim_s = 3600;
	begin(b);
	up_with(b, 0, "alice", grant_new(&accept));
	settle(b);
	expect(b, "on() start(alice)");
	pass(b, 59000);
	expect(b, "");
	pass(b, 62000);
	expect(b, "interim(alice)");
	/* 108 to 132 seconds after that, which was at any moment of the last minute */
	pass(b, 72000);
	pass(b, 60000);
	expect(b, "interim(alice)");
	down(b, 0, EVENT_CAUSE_IDLE_TIMEOUT);
	expect(b, "stop(alice)");
	pass(b, 300000);
	expect(b, "");
}

/* A shorter interval counts at once, be it granted or set. */
static void another_interval(void **state)
{
	struct radius_reply accept = { .interim_interval = { true, 120 } };
	struct bench *b = *state;

	b->settings.interim_s = 36000;
	begin(b);
	up(b, 0, "alice");
	up(b, 1, "bob");
	pass(b, 1000);
	expect(b, "on() start(alice) start(bob)");
	b->list[0].grant = grant_new(&accept);
	tell_event(b, 0, EVENT_CHANGED, EVENT_CAUSE_NONE);
	pass(b, 121000);
	expect(b, "interim(alice)");
	b->settings.interim_s = 130;
	assert_int_equal(accounting_reload(&b->accounting, &b->settings, b->servers.radius), 0);
	pass(b, 131000);
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	down(b, 1, EVENT_CAUSE_USER_REQUEST);
	assert_int_equal(times_in(b->log, "interim(bob)"), 1);
	b->log[0] = '\0';
}

/* --- servers that are away ------------------------------------------------------------------- */

static void records_wait_for_servers(void **state)
{
	struct bench *b = *state;

	b->settings.interim_s = 60;
	begin(b);
	b->answers = false;
	up(b, 0, "alice");
	pass(b, 200000);
	b->log[0] = '\0';
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	/* Interim-Updates made place for those that came after them, and for the Stop */
	assert_int_equal(view_of(b).queued, 2);
	assert_int_equal(view_of(b).under_way, 1);
	assert_true(view_of(b).counts.merged >= 2);
	b->answers = true;
	pass(b, 100000);
	assert_non_null(strstr(b->log, "start(alice) stop(alice)"));
	assert_int_equal(view_of(b).queued, 0);
	assert_true(view_of(b).failures > 0);
	assert_in_range(number_in(b, b->read - 1, RADIUS_ACCT_DELAY_TIME), 0, 120);
}

static void an_end_does_not_wait_for_ever(void **state)
{
	struct bench *b = *state;
	uint64_t begun;

	begin(b);
	b->answers = false;
	up(b, 0, "alice");
	settle(b);
	down(b, 0, EVENT_CAUSE_ADMIN_REBOOT);
	begun = played_ms;
	capture();
	end(b);
	assert_non_null(strstr(captured(), "for the next start: 3 records"));
	assert_in_range(played_ms - begun, 2900, 3500);
	/* and the next start has it all, in its order, and nothing twice */
	b->log[0] = '\0';
	b->answers = true;
	begin(b);
	pass(b, 1000);
	expect(b, "start(alice) stop(alice) off() on()");
}

/* A kill: what the store had at that moment is what the next run has. */
static void killed(struct bench *b)
{
	char command[1000];

	snprintf(command, sizeof(command), "mkdir '%s/later' && cp '%s'* '%s/later'", b->folder,
		 b->store, b->folder);
	assert_int_equal(system(command), 0);
	b->answers = false;
	for (unsigned int i = 0; i < SESSIONS; i++)
		if (b->in_use[i])
			down(b, i, EVENT_CAUSE_NAS_REQUEST);
	end(b);
	snprintf(b->store, sizeof(b->store), "%s/later/store", b->folder);
	b->answers = true;
	b->log[0] = '\0';
}

static void a_kill_makes_stops(void **state)
{
	struct bench *b = *state;

	b->settings.interim_s = 60;
	begin(b);
	up(b, 0, "alice");
	settle(b);
	b->list[0].record.stats.rx_bytes = 0x100000001;
	pass(b, 61000);
	expect(b, "on() start(alice) interim(alice)");
	b->answers = false;
	up(b, 1, "bob");
	settle(b);
	killed(b);
	capture();
	begin(b);
	pass(b, 1000);
	assert_non_null(strstr(captured(), "2 sessions had not ended when culvertd did"));
	expect(b, "start(bob) stop(alice) stop(bob) on()");
	assert_int_equal(number_in(b, b->read - 3, RADIUS_ACCT_TERMINATE_CAUSE), 11);
	assert_int_equal(number_in(b, b->read - 3, RADIUS_ACCT_INPUT_OCTETS), 1);
	assert_int_equal(number_in(b, b->read - 3, RADIUS_ACCT_INPUT_GIGAWORDS), 1);
}

/* As after a reboot: the clock of the loop is younger than the record. */
static void a_record_from_before_the_boot(void **state)
{
	const uint32_t age_s = 100000;
	const uint32_t time_s = (uint32_t)time(NULL) - age_s;
	const struct account_record r = {
		.session = { .id = "old", .user = "alice", .user_len = 5 },
		.record = { .status = RADIUS_STATUS_STOP, .event_time = time_s },
	};
	uint8_t body[ACCOUNT_BODY_MAX];
	struct bench *b = *state;

	begin(b);
	assert_true(uv_now(&b->loop) < age_s * UINT64_C(1000));
	assert_int_equal(ledger_add(&b->accounting.ledger, RADIUS_STATUS_STOP, "old", time_s, body,
				    account_encode(&r, body)), 0);
	settle(b);
	expect(b, "on() stop(alice)");
	assert_in_range(number_in(b, b->read - 1, RADIUS_ACCT_DELAY_TIME), age_s, age_s + 60);
	assert_int_equal(number_in(b, b->read - 1, RADIUS_EVENT_TIMESTAMP), time_s);
}

/* --- the store ------------------------------------------------------------------------------- */

static void without_a_store_records_go_out_all_the_same(void **state)
{
	struct bench *b = *state;
	const char *said;
	char folder[128];

	snprintf(folder, sizeof(folder), "%s/not/there", b->folder);
	snprintf(b->store, sizeof(b->store), "%s/store", folder);
	capture();
	begin(b);
	up(b, 0, "alice");
	settle(b);
	pass(b, 25000);
	said = captured();
	assert_non_null(strstr(said, "culvertd must be able to write to it"));
	/* once */
	assert_null(strstr(strstr(said, "Records wait in memory") + 1, "Records wait in memory"));
	expect(b, "on() start(alice)");
	assert_string_not_equal(view_of(b).store_fault, "");
	b->answers = false;
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	up(b, 1, "bob");
	settle(b);
	expect(b, "stop(alice) start(bob)");
	assert_int_equal(view_of(b).queued, 2);
	/* the folder is there again */
	snprintf(folder, sizeof(folder), "%s/not", b->folder);
	assert_int_equal(mkdir(folder, 0700), 0);
	capture();
	pass(b, 10000);
	assert_non_null(strstr(captured(), "can be used again"));
	assert_string_equal(view_of(b).store_fault, "");
	b->answers = true;
	pass(b, 60000);
	assert_int_equal(view_of(b).queued, 0);
	b->log[0] = '\0';
	killed(b);
	begin(b);
	pass(b, 1000);
	expect(b, "stop(bob) on()");
}

/* The end does not wait for the next try: what is in memory is written if it can be by now. */
static void the_store_is_there_again_at_the_end(void **state)
{
	struct bench *b = *state;
	char folder[128];

	snprintf(folder, sizeof(folder), "%s/not", b->folder);
	snprintf(b->store, sizeof(b->store), "%s/there/store", folder);
	b->settings.stop_ms = 100;
	capture();
	begin(b);
	b->answers = false;
	up(b, 0, "alice");
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	assert_string_not_equal(view_of(b).store_fault, "");
	assert_int_equal(mkdir(folder, 0700), 0);
	end(b);
	assert_null(strstr(captured(), "could not be written"));
	b->log[0] = '\0';
	b->answers = true;
	begin(b);
	pass(b, 1000);
	expect(b, "start(alice) stop(alice) off() on()");
}

/* A Stop that went out while the store was away is not made up once more by the next start. */
static void the_store_hears_of_it_later(void **state)
{
	struct bench *b = *state;

	begin(b);
	up(b, 0, "alice");
	up(b, 1, "bob");
	pass(b, 1000);
	expect(b, "on() start(alice) start(bob)");
	/* as if there were no room on the disk */
	assert_int_equal(sqlite3_exec(b->accounting.ledger.store.db, "PRAGMA query_only = ON",
				      NULL, NULL, NULL), SQLITE_OK);
	capture();
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	expect(b, "stop(alice)");
	assert_string_not_equal(view_of(b).store_fault, "");
	assert_int_equal(view_of(b).queued, 0);
	pass(b, 11000);
	captured();
	assert_string_equal(view_of(b).store_fault, "");
	killed(b);
	capture();
	begin(b);
	pass(b, 1000);
	captured();
	expect(b, "stop(bob) on()");
}

/* While the thread works, nothing that it has not written is sent. */
static void nothing_is_sent_that_is_not_safe(void **state)
{
	struct bench *b = *state;

	begin(b);
	b->log[0] = '\0';
	jobs_take_time = true;
	pass(b, 300);			/* the removal of On is with the thread */
	up(b, 0, "alice");
	settle(b);
	expect(b, "");
	jobs_take_time = false;
	play_jobs(&b->accounting.ledger.thread);
	settle(b);
	expect(b, "start(alice)");
}

/* A record is answered while the thread has just read it once more: it is not sent again. */
static void an_answer_while_the_store_is_read(void **state)
{
	struct bench *b = *state;
	struct ledger *l = &b->accounting.ledger;

	begin(b);
	b->answers = false;
	up(b, 0, "alice");
	pass(b, 300);
	expect(b, "on() start(alice)");
	sender_forget(&l->sender);
	jobs_take_time = true;
	ledger_look(l);
	settle(b);
	play_jobs(&l->thread);
	played_radius_reply(&b->servers, b->read - 1, RADIUS_ACCOUNTING_RESPONSE);
	jobs_take_time = false;
	pass(b, 3000);
	expect(b, "");
	assert_int_equal(view_of(b).queued, 0);
	assert_int_equal(view_of(b).counts.sent, 2);
}

static void add_many(struct bench *b, unsigned int from, unsigned int to, enum radius_status status)
{
	uint8_t body[ACCOUNT_BODY_MAX];
	char name[16];

	for (unsigned int i = from; i < to; i++) {
		struct account_record r = { .session.id = name, .record.status = status };

		snprintf(name, sizeof(name), "s%u", i);
		assert_int_equal(ledger_add(&b->accounting.ledger, status, name, 1, body,
					    account_encode(&r, body)),
				 0);
	}
}

/* The store and the servers are away: what is kept has a bound, and Interim-Updates go first. */
static void memory_has_a_bound(void **state)
{
	struct bench *b = *state;
	struct ledger *l = &b->accounting.ledger;

	snprintf(b->store, sizeof(b->store), "%s/not/there/store", b->folder);
	b->answers = false;
	capture();
	begin(b);
	assert_int_equal(view_of(b).queued, 1);
	add_many(b, 0, 1000, RADIUS_STATUS_INTERIM);
	/* the second one of a session replaces the first one, whoever has it */
	add_many(b, 0, 1000, RADIUS_STATUS_INTERIM);
	assert_int_equal(view_of(b).counts.merged, 1000);
	add_many(b, 1000, LEDGER_MEMORY - 1, RADIUS_STATUS_START);
	assert_int_equal(view_of(b).counts.dropped, 0);
	assert_int_equal(view_of(b).queued, LEDGER_MEMORY);
	/* those that the sender has are on their way */
	add_many(b, LEDGER_MEMORY, LEDGER_MEMORY + 10, RADIUS_STATUS_INTERIM);
	add_many(b, LEDGER_MEMORY + 10, LEDGER_MEMORY + 20, RADIUS_STATUS_STOP);
	assert_int_equal(view_of(b).counts.dropped, 20);
	assert_int_equal(view_of(b).queued, LEDGER_MEMORY);
	assert_int_equal(l->sender.n, SENDER_MOST);
	end(b);
	assert_int_equal(times_in(captured(), "100000 records could not be written, and are lost"),
			 1);
}

/* As if a page had been read that is none. */
static void damage(struct bench *b)
{
	assert_int_equal(sqlite3_exec(b->accounting.ledger.store.db,
				      "PRAGMA writable_schema = ON; "
				      "UPDATE sqlite_master SET rootpage = 1000 WHERE name = 'records'; "
				      "PRAGMA writable_schema = RESET", NULL, NULL, NULL),
			 SQLITE_OK);
}

/* What was in a file that is damaged, and still is in memory, goes into the new one. */
static void a_store_that_is_damaged_while_it_is_used(void **state)
{
	struct bench *b = *state;

	b->settings.interim_s = 60;
	b->answers = false;
	begin(b);
	up(b, 0, "alice");
	settle(b);
	assert_int_equal(view_of(b).queued, 2);
	damage(b);
	capture();
	up(b, 1, "bob");
	settle(b);
	pass(b, 500);
	assert_int_equal(times_in(captured(), "was damaged. It was moved to"), 1);
	assert_string_equal(view_of(b).store_fault, "");
	assert_int_equal(view_of(b).queued, 3);
	killed(b);
	begin(b);
	pass(b, 1000);
	expect(b, "on() start(alice) start(bob) stop(alice) stop(bob) on()");
}

/* The session whose Start is written again has ended: no Stop is made up for it. */
static void a_stop_while_the_store_is_damaged(void **state)
{
	struct bench *b = *state;

	b->answers = false;
	begin(b);
	up(b, 0, "alice");
	settle(b);
	damage(b);
	capture();
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	pass(b, 500);
	assert_int_equal(times_in(captured(), "was damaged. It was moved to"), 1);
	/* and the next one within a minute is not moved at once */
	damage(b);
	capture();
	up(b, 1, "bob");
	settle(b);
	assert_int_equal(times_in(captured(), "was damaged. It was moved to"), 0);
	capture();
	pass(b, 11000);
	assert_int_equal(times_in(captured(), "was damaged. It was moved to"), 1);
	killed(b);
	begin(b);
	pass(b, 1000);
	expect(b, "on() start(alice) start(bob) stop(alice) stop(bob) on()");
}

/* The server was away for long; the oldest Interim-Updates went first. */
static void a_full_store(void **state)
{
	struct bench *b = *state;
	uint8_t body[ACCOUNT_BODY_MAX];
	char name[16];

	b->settings.max_size = STORE_SIZE_MIN;
	b->answers = false;
	begin(b);
	capture();
	for (unsigned int i = 0; i < 2000; i++) {
		struct account_record r = { 0 };
		size_t len;

		snprintf(name, sizeof(name), "s%u", i);
		r.session.id = name;
		r.session.user = name;
		r.session.user_len = strlen(name);
		r.record.status = i % 2 ? RADIUS_STATUS_INTERIM : RADIUS_STATUS_START;
		r.record.event_time = 1;
		len = account_encode(&r, body);
		/* so many octets of a field that nobody knows */
		body[len] = 0xf0;
		body[len + 1] = 4;
		body[len + 2] = 0;
		assert_int_equal(ledger_add(&b->accounting.ledger, r.record.status, name, 1, body,
					    len + 3 + 1024),
				 0);
	}
	settle(b);
	assert_non_null(strstr(captured(), "is full"));
	assert_true(view_of(b).counts.dropped > 1000);
	assert_true(view_of(b).queued < 1000);
	/* what is left goes out, each once */
	b->answers = true;
	for (unsigned int i = 0; i < 30000 && view_of(b).queued; i++) {
		uv_update_time(&b->loop);
		uv_run(&b->loop, UV_RUN_NOWAIT);
		look(b);
		b->servers.n_sent = b->read = 0;
		b->log[0] = '\0';
		played_ms += 10;
		played_radius_pass(&b->servers, 10);
	}
	assert_int_equal(view_of(b).queued, 0);
}

/* --- the file -------------------------------------------------------------------------------- */

static const char *file_of(struct bench *b)
{
	FILE *file = fopen(b->file, "r");
	size_t n = file ? fread(b->seen, 1, sizeof(b->seen) - 1, file) : 0;

	if (file)
		fclose(file);
	b->seen[n] = '\0';
	return b->seen;
}

static void a_file_and_no_servers(void **state)
{
	struct bench *b = *state;
	FILE *file = fopen(b->file, "w");
	char moved[400];
	const char *text;

	/* the loss of power left half a line */
	fputs("{\"type\":\"st", file);
	fclose(file);
	b->settings.group = "";
	b->settings.file = b->file;
	begin(b);
	up(b, 0, "alice");
	settle(b);
	text = file_of(b);
	assert_int_equal(times_in(text, "\n"), 3);
	assert_int_equal(times_in(text, "\n{\"type\":\"on\""), 1);
	assert_int_equal(times_in(text, "\"user\":\"alice\""), 1);
	/* logrotate */
	snprintf(moved, sizeof(moved), "%s.1", b->file);
	assert_int_equal(rename(b->file, moved), 0);
	accounting_reopen(&b->accounting);
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	text = file_of(b);
	assert_int_equal(times_in(text, "\n"), 1);
	assert_int_equal(times_in(text, "{\"type\":\"stop\""), 1);
	assert_int_equal(view_of(b).queued, 0);
	expect(b, "");
	/* and Stops that a kill prevented */
	up(b, 1, "bob");
	settle(b);
	killed(b);
	begin(b);
	settle(b);
	assert_int_equal(times_in(file_of(b), "\"terminate_cause\":11"), 1);
}

static void a_file_that_cannot_be_written(void **state)
{
	struct bench *b = *state;
	const char *said;
	char folder[200];

	snprintf(folder, sizeof(folder), "%s/folder", b->folder);
	snprintf(b->file, sizeof(b->file), "%s/file", folder);
	b->settings.group = "";
	b->settings.file = b->file;
	capture();
	begin(b);
	pass(b, 25000);
	said = captured();
	assert_non_null(strstr(said, "cannot be opened: No such file or directory"));
	assert_true(view_of(b).file_fault);
	assert_int_equal(mkdir(folder, 0700), 0);
	capture();
	pass(b, 10000);
	assert_non_null(strstr(captured(), "is written to again"));
	assert_int_equal(times_in(file_of(b), "\n"), 1);
	assert_int_equal(view_of(b).lines, 1);
}

/* It is tried once more at the end; here with servers, where lines wait in memory alone. */
static void the_file_is_there_again_at_the_end(void **state)
{
	struct bench *b = *state;
	char folder[200];

	snprintf(folder, sizeof(folder), "%s/folder", b->folder);
	snprintf(b->file, sizeof(b->file), "%s/file", folder);
	b->settings.file = b->file;
	capture();
	begin(b);
	settle(b);
	assert_true(view_of(b).file_fault);
	assert_int_equal(mkdir(folder, 0700), 0);
	end(b);
	captured();
	assert_int_equal(times_in(file_of(b), "\n"), 2);
}

/* What the file did not take waits in the store, over a kill, too. */
static void a_file_has_the_safety_of_the_store(void **state)
{
	struct bench *b = *state;
	const char *at;
	char folder[200];

	snprintf(folder, sizeof(folder), "%s/folder", b->folder);
	snprintf(b->file, sizeof(b->file), "%s/file", folder);
	b->settings.group = "";
	b->settings.file = b->file;
	capture();
	begin(b);
	up(b, 0, "alice");
	settle(b);
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	up(b, 1, "bob");
	settle(b);
	assert_int_equal(view_of(b).queued, 4);
	killed(b);
	assert_null(strstr(captured(), "are lost"));
	assert_int_equal(mkdir(folder, 0700), 0);
	capture();
	begin(b);
	captured();
	assert_int_equal(view_of(b).queued, 0);
	assert_int_equal(times_in(file_of(b), "\n"), 6);
	at = strstr(b->seen, "{\"type\":\"start\"");
	assert_non_null(at);
	at = strstr(at, "{\"type\":\"stop\"");
	assert_non_null(at);
	assert_non_null(strstr(at, "\"terminate_cause\":11"));
	assert_non_null(strstr(at, "{\"type\":\"on\""));
}

/* Another file, while the first one takes nothing: what waits goes there. */
static void another_file(void **state)
{
	struct bench *b = *state;

	snprintf(b->file, sizeof(b->file), "%s/not/there", b->folder);
	b->settings.group = "";
	b->settings.file = b->file;
	capture();
	begin(b);
	up(b, 0, "alice");
	settle(b);
	snprintf(b->file, sizeof(b->file), "%s/there", b->folder);
	assert_int_equal(accounting_reload(&b->accounting, &b->settings, b->servers.radius), 0);
	pass(b, 1000);
	captured();
	assert_int_equal(times_in(file_of(b), "\n"), 2);
	assert_int_equal(view_of(b).queued, 0);
	/* and to servers, once there are some */
	snprintf(b->file, sizeof(b->file), "%s/not/there", b->folder);
	capture();
	assert_int_equal(accounting_reload(&b->accounting, &b->settings, b->servers.radius), 0);
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	b->settings.group = "a";
	b->settings.file = "";
	assert_int_equal(accounting_reload(&b->accounting, &b->settings, b->servers.radius), 0);
	pass(b, 1000);
	captured();
	expect(b, "stop(alice) on()");
}

static void both(void **state)
{
	struct bench *b = *state;

	b->settings.file = b->file;
	begin(b);
	up(b, 0, "alice");
	settle(b);
	expect(b, "on() start(alice)");
	assert_int_equal(times_in(file_of(b), "\n"), 2);
}

/* What has its copy in the file is not written to it again when the servers are taken away. */
static void copies_remain(void **state)
{
	struct bench *b = *state;

	b->settings.stop_ms = 0;
	b->answers = false;
	begin(b);
	up(b, 0, "zoe");
	settle(b);
	killed(b);
	b->servers.n_sent = b->read = 0;
	b->answers = false;
	b->settings.file = b->file;
	capture();
	begin(b);
	captured();
	up(b, 0, "alice");
	settle(b);
	/* a copy of the Stop that was made up, one of On, and one of Start */
	assert_int_equal(times_in(file_of(b), "\n"), 3);
	b->settings.file = "";
	assert_int_equal(accounting_reload(&b->accounting, &b->settings, b->servers.radius), 0);
	up(b, 1, "bob");
	settle(b);
	b->settings.group = "";
	b->settings.file = b->file;
	assert_int_equal(accounting_reload(&b->accounting, &b->settings, b->servers.radius), 0);
	pass(b, 600000);
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	settle(b);
	/* what only servers were to get: the earlier run's On and zoe's Start, and bob's */
	assert_int_equal(times_in(file_of(b), "\n"), 7);
	assert_int_equal(times_in(b->seen, "\"type\":\"on\""), 2);
	assert_int_equal(times_in(b->seen, "\"type\":\"start\""), 3);
	assert_int_equal(times_in(b->seen, "\"type\":\"stop\""), 2);
	assert_int_equal(view_of(b).lines, 4);
	assert_int_equal(view_of(b).queued, 0);
}

/* More Stops than the file has room for in memory were made up: it gets a copy of each. */
static void many_copies(void **state)
{
	const unsigned int n = LINES_MOST + 2000;
	struct bench *b = *state;

	b->settings.stop_ms = 0;
	b->answers = false;
	begin(b);
	add_many(b, 0, n, RADIUS_STATUS_START);
	settle(b);
	killed(b);
	b->servers.n_sent = b->read = 0;
	b->settings.file = b->file;
	b->answers = false;
	capture();
	begin(b);
	for (unsigned int i = 0; i < 100 && view_of(b).lines <= n; i++) {
		played_ms += 100;
		settle(b);
	}
	captured();
	assert_int_equal(view_of(b).lines, n + 1);
	assert_int_equal(view_of(b).lines_dropped, 0);
}

/* --- settings -------------------------------------------------------------------------------- */

static void nothing_is_wanted(void **state)
{
	struct bench *b = *state;

	b->settings.group = "";
	begin(b);
	up(b, 0, "alice");
	settle(b);
	assert_int_not_equal(access(b->store, F_OK), 0);
	/* a reload wants it: of sessions that come up then */
	b->settings.group = "a";
	assert_int_equal(accounting_reload(&b->accounting, &b->settings, b->servers.radius), 0);
	settle(b);
	up(b, 1, "bob");
	settle(b);
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	down(b, 1, EVENT_CAUSE_USER_REQUEST);
	expect(b, "on() start(bob) stop(bob)");
	/* and another one does not */
	up(b, 0, "carol");
	settle(b);
	b->settings.group = "";
	assert_int_equal(accounting_reload(&b->accounting, &b->settings, b->servers.radius), 0);
	up(b, 1, "dave");
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	expect(b, "start(carol)");
}

/* Sessions that live are not ended by a reload, and Stops wait until somebody wants them. */
static void nothing_is_wanted_for_a_while(void **state)
{
	struct bench *b = *state;

	begin(b);
	up(b, 0, "alice");
	up(b, 1, "bob");
	settle(b);
	b->settings.group = "";
	assert_int_equal(accounting_reload(&b->accounting, &b->settings, b->servers.radius), 0);
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	pass(b, 1000);
	expect(b, "on() start(alice) start(bob)");
	b->settings.group = "ab";
	assert_int_equal(accounting_reload(&b->accounting, &b->settings, b->servers.radius), 0);
	settle(b);
	expect(b, "stop(alice)");
	down(b, 1, EVENT_CAUSE_USER_REQUEST);
	expect(b, "stop(bob)");
}

/* The store has no thread: nothing is told, and the end comes all the same. */
static void a_reload_without_a_thread(void **state)
{
	struct bench *b = *state;

	b->settings.group = "";
	begin(b);
	b->settings.file = b->file;
	no_thread_after = 1;		/* that of the file */
	assert_int_equal(accounting_reload(&b->accounting, &b->settings, b->servers.radius),
			 -EAGAIN);
	no_thread_after = NO_BOUND;
	assert_true(view_of(b).file);
	up(b, 0, "alice");
	settle(b);
	end(b);
	assert_string_equal(file_of(b), "");
}

/* --- when memory runs out --------------------------------------------------------------------- */

static int reload(struct bench *b)
{
	return accounting_reload(&b->accounting, &b->settings, b->servers.radius);
}

/* Whatever allocation fails, nothing is left of it, and the next try is as good as the first. */
static void a_beginning_without_memory(void **state)
{
	struct bench *b = *state;
	unsigned int i = 0;
	int err;

	b->settings.file = b->file;
	for (;; i++) {
		memory_left = i;
		err = accounting_open(&b->accounting, &b->sessions, &b->settings,
				      b->servers.radius);
		memory_left = UINT_MAX;
		if (!err)
			break;
		assert_int_equal(err, -ENOMEM);
		/* handles are closed by the loop */
		settle(b);
		assert_string_equal(b->log, "");
	}
	/* the questions, three texts, the file and its path, the path of the store */
	assert_true(i >= 7);
	b->open = true;
	up(b, 0, "alice");
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	pass(b, 60000);
	assert_non_null(strstr(b->log, "start(alice) stop(alice)"));
	assert_int_equal(view_of(b).queued, 0);
}

static void a_reload_without_memory(void **state)
{
	struct bench *b = *state;
	unsigned int i = 0;
	int err;

	begin(b);
	up(b, 0, "alice");
	settle(b);
	expect(b, "on() start(alice)");
	b->settings.file = b->file;
	b->settings.group = "b";
	for (;; i++) {
		memory_left = i;
		err = reload(b);
		memory_left = UINT_MAX;
		if (!err)
			break;
		assert_int_equal(err, -ENOMEM);
		/* the old settings stay */
		assert_false(view_of(b).file);
		assert_string_equal(b->accounting.settings.group, "ab");
	}
	assert_true(i >= 5);
	assert_true(view_of(b).file);
	down(b, 0, EVENT_CAUSE_USER_REQUEST);
	expect(b, "stop(alice)");
}

/* A session comes and goes while every allocation but the first @left fails. */
static void come_and_go(struct bench *b, unsigned int left)
{
	make_session(b, 0, SESSION_OF_SERVER, "alice");
	b->list[0].record.up = true;
	memory_left = left;
	tell_event(b, 0, EVENT_UP, EVENT_CAUSE_NONE);
	settle(b);
	tell_event(b, 0, EVENT_DOWN, EVENT_CAUSE_USER_REQUEST);
	settle(b);
	memory_left = UINT_MAX;
	session_end(&b->list[0], EVENT_CAUSE_USER_REQUEST, "", session_freed);
	b->in_use[0] = false;
	pass(b, 60000);
}

/* What no memory could be had for is counted; nothing waits for ever, and the rest goes out. */
static void records_without_memory(void **state)
{
	struct bench *b = *state;
	unsigned int i = 0, told;
	uint64_t dropped;

	begin(b);
	expect(b, "on()");
	capture();
	do {
		dropped = view_of(b).counts.dropped;
		come_and_go(b, i++);
		dropped = view_of(b).counts.dropped - dropped;
		told = times_in(b->log, "start(alice)") + times_in(b->log, "stop(alice)");
		/* of a session without a Start there is no Stop: that is one loss */
		assert_int_equal(told + dropped, i == 1 ? 1 : 2);
		assert_int_equal(view_of(b).sessions, 0);
		assert_int_equal(view_of(b).queued, 0);
		b->log[0] = '\0';
	} while (dropped);
	assert_true(i > 4);
}

/* --- how fast -------------------------------------------------------------------------------- */

static double real_s(void)
{
	struct timespec now;

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* What was ended is freed before its memory is used again; the store is waited for now and then. */
static void settle_often(struct bench *b, unsigned int i)
{
	jobs_take_time = i % 100;
	if (!jobs_take_time)
		play_jobs(&b->accounting.ledger.thread);
	settle(b);
}

/* Ten thousand records that wait in the store go out; the time is told, and not judged. */
static void ten_thousand_records(void **state)
{
	struct bench *b = *state;
	double begun;

	begin(b);
	b->accounting.ledger.sending = false;
	for (unsigned int i = 1; i <= 5000; i++) {
		up(b, 0, "alice");
		tell_event(b, 0, EVENT_DOWN, EVENT_CAUSE_USER_REQUEST);
		session_end(&b->list[0], EVENT_CAUSE_USER_REQUEST, "", session_freed);
		settle_often(b, i);
	}
	b->in_use[0] = false;
	pass(b, 1000);
	assert_int_equal(view_of(b).queued, 10000);
	begun = real_s();
	b->accounting.ledger.sending = true;
	ledger_look(&b->accounting.ledger);
	while (view_of(b).queued) {
		assert_true(real_s() - begun < 300);
		uv_update_time(&b->loop);
		uv_run(&b->loop, UV_RUN_NOWAIT);
		look(b);
		b->servers.n_sent = b->read = 0;
		b->log[0] = '\0';
		played_ms++;
	}
	printf("# 10000 records went out in %.2f s\n", real_s() - begun);
	assert_int_equal(view_of(b).counts.sent, 10001);
	assert_int_equal(view_of(b).failures, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_session_from_start_to_stop),
		TEST(who_was_never_in_has_no_stop),
		TEST(updates_at_the_interval_of_the_server),
		TEST(another_interval),
		TEST(records_wait_for_servers),
		TEST(an_end_does_not_wait_for_ever),
		TEST(a_kill_makes_stops),
		TEST(a_record_from_before_the_boot),
		TEST(without_a_store_records_go_out_all_the_same),
		TEST(the_store_is_there_again_at_the_end),
		TEST(the_store_hears_of_it_later),
		TEST(nothing_is_sent_that_is_not_safe),
		TEST(an_answer_while_the_store_is_read),
		TEST(memory_has_a_bound),
		TEST(a_store_that_is_damaged_while_it_is_used),
		TEST(a_stop_while_the_store_is_damaged),
		TEST(a_full_store),
		TEST(a_file_and_no_servers),
		TEST(a_file_that_cannot_be_written),
		TEST(the_file_is_there_again_at_the_end),
		TEST(a_file_has_the_safety_of_the_store),
		TEST(another_file),
		TEST(both),
		TEST(copies_remain),
		TEST(many_copies),
		TEST(nothing_is_wanted),
		TEST(nothing_is_wanted_for_a_while),
		TEST(a_reload_without_a_thread),
		TEST(a_beginning_without_memory),
		TEST(a_reload_without_memory),
		TEST(records_without_memory),
		TEST(ten_thousand_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
