// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "web/message.h"

#define BEFORE		"{\"parameters\":"
#define BEFORE_ERROR	"{\"error\":\""
#define CONTINUES	",\"continues\":true}"

static const struct {
	const char *name;
	unsigned int code;
} errors[] = {
	{ "org.culvert.NotFound", 404 },
	{ "org.culvert.Refused", 409 },
	{ "org.varlink.service.InvalidParameter", 400 },
	{ "org.varlink.service.ExpectedMore", 400 },
	{ "org.varlink.service.InterfaceNotFound", 404 },
	{ "org.varlink.service.MethodNotFound", 404 },
	{ "org.varlink.service.MethodNotImplemented", 404 },
	{ "org.varlink.service.PermissionDenied", 403 },
};

static bool begins(const char *text, size_t len, const char *with)
{
	return len >= strlen(with) && !memcmp(text, with, strlen(with));
}

static bool ends(const char *text, size_t len, const char *with)
{
	return len >= strlen(with) && !memcmp(text + len - strlen(with), with, strlen(with));
}

static unsigned int code_of(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (begins(name, len, errors[i].name) && name[strlen(errors[i].name)] == '"')
			return errors[i].code;
	return 500;
}

void message_take_apart(struct message_parts *parts, const char *text, size_t len)
{
	*parts = (struct message_parts){ .code = 200, .text = text, .len = len };
	if (!begins(text, len, BEFORE)) {
		parts->code = code_of(text + strlen(BEFORE_ERROR), len - strlen(BEFORE_ERROR));
		return;
	}
	/* Parameters are an object: what is behind its end is no member of it. */
	parts->continues = ends(text, len, CONTINUES);
	parts->text += strlen(BEFORE);
	parts->len -= strlen(BEFORE) + (parts->continues ? strlen(CONTINUES) : 1);
}
