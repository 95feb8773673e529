/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Call a method as the control socket does, without a socket: what it takes and gives is compared with
 * its description. Included by one file of a test program, after <cmocka.h>.
 */
#ifndef CULVERT_CALLED_TEST_H
#define CULVERT_CALLED_TEST_H

#include <stdio.h>
#include <string.h>
#include <uv.h>

#include "control/commands.h"
#include "control/idl_check.h"
#include "control/interfaces.h"
#include "util/callback.h"

/* Why the last call was refused; .text is "" if it was not. */
static struct control_error called_error;

/* The loop that methods need which take time; NULL: none. */
static uv_loop_t *called_loop;

struct control_answer {
	bool given;
	json_t *reply;
};

void control_answer(struct control_answer *answer, json_t *parameters)
{
	*answer = (struct control_answer){ true, parameters };
}

void control_fail(struct control_answer *answer, const struct control_error *error)
{
	called_error = *error;
	*answer = (struct control_answer){ .given = true };
}

/* No such method is called here. */
bool control_continue(struct control_answer *answer, const char *parameters)
{
	return false;
}

void control_tell(struct control_answer *answer, struct control_teller *teller)
{
}

bool control_wants_more(const struct control_answer *answer)
{
	return false;
}

static inline json_t *called_begin(struct api *api, control_begin_fn begin,
				   const json_t *parameters)
{
	struct control_answer answer = { 0 };

	begin(api, parameters, &answer);
	while (!answer.given)
		uv_run(called_loop, UV_RUN_ONCE);
	return answer.reply;
}

static inline const struct idl_member *called_description(const char *method)
{
	static struct interfaces all;
	char error[256];

	if (!all.n && interfaces_parse(&all, "interface a.b", api_descriptions, error, sizeof(error)))
		fail_msg("%s", error);
	return interfaces_method(&all, method);
}

/* Returns the reply of a list, as one reply. */
static inline json_t *called_list(struct api *api, const struct control_list *of,
				  const json_t *parameters)
{
	void *list = of->open(api, parameters, &called_error);
	json_t *elements = json_array(), *element, *reply;
	enum control_next next;

	if (!list) {
		json_decref(elements);
		return NULL;
	}
	while ((next = of->next(list, &element)) != CONTROL_END)
		if (next == CONTROL_ELEMENT)
			json_array_append_new(elements, element);
	reply = of->end ? of->end(list, false) : json_object();
	of->close(list);
	json_object_set_new(reply, of->member, elements);
	return reply;
}

/*
 * Call @method with @parameters, whose reference is taken (NULL: none). Returns a new reference to the
 * parameters of the reply; NULL with @called_error after an error.
 */
static inline json_t *called(struct api *api, const char *method, json_t *parameters)
{
	const struct idl_member *described = called_description(method);
	const struct control_method *m = api_methods;
	struct idl_misfit misfit;
	json_t *reply = NULL;

	called_error = (struct control_error){ 0 };
	parameters = parameters ? parameters : json_object();
	assert_non_null(described);
	while (m->name && strcmp(m->name, method) != 0)
		m++;
	assert_non_null(m->name);
	if (!idl_check(described->in, parameters, &misfit))
		control_invalid(&called_error, misfit.path, "\"%s\": %s", misfit.path, misfit.text);
	else if (m->begin)
		reply = called_begin(api, m->begin, parameters);
	else if (m->list)
		reply = called_list(api, m->list, parameters);
	else
		reply = m->run(api, parameters, &called_error);
	if (reply && !idl_check(described->out, reply, &misfit))
		fail_msg("the reply of %s: %s: %s", method, misfit.path, misfit.text);
	json_decref(parameters);
	return reply;
}

/*
 * Lists @parameters by @name as the socket does, each slice in a callback; there have to be @expected
 * elements. Returns the longest time that a callback took by the clock of the test, of which each look
 * takes a step.
 */
static inline uint64_t called_longest_slice(struct api *api, const char *name,
					    const char *parameters, size_t expected)
{
	json_t *wishes = json_loads(parameters, 0, NULL), *element = NULL;
	struct control_error error = { 0 };
	const struct control_method *m = api_methods;
	enum control_next next = CONTROL_LATER;
	size_t n = 0;
	void *list;

	while (strcmp(m->name, name) != 0)
		m++;
	list = m->list->open(api, wishes, &error);
	assert_non_null(list);
	callbacks_forget();
	while (next != CONTROL_END) {
		CALLBACK("test");

		do {
			next = m->list->next(list, &element);
			if (next != CONTROL_ELEMENT)
				break;
			assert_non_null(element);
			json_decref(element);
			n++;
		} while (callback_has_time());
	}
	m->list->close(list);
	json_decref(wishes);
	assert_int_equal(n, expected);
	return callbacks_seen()->longest_ns;
}

#endif
