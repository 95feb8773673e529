// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "web/message.h"

static const struct {
	const char *message;
	unsigned int code;
	bool continues;
	const char *text;	/* NULL: all of it */
} messages[] = {
	{ "{\"parameters\":{}}", 200, false, "{}" },
	{ "{\"parameters\":{\"a\":{}}}", 200, false, "{\"a\":{}}" },
	{ "{\"parameters\":{\"a\":1},\"continues\":true}", 200, true, "{\"a\":1}" },
	{ "{\"parameters\":{\"a\":1,\"continues\":true}}", 200, false, "{\"a\":1,\"continues\":true}" },
	{ "{\"error\":\"org.culvert.NotFound\",\"parameters\":{}}", 404, false, NULL },
	{ "{\"error\":\"org.culvert.Refused\",\"parameters\":{}}", 409, false, NULL },
	{ "{\"error\":\"org.varlink.service.InvalidParameter\",\"parameters\":{}}", 400, false, NULL },
	{ "{\"error\":\"org.varlink.service.PermissionDenied\",\"parameters\":{}}", 403, false, NULL },
	{ "{\"error\":\"org.varlink.service.MethodNotFound\",\"parameters\":{}}", 404, false, NULL },
	{ "{\"error\":\"org.culvert.Refused2\",\"parameters\":{}}", 500, false, NULL },
};

static void messages_are_taken_apart(void **state)
{
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		const char *message = messages[i].message;
		const char *want = messages[i].text ? messages[i].text : message;
		struct message_parts parts;

		message_take_apart(&parts, message, strlen(message));
		assert_int_equal(parts.code, messages[i].code);
		assert_int_equal(parts.continues, messages[i].continues);
		assert_int_equal(parts.len, strlen(want));
		assert_memory_equal(parts.text, want, parts.len);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_taken_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
