// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "session_columns.h"
#include "table.h"
#include "top/view.h"
#include "util/text.h"
#include "width.h"

#define HEAD_LINES 2
#define FOOT_LINES 1

/* By what sessions can be sorted, and whether the largest come first. */
static const struct {
	const char *column;
	bool falls;
} orders[] = {
	{ "rate", true }, { "rx-rate", true }, { "tx-rate", true }, { "rx", true }, { "tx", true },
	{ "idle", true }, { "uptime", true }, { "user", false }, { "remote", false },
	{ "interface", false }, { "id", false },
};

#define N_ORDERS (sizeof(orders) / sizeof(orders[0]))

/* Columns of the list, in this order; those with a higher rank are left out first. */
static const struct {
	const char *column;	/* NULL: the graph */
	size_t width;
	unsigned int rank;
} shown[] = {
	{ "id", 8, 0 }, { "user", 20, 0 }, { "remote", 15, 2 }, { "interface", 12, 4 },
	{ "rx-rate", 8, 0 }, { "tx-rate", 8, 0 }, { NULL, 24, 1 }, { "rx", 10, 5 }, { "tx", 10, 5 },
	{ "idle", 7, 3 },
};

#define N_SHOWN (sizeof(shown) / sizeof(shown[0]))

size_t view_room(size_t rows)
{
	return rows > HEAD_LINES + FOOT_LINES ? rows - HEAD_LINES - FOOT_LINES : 1;
}

const char *view_order(const struct view *v, char order[32])
{
	bool falls = orders[v->order].falls != v->inverted;

	snprintf(order, 32, "%s%s", falls ? "-" : "", orders[v->order].column);
	return order;
}

static const json_t *sessions_of(const struct view *v)
{
	return json_object_get(v->reply, "sessions");
}

/* Returns where the chosen session stands; the number of sessions if it is not there. */
static size_t place_of(const struct view *v)
{
	size_t n = json_array_size(sessions_of(v));

	for (size_t i = 0; i < n; i++)
		if (number_of(json_array_get(sessions_of(v), i), "id") == v->chosen)
			return i;
	return n;
}

void view_take(struct view *v, json_t *reply)
{
	const json_t *session;
	size_t i;

	json_decref(v->reply);
	v->reply = reply;
	memory_begin(&v->memory);
	json_array_foreach(sessions_of(v), i, session)
		memory_add(&v->memory, number_of(session, "id"),
			   number_of(session, "rx_bit_s") + number_of(session, "tx_bit_s"));
	/* Nobody else is ended or looked at than the one that was chosen. */
	if (v->mode == VIEW_LIST && place_of(v) == json_array_size(sessions_of(v)))
		v->chosen = number_of(json_array_get(sessions_of(v), 0), "id");
}

/* ---- drawing ---- */

/* Put @text behind what @line has, in @width columns. */
static void put(struct view_line *line, const char *text, size_t width, bool right)
{
	size_t len = strlen(line->text), room = sizeof(line->text) - len;
	char cut[256];
	size_t taken = cut_to_width(cut, sizeof(cut), text, width);
	int pad = (int)(width - taken);

	if (strlen(cut) + (size_t)pad < room)
		snprintf(line->text + len, room, "%*s%s%*s", right ? pad : 0, "", cut,
			 right ? 0 : pad, "");
}

/* Choose the columns that a terminal of @columns has room for, as a set of bits. */
static unsigned int choose(size_t columns)
{
	unsigned int chosen = (1u << N_SHOWN) - 1;

	for (unsigned int rank = 5; rank; rank--) {
		size_t width = 0;

		for (size_t i = 0; i < N_SHOWN; i++)
			if (chosen & 1u << i)
				width += shown[i].width + (width ? 1 : 0);
		if (width <= columns)
			break;
		for (size_t i = 0; i < N_SHOWN; i++)
			if (shown[i].rank == rank)
				chosen &= ~(1u << i);
	}
	return chosen;
}

/* Draw one row; @session is NULL for the headings. */
static void draw_row(const struct view *v, struct view_line *line, const json_t *session,
		     unsigned int chosen)
{
	for (size_t i = 0; i < N_SHOWN; i++) {
		char text[512], small[UNIT_SIZE];
		bool right = true;

		if (!(chosen & 1u << i))
			continue;
		if (i)
			put(line, "", 1, false);
		if (shown[i].column && session)
			snprintf(text, sizeof(text), "%s",
				 session_cell(shown[i].column, session, small, &right));
		else if (shown[i].column)
			snprintf(text, sizeof(text), "%s", session_heading(shown[i].column, &right));
		else if (session)
			graph(text, sizeof(text), &v->memory, number_of(session, "id"),
			      shown[i].width, v->blocks);
		else
			snprintf(text, sizeof(text), "RATE OVER TIME");
		put(line, text, shown[i].width, right && shown[i].column);
	}
}

static void draw_list(const struct view *v, struct view_line *lines, size_t rows, size_t columns)
{
	unsigned int chosen = choose(columns);
	const json_t *session;
	size_t i;

	draw_row(v, &lines[0], NULL, chosen);
	lines[0].look = LOOK_HEADING;
	json_array_foreach(sessions_of(v), i, session) {
		if (i + 1 >= rows)
			return;
		draw_row(v, &lines[i + 1], session, chosen);
		if (number_of(session, "id") == v->chosen)
			lines[i + 1].look = LOOK_CHOSEN;
	}
}

static void draw_detail(const struct view *v, struct view_line *lines, size_t rows, size_t columns)
{
	char text[256], small[UNIT_SIZE];
	size_t at = 0, n = n_session_columns();

	snprintf(lines[at].text, sizeof(lines[at].text), "session %ju", (uintmax_t)v->chosen);
	lines[at++].look = LOOK_HEADING;
	if (at < rows) {
		graph(text, sizeof(text), &v->memory, v->chosen, GRAPH_LENGTH, v->blocks);
		put(&lines[at], "rate over time", 16, false);
		put(&lines[at++], text, GRAPH_LENGTH, false);
	}
	for (size_t i = 0; i < n && at < rows; i++, at++) {
		const char *name = session_column_name(i);
		bool right;

		put(&lines[at], name, 16, false);
		put(&lines[at], session_cell(name, v->detail, small, &right), 64, false);
	}
}

static void draw_title(const struct view *v, struct view_line *line)
{
	char rx[UNIT_SIZE], tx[UNIT_SIZE], order[32];

	snprintf(line->text, sizeof(line->text),
		 "sessions: %ju, receiving %sbit/s, sending %sbit/s, by %s%s%s",
		 (uintmax_t)number_of(v->reply, "matched"),
		 show_rate(number_of(v->reply, "rx_bit_s"), rx),
		 show_rate(number_of(v->reply, "tx_bit_s"), tx), view_order(v, order),
		 *v->filter ? ", only " : "", v->filter);
}

static void draw_foot(const struct view *v, struct view_line *line)
{
	if (v->mode == VIEW_TYPING)
		snprintf(line->text, sizeof(line->text), "only (as \"user NAME\" or \"idle 5m\"): %s",
			 v->typed);
	else if (v->mode == VIEW_ASKING)
		snprintf(line->text, sizeof(line->text), "end session %ju? (y/n)",
			 (uintmax_t)v->chosen);
	else if (*v->message)
		snprintf(line->text, sizeof(line->text), "%s", v->message);
	else if (v->mode == VIEW_DETAIL)
		snprintf(line->text, sizeof(line->text), "q back  K end it");
	else
		snprintf(line->text, sizeof(line->text),
			 "q quit  up/down choose  enter detail  s/S sort  i invert  f filter  K end");
	if (v->mode == VIEW_ASKING || (v->mode != VIEW_TYPING && *v->message))
		line->look = LOOK_BAD;
}

/* What comes from the network must not move the cursor. */
static void make_fit(struct view_line *line, size_t columns)
{
	char safe[sizeof(line->text)], cut[sizeof(line->text)];

	text_show(safe, sizeof(safe), line->text, strlen(line->text));
	cut_to_width(cut, sizeof(cut), safe, columns);
	strcpy(line->text, cut);
}

void view_draw(const struct view *v, struct view_line *lines, size_t rows, size_t columns)
{
	bool detail = v->detail && (v->mode == VIEW_DETAIL || v->mode == VIEW_ASKING);

	memset(lines, 0, rows * sizeof(*lines));
	if (rows > HEAD_LINES + FOOT_LINES) {
		draw_title(v, &lines[0]);
		if (detail)
			draw_detail(v, lines + 1, rows - 1 - FOOT_LINES, columns);
		else
			draw_list(v, lines + 1, rows - 1 - FOOT_LINES, columns);
	}
	if (rows)
		draw_foot(v, &lines[rows - 1]);
	for (size_t i = 0; i < rows; i++)
		make_fit(&lines[i], columns);
}

/* ---- keys ---- */

static void move(struct view *v, bool down)
{
	size_t at = place_of(v), n = json_array_size(sessions_of(v));

	if (at == n)
		at = 0;
	else if (down && at + 1 < n)
		at++;
	else if (!down && at)
		at--;
	v->chosen = number_of(json_array_get(sessions_of(v), at), "id");
}

static void leave_detail(struct view *v)
{
	json_decref(v->detail);
	v->detail = NULL;
	v->mode = VIEW_LIST;
}

static enum view_wish key_in_list(struct view *v, int key)
{
	switch (key) {
	case 'q':
	case 'Q':
		return VIEW_QUIT;
	case VIEW_KEY_UP:
	case 'k':
		move(v, false);
		return VIEW_DRAW;
	case VIEW_KEY_DOWN:
	case 'j':
		move(v, true);
		return VIEW_DRAW;
	case VIEW_KEY_ENTER:
		if (v->chosen)
			v->mode = VIEW_DETAIL;
		return VIEW_READ;
	case 's':
		v->order = (v->order + 1) % N_ORDERS;
		v->inverted = false;
		return VIEW_READ;
	case 'S':
		v->order = (v->order + N_ORDERS - 1) % N_ORDERS;
		v->inverted = false;
		return VIEW_READ;
	case 'i':
		v->inverted = !v->inverted;
		return VIEW_READ;
	case 'f':
	case '/':
		snprintf(v->typed, sizeof(v->typed), "%s", v->filter);
		v->mode = VIEW_TYPING;
		return VIEW_DRAW;
	case 'K':
		if (v->chosen)
			v->mode = VIEW_ASKING;
		return VIEW_DRAW;
	default:
		return VIEW_DRAW;
	}
}

static enum view_wish key_in_detail(struct view *v, int key)
{
	if (key == 'K')
		v->mode = VIEW_ASKING;
	else if (key == 'q' || key == VIEW_KEY_ESCAPE || key == VIEW_KEY_ENTER)
		leave_detail(v);
	return VIEW_DRAW;
}

static enum view_wish key_in_typing(struct view *v, int key)
{
	size_t len = strlen(v->typed);

	switch (key) {
	case VIEW_KEY_ENTER:
		v->mode = VIEW_LIST;
		return VIEW_FILTER;
	case VIEW_KEY_ESCAPE:
		v->mode = VIEW_LIST;
		return VIEW_DRAW;
	case VIEW_KEY_ERASE:
		/* A character is all its octets. */
		while (len && ((unsigned char)v->typed[len - 1] & 0xc0) == 0x80)
			len--;
		v->typed[len ? len - 1 : 0] = '\0';
		return VIEW_DRAW;
	default:
		if (key >= ' ' && key <= 0xff && key != 0x7f && len + 1 < sizeof(v->typed)) {
			v->typed[len] = (char)key;
			v->typed[len + 1] = '\0';
		}
		return VIEW_DRAW;
	}
}

enum view_wish view_key(struct view *v, int key)
{
	*v->message = '\0';
	switch (v->mode) {
	case VIEW_DETAIL:
		return key_in_detail(v, key);
	case VIEW_TYPING:
		return key_in_typing(v, key);
	case VIEW_ASKING:
		v->mode = v->detail ? VIEW_DETAIL : VIEW_LIST;
		return key == 'y' || key == 'Y' ? VIEW_KILL : VIEW_DRAW;
	case VIEW_LIST:
		break;
	}
	return key_in_list(v, key);
}

void view_free(struct view *v)
{
	json_decref(v->reply);
	json_decref(v->detail);
	memory_free(&v->memory);
}
