/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What top shows, as lines of text, and what keys do to it. Pure: the terminal is for screen.c, and so
 * is the daemon.
 */
#ifndef PPPCTL_TOP_VIEW_H
#define PPPCTL_TOP_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "top/graph.h"

enum view_mode {
	VIEW_LIST,
	VIEW_DETAIL,		/* of the session that is chosen */
	VIEW_TYPING,		/* a filter */
	VIEW_ASKING,		/* whether the session that is chosen is to be ended */
};

struct view {
	enum view_mode mode;
	json_t *reply;		/* a reference: the last one of org.culvert.Session.List, or NULL */
	json_t *detail;		/* a reference: the last one of org.culvert.Session.Show, or NULL */
	struct memory memory;
	uint64_t chosen;	/* the number of a session; 0: none */
	size_t order;
	bool inverted;		/* @order the other way round */
	char filter[256];	/* words as on the command line */
	char typed[256];	/* in VIEW_TYPING */
	char message[512];	/* for the last line, until a key is pressed; "": none */
	bool blocks;		/* the terminal has them */
};

enum look {
	LOOK_PLAIN,
	LOOK_HEADING,
	LOOK_CHOSEN,
	LOOK_BAD,
};

struct view_line {
	char text[1024];	/* UTF-8, no wider than the terminal */
	enum look look;
};

/* Keys that are no characters. */
enum {
	VIEW_KEY_UP = 0x1000,
	VIEW_KEY_DOWN,
	VIEW_KEY_ENTER,
	VIEW_KEY_ESCAPE,
	VIEW_KEY_ERASE,
};

/* What has to be done after a key. */
enum view_wish {
	VIEW_DRAW,
	VIEW_READ,		/* ask the daemon again */
	VIEW_FILTER,		/* the same, if @typed is a filter */
	VIEW_KILL,		/* end the session that is chosen */
	VIEW_QUIT,
};

/* Returns how many sessions a screen of @rows has room for. */
size_t view_room(size_t rows);

/* Returns the name of the column by which sessions are to be sorted, as behind "sort". */
const char *view_order(const struct view *v, char order[32]);

/* Take @reply, a reference, in the place of the one before. */
void view_take(struct view *v, json_t *reply);

/* Write @rows lines of @columns to @lines. */
void view_draw(const struct view *v, struct view_line *lines, size_t rows, size_t columns);

enum view_wish view_key(struct view *v, int key);

void view_free(struct view *v);

#endif
