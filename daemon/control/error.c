// SPDX-License-Identifier: GPL-2.0-only
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "control/error.h"
#include "util/text.h"

/* How errors are told: their names, and the members for the two texts. */
static const struct {
	const char *name;
	const char *subject;
	const char *text;
} errors[] = {
	[ERROR_NO_MEMORY]		= { "org.culvert.Refused", NULL, "reason" },
	[ERROR_NOT_FOUND]		= { "org.culvert.NotFound", "what", "name" },
	[ERROR_REFUSED]		= { "org.culvert.Refused", NULL, "reason" },
	[ERROR_INVALID_PARAMETER]	= { "org.varlink.service.InvalidParameter", "parameter", "reason" },
	[ERROR_INTERFACE_NOT_FOUND]	= { "org.varlink.service.InterfaceNotFound", "interface", NULL },
	[ERROR_METHOD_NOT_FOUND]	= { "org.varlink.service.MethodNotFound", "method", NULL },
	[ERROR_METHOD_NOT_IMPLEMENTED] = { "org.varlink.service.MethodNotImplemented", "method", NULL },
	[ERROR_PERMISSION_DENIED]	= { "org.varlink.service.PermissionDenied", NULL, NULL },
	[ERROR_EXPECTED_MORE]		= { "org.varlink.service.ExpectedMore", NULL, NULL },
};

void error_set(struct control_error *error, enum error_kind kind, const char *subject)
{
	error->kind = kind;
	snprintf(error->subject, sizeof(error->subject), "%s", subject);
	*error->text = '\0';
}

void control_not_found(struct control_error *error, const char *what, const char *name)
{
	error_set(error, ERROR_NOT_FOUND, what);
	snprintf(error->text, sizeof(error->text), "%s", name);
}

void control_refused(struct control_error *error, const char *fmt, ...)
{
	va_list args;

	error_set(error, ERROR_REFUSED, "");
	va_start(args, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, args);
	va_end(args);
}

void control_invalid(struct control_error *error, const char *parameter, const char *fmt, ...)
{
	va_list args;

	error_set(error, ERROR_INVALID_PARAMETER, parameter);
	va_start(args, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, args);
	va_end(args);
}

/* A text that was cut within a character is shown as what it is. */
static json_t *text_value(const char *text)
{
	char shown[TEXT_SHOW_SIZE(sizeof(((struct control_error *)0)->text))];
	json_t *value = json_string(text);

	if (value)
		return value;
	text_show(shown, sizeof(shown), text, strlen(text));
	return json_string(shown);
}

json_t *error_message(const struct control_error *error)
{
	const char *subject = errors[error->kind].subject, *text = errors[error->kind].text;
	json_t *parameters = json_object();

	if (subject)
		json_object_set_new(parameters, subject, text_value(error->subject));
	if (text)
		json_object_set_new(parameters, text,
				    text_value(error->kind == ERROR_NO_MEMORY ? "out of memory" :
										error->text));
	return json_pack("{s:s, s:o}", "error", errors[error->kind].name, "parameters", parameters);
}
