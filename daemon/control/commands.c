// SPDX-License-Identifier: GPL-2.0-only
#include "control/commands_priv.h"

const struct control_command api_commands[] = {
	{ "status", .run = api_status },
	{ "session.list", .list = &api_session_list },
	{ "session.show", .run = api_session_show },
	{ "session.set", .run = api_session_set },
	{ "session.kill", .run = api_session_kill },
	{ "client.list", .run = api_client_list },
	{ "client.show", .run = api_client_show },
	{ "client.up", .run = api_client_up },
	{ "client.down", .run = api_client_down },
	{ "pool.list", .run = api_pool_list },
	{ "radius.list", .run = api_radius_list },
	{ "radius.show", .run = api_radius_show },
	{ "database.list", .run = api_database_list },
	{ "ban.list", .list = &api_ban_list },
	{ "ban.add", .run = api_ban_add },
	{ "ban.remove", .run = api_ban_remove },
	{ "accounting", .run = api_accounting },
	{ "drain", .run = api_drain },
	{ "undrain", .run = api_undrain },
	{ "reload", .begin = api_reload },
	{ NULL },
};
