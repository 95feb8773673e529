// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "util/container.h"
#include "web/tally.h"

static void count(struct tally_words *words, const char *word)
{
	unsigned int i = 0;

	while (i < words->n && strcmp(words->words[i], word))
		i++;
	if (i == TALLY_WORDS)
		return;
	if (i == words->n)
		words->words[words->n++] = word;
	words->counts[i]++;
}

/* Returns the server with this name; NULL if there is no memory for it. */
static struct tally_server *find(struct tally *t, const char *name)
{
	struct tally_server *more;

	for (size_t i = 0; i < t->n; i++)
		if (!strcmp(t->servers[i].name, name))
			return &t->servers[i];
	if (t->n == TALLY_SERVERS)
		return &t->servers[t->n - 1];
	more = realloc(t->servers, (t->n + 1) * sizeof(*more));
	if (!more)
		return NULL;
	t->servers = more;
	more += t->n++;
	memset(more, 0, sizeof(*more));
	if (t->n < TALLY_SERVERS)
		strcpy(more->name, name);
	return more;
}

static void count_steps(struct tally *t, const struct steps *steps)
{
	uint32_t us;

	for (unsigned int i = 0; i < SETUP_STEPS; i++)
		if (steps_took(steps, i, &us))
			histogram_add(&t->steps[i], us);
	if (steps_took_all(steps, &us))
		histogram_add(&t->all_steps, us);
}

static void less(unsigned int *n)
{
	if (*n)
		--*n;
}

static void count_end(struct tally *t, struct tally_server *server, const struct event *event)
{
	const struct session *s = event->session;

	if (!s->record.up_s) {
		less(&server->starting);
		count(&server->failures, session_end_kind(s));
		count_steps(t, &s->steps);
		return;
	}
	less(s->record.up ? &server->up : &server->paused);
	server->ended[event->cause < TALLY_CAUSES ? event->cause : EVENT_CAUSE_NONE]++;
}

static void hear(struct subscriber *sub, const struct event *event)
{
	struct tally *t = container_of(sub, struct tally, sub);
	const struct session *s = event->session;
	struct tally_server *server;

	if (s->record.role != SESSION_OF_SERVER)
		return;
	server = find(t, s->record.owner);
	if (!server)
		return;
	switch (event->type) {
	case EVENT_STARTING:
		server->starting++;
		server->started++;
		break;
	case EVENT_REFUSED:
		count(&server->refusals, event->kind);
		break;
	case EVENT_UP:
		less(&server->starting);
		server->up++;
		server->came_up++;
		count_steps(t, &s->steps);
		break;
	case EVENT_PAUSED:
		less(&server->up);
		server->paused++;
		break;
	case EVENT_RESUMED:
		less(&server->paused);
		server->up++;
		break;
	case EVENT_DOWN:
		count_end(t, server, event);
		break;
	case EVENT_AUTHENTICATED:
	case EVENT_CHANGED:
		break;
	}
}

void tally_open(struct tally *t, struct sessions *sessions)
{
	*t = (struct tally){ .sessions = sessions, .sub.hear = hear };
	events_subscribe(&sessions->events, &t->sub);
}

void tally_close(struct tally *t)
{
	events_unsubscribe(&t->sessions->events, &t->sub);
	free(t->servers);
	t->servers = NULL;
	t->n = 0;
}
