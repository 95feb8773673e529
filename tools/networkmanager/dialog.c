// SPDX-License-Identifier: GPL-2.0-only
#include <NetworkManager.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "networkmanager/dialog.h"

#define GROUP	"VPN Plugin UI"

static bool is_asked(GHashTable *data, const char *password, bool interactive, bool again)
{
	NMSettingSecretFlags flags = NM_SETTING_SECRET_FLAG_NONE;
	const char *auth = g_hash_table_lookup(data, "auth");

	nm_vpn_service_plugin_get_secret_flags(data, "password", &flags);
	if (!interactive || (flags & NM_SETTING_SECRET_FLAG_NOT_REQUIRED) ||
	    (auth && !strcmp(auth, "none")))
		return false;
	return again || !password || !*password;
}

int dialog_run(const char *id, bool interactive, bool again)
{
	g_autoptr(GHashTable) data = NULL, secrets = NULL;
	g_autoptr(GKeyFile) said = g_key_file_new();
	g_autofree char *description = NULL, *text = NULL;
	const char *password, *user;

	if (!nm_vpn_service_plugin_read_vpn_details(STDIN_FILENO, &data, &secrets)) {
		fputs("nm-culvert-service: standard input has no connection\n", stderr);
		return EXIT_FAILURE;
	}
	password = g_hash_table_lookup(secrets, "password");
	user = g_hash_table_lookup(data, "user");
	description = g_strdup_printf("The password of %s is needed for \"%s\".", user ? user : "the user",
				      id);
	g_key_file_set_integer(said, GROUP, "Version", 2);
	g_key_file_set_string(said, GROUP, "Title", "PPTP");
	g_key_file_set_string(said, GROUP, "Description", description);
	g_key_file_set_string(said, "password", "Value", password ? password : "");
	g_key_file_set_string(said, "password", "Label", "Password");
	g_key_file_set_boolean(said, "password", "IsSecret", TRUE);
	g_key_file_set_boolean(said, "password", "ShouldAsk",
			       is_asked(data, password, interactive, again));
	text = g_key_file_to_data(said, NULL, NULL);
	fputs(text, stdout);
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
