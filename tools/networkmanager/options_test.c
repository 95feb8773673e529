// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "networkmanager/options.h"

#define OURS	"\"connect\":\"start\",\"reconnect\":\"false\",\"resolver\":\"ask\",\"login-timeout\":\"50\""

static void keys_become_options(void **state)
{
	static const struct {
		const char *data, *options;
	} rows[] = {
		{ "{\"gateway\":\"vpn.example.net\",\"user\":\"alice\",\"password-flags\":\"1\"}",
		  "{\"server\":\"vpn.example.net\",\"user\":\"alice\",\"interface\":\"nm0\"," OURS "}" },
		/* as NetworkManager-pptp's editor writes it */
		{ "{\"gateway\":\"s\",\"user\":\"alice\",\"domain\":\"OFFICE\",\"require-mppe\":\"yes\","
		  "\"refuse-eap\":\"yes\",\"refuse-pap\":\"yes\",\"refuse-chap\":\"yes\","
		  "\"refuse-mschap\":\"yes\",\"nobsdcomp\":\"yes\",\"mppe-stateful\":\"yes\"}",
		  "{\"server\":\"s\",\"user\":\"OFFICE\\\\alice\",\"mppe-mode\":\"any\",\"interface\":"
		  "\"nm0\"," OURS "}" },
		{ "{\"gateway\":\"s\",\"user\":\"u\",\"refuse-mschapv2\":\"yes\",\"refuse-eap\":\"yes\","
		  "\"mppe\":\"off\"}",
		  "{\"server\":\"s\",\"user\":\"u\",\"auth\":\"mschap,chap-md5,pap\",\"interface\":\"nm0\","
		  OURS ",\"mppe\":\"off\"}" },
		{ "{\"gateway\":\"s\",\"user\":\"u\",\"require-mppe-40\":\"yes\",\"mtu\":\"1400\","
		  "\"interface\":\"office\"}",
		  "{\"server\":\"s\",\"user\":\"u\",\"mppe-bits\":\"40\",\"interface\":\"office\"," OURS
		  ",\"mtu\":\"1400\"}" },
	};
	char why[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *data = json_loads(rows[i].data, 0, NULL);
		json_t *wanted = json_loads(rows[i].options, 0, NULL);
		json_t *options = options_of(data, "nm0", why, sizeof(why));

		assert_non_null(wanted);
		if (!json_equal(options, wanted))
			fail_msg("%s", json_dumps(options, 0));
		json_decref(options);
		json_decref(wanted);
		json_decref(data);
	}
}

/* A connection may be anybody's: it must not let the daemon read files, or run programs. */
static void what_is_not_known_is_refused(void **state)
{
	static const struct {
		const char *data, *why;
	} rows[] = {
		{ "{}", "the connection has no gateway" },
		{ "{\"gateway\":\"\"}", "the connection has no gateway" },
		{ "{\"gateway\":\"s\",\"secret-file\":\"/etc/shadow\"}", "\"secret-file\" is not known" },
		{ "{\"gateway\":\"s\",\"on-up\":\"/sbin/reboot\"}", "\"on-up\" is not known" },
		{ "{\"gateway\":\"s\",\"routes\":\"0.0.0.0/0\"}", "\"routes\" is not known" },
	};
	char why[128];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *data = json_loads(rows[i].data, 0, NULL);

		assert_null(options_of(data, "nm0", why, sizeof(why)));
		assert_string_equal(why, rows[i].why);
		json_decref(data);
	}
}

static void passwords_are_needed_but_for_nothing(void **state)
{
	json_t *options = json_pack("{s:s}", "server", "s");

	assert_true(options_need_password(options));
	json_object_set_new(options, "auth", json_string("mschap-v2"));
	assert_true(options_need_password(options));
	json_object_set_new(options, "auth", json_string("none"));
	assert_false(options_need_password(options));
	json_decref(options);
}

static void names_are_those_of_the_connection(void **state)
{
	char name[64], interface[16];

	options_names("1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809", name, interface);
	assert_string_equal(name, "nm-1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809");
	assert_string_equal(interface, "nm1b2c3d4e");
	options_names("x", name, interface);
	assert_string_equal(interface, "nmx");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_become_options),
		cmocka_unit_test(what_is_not_known_is_refused),
		cmocka_unit_test(passwords_are_needed_but_for_nothing),
		cmocka_unit_test(names_are_those_of_the_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
