// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "session/events.h"
#include "util/container.h"

struct ear {
	struct subscriber sub;
	char name;
	struct events *leave;		/* unsubscribe from these at the next event */
	struct ear *silence;		/* whom to unsubscribe; NULL: itself */
};

static char heard[16];

static void hear(struct subscriber *sub, const struct event *event)
{
	struct ear *ear = container_of(sub, struct ear, sub);

	strncat(heard, &ear->name, 1);
	if (ear->leave)
		events_unsubscribe(ear->leave, ear->silence ? &ear->silence->sub : sub);
	ear->leave = NULL;
}

static struct ear ear_called(char name)
{
	return (struct ear){ .sub.hear = hear, .name = name };
}

static void tell(struct events *ev)
{
	static const struct event event = { .type = EVENT_UP };

	*heard = '\0';
	events_tell(ev, &event);
}

static void test_everybody_hears(void **state)
{
	struct ear a = ear_called('a'), b = ear_called('b'), c = ear_called('c');
	struct events ev;

	events_init(&ev);
	tell(&ev);
	assert_string_equal(heard, "");
	events_subscribe(&ev, &a.sub);
	events_subscribe(&ev, &b.sub);
	events_subscribe(&ev, &c.sub);
	tell(&ev);
	assert_string_equal(heard, "abc");
	events_unsubscribe(&ev, &b.sub);
	tell(&ev);
	assert_string_equal(heard, "ac");
}

static void test_leaving_while_hearing(void **state)
{
	struct ear a = ear_called('a'), b = ear_called('b'), c = ear_called('c');
	struct events ev;

	events_init(&ev);
	events_subscribe(&ev, &a.sub);
	events_subscribe(&ev, &b.sub);
	events_subscribe(&ev, &c.sub);
	a.leave = &ev;			/* a itself */
	tell(&ev);
	assert_string_equal(heard, "abc");
	b.leave = &ev;			/* c, which would be called next */
	b.silence = &c;
	tell(&ev);
	assert_string_equal(heard, "b");
	tell(&ev);
	assert_string_equal(heard, "b");
}

static void test_names(void **state)
{
	assert_string_equal(event_name(EVENT_DOWN), "session.down");
	assert_string_equal(event_name(EVENT_REFUSED), "login.refused");
	assert_string_equal(event_cause_name(EVENT_CAUSE_NONE), "");
	assert_string_equal(event_cause_name(EVENT_CAUSE_IDLE_TIMEOUT), "idle-timeout");
	/* RFC 2866 section 5.10 */
	assert_int_equal(EVENT_CAUSE_ADMIN_RESET, 6);
	assert_int_equal(EVENT_CAUSE_NAS_REQUEST, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everybody_hears),
		cmocka_unit_test(test_leaving_while_hearing),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
