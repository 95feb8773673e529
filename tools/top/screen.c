// SPDX-License-Identifier: GPL-2.0-only
#include <curses.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control.h"
#include "json.h"
#include "session_columns.h"
#include "session_filter.h"
#include "top/screen.h"
#include "top/view.h"

#define INTERVAL_MS 2000
#define ESCAPE 27
#define MAX_FILTER_WORDS 32

struct screen {
	const struct options *options;
	json_t *filter;		/* a reference */
	struct view view;
	bool lost;		/* the last question had no answer */
};

static void no_answer(struct screen *s)
{
	snprintf(s->view.message, sizeof(s->view.message), "%s", last_complaint());
	s->lost = true;
}

static void read_detail(struct screen *s)
{
	struct view *v = &s->view;
	int status;
	json_t *session = ask(s->options, (struct call){
		.method = "org.culvert.Session.Show",
		.member = "session",
		.parameters = json_pack("{s:I}", "id", (json_int_t)v->chosen),
	}, &status);

	if (session) {
		json_decref(v->detail);
		v->detail = session;
		return;
	}
	/* Most probably it has ended. */
	view_key(v, VIEW_KEY_ESCAPE);
	no_answer(s);
}

/* Ask the daemon for what is on the screen, and no more. */
static void read_sessions(struct screen *s)
{
	char order[32];
	int status;
	json_t *reply = ask(s->options, (struct call){
		.method = "org.culvert.Session.List",
		.parameters = top_parameters(s->filter, view_order(&s->view, order),
					     (int)view_room((size_t)LINES)),
	}, &status);

	if (!reply) {
		no_answer(s);
		return;
	}
	if (s->lost)
		*s->view.message = '\0';
	s->lost = false;
	view_take(&s->view, reply);
	if (s->view.mode == VIEW_DETAIL)
		read_detail(s);
}

static void draw(const struct screen *s)
{
	static const attr_t looks[] = {
		[LOOK_PLAIN] = A_NORMAL, [LOOK_HEADING] = A_BOLD, [LOOK_CHOSEN] = A_REVERSE,
		[LOOK_BAD] = A_STANDOUT,
	};
	size_t rows = (size_t)LINES;
	struct view_line *lines = calloc(rows, sizeof(*lines));

	if (!lines)
		return;
	/* The last column stays free: some terminals scroll when the last place is written to. */
	view_draw(&s->view, lines, rows, COLS > 1 ? (size_t)COLS - 1 : 1);
	erase();
	for (size_t i = 0; i < rows; i++) {
		attrset((int)looks[lines[i].look]);
		mvaddstr((int)i, 0, lines[i].text);
	}
	attrset(A_NORMAL);
	refresh();
	free(lines);
}

/* Take what was typed for the filter, if it is one. */
static void take_typed(struct screen *s)
{
	struct view *v = &s->view;
	char words[sizeof(v->typed)], *argv[MAX_FILTER_WORDS], *rest;
	json_t *object = json_object();
	int argc = 0, n = 1;

	snprintf(words, sizeof(words), "%s", v->typed);
	for (char *w = strtok_r(words, " ", &rest); w && argc < MAX_FILTER_WORDS;
	     w = strtok_r(NULL, " ", &rest))
		argv[argc++] = w;
	for (int i = 0; i < argc && n > 0; i += n) {
		n = take_filter(object, argc - i, argv + i);
		if (!n)
			no_filter("the filter", argv[i], (const char * const[]){ NULL });
	}
	if (n > 0) {
		json_decref(s->filter);
		s->filter = json_incref(object);
		snprintf(v->filter, sizeof(v->filter), "%s", v->typed);
	} else {
		snprintf(v->message, sizeof(v->message), "%s", last_complaint());
	}
	json_decref(object);
}

static void end_session(struct screen *s)
{
	int status;
	json_t *reply = ask(s->options, (struct call){
		.method = "org.culvert.Session.Kill",
		.parameters = json_pack("{s:I}", "id", (json_int_t)s->view.chosen),
	}, &status);

	if (!reply)
		no_answer(s);
	else
		snprintf(s->view.message, sizeof(s->view.message), "session %ju is being ended",
			 (uintmax_t)s->view.chosen);
	json_decref(reply);
}

static int key_of(int c)
{
	switch (c) {
	case KEY_UP:
		return VIEW_KEY_UP;
	case KEY_DOWN:
		return VIEW_KEY_DOWN;
	case KEY_ENTER:
	case '\r':
	case '\n':
		return VIEW_KEY_ENTER;
	case ESCAPE:
		return VIEW_KEY_ESCAPE;
	case KEY_BACKSPACE:
	case '\b':
	case 0x7f:
		return VIEW_KEY_ERASE;
	default:
		return c <= 0xff ? c : 0;
	}
}

/* Returns false if that is the end. */
static bool do_wish(struct screen *s, enum view_wish wish)
{
	switch (wish) {
	case VIEW_QUIT:
		return false;
	case VIEW_KILL:
		end_session(s);
		break;
	case VIEW_FILTER:
		take_typed(s);
		if (!*s->view.message)
			read_sessions(s);
		break;
	case VIEW_READ:
		read_sessions(s);
		break;
	case VIEW_DRAW:
		break;
	}
	return true;
}

static void show(struct screen *s)
{
	bool goes_on = true;

	while (goes_on) {
		int c;

		draw(s);
		timeout(INTERVAL_MS);
		c = getch();
		if (c == ERR || c == KEY_RESIZE)
			read_sessions(s);
		else
			goes_on = do_wish(s, view_key(&s->view, key_of(c)));
	}
}

bool top_on_screen(const struct options *options, const json_t *wanted, int *status)
{
	struct screen s = { .options = options, .filter = json_deep_copy(wanted) };
	SCREEN *terminal;

	s.view.blocks = MB_CUR_MAX > 1;
	/* A daemon that is not there is told before there is a screen. */
	read_sessions(&s);
	*status = s.lost ? STATUS_ABSENT : STATUS_OK;
	terminal = s.lost ? NULL : newterm(NULL, stdout, stdin);
	if (terminal) {
		complain_silently(true);
		cbreak();
		noecho();
		keypad(stdscr, TRUE);
		set_escdelay(50);
		curs_set(0);
		read_sessions(&s);
		show(&s);
		endwin();
		delscreen(terminal);
		complain_silently(false);
	}
	view_free(&s.view);
	json_decref(s.filter);
	return terminal || s.lost;
}
