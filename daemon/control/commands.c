// SPDX-License-Identifier: GPL-2.0-only
#include "control/commands_priv.h"

/*
 * Each method stands in varlink/INTERFACE.varlink, too, which says what it takes and gives:
 * commands_test compares the two.
 */
const struct control_method api_methods[] = {
	{ "org.culvert.Daemon.Status", CONTROL_READ, .run = api_status },
	{ "org.culvert.Daemon.Reload", CONTROL_WRITE, .begin = api_reload },
	{ "org.culvert.Daemon.Drain", CONTROL_WRITE, .run = api_drain },
	{ "org.culvert.Daemon.Undrain", CONTROL_WRITE, .run = api_undrain },
	{ "org.culvert.Daemon.Watch", CONTROL_READ, true, .begin = api_watch },
	{ "org.culvert.Session.List", CONTROL_READ, .list = &api_session_list },
	{ "org.culvert.Session.Show", CONTROL_READ, .run = api_session_show },
	{ "org.culvert.Session.Stats", CONTROL_READ, .begin = api_session_stats },
	{ "org.culvert.Session.Set", CONTROL_WRITE, .run = api_session_set },
	{ "org.culvert.Session.Kill", CONTROL_WRITE, .begin = api_session_kill },
	{ "org.culvert.Session.Monitor", CONTROL_READ, true, .begin = api_session_monitor },
	{ "org.culvert.User.List", CONTROL_READ, .list = &api_user_list },
	{ "org.culvert.User.Show", CONTROL_READ, .run = api_user_show },
	{ "org.culvert.Client.List", CONTROL_READ, .list = &api_client_list },
	{ "org.culvert.Client.Show", CONTROL_READ, .run = api_client_show },
	{ "org.culvert.Client.Up", CONTROL_WRITE, .run = api_client_up },
	{ "org.culvert.Client.Down", CONTROL_WRITE, .run = api_client_down },
	{ "org.culvert.Client.Watch", CONTROL_READ, true, .begin = api_client_watch },
	{ "org.culvert.Client.Add", CONTROL_HOST, .begin = api_client_add, .secret = "password" },
	{ "org.culvert.Client.Remove", CONTROL_HOST, .run = api_client_remove },
	{ "org.culvert.Pool.List", CONTROL_READ, .run = api_pool_list },
	{ "org.culvert.Radius.List", CONTROL_READ, .run = api_radius_list },
	{ "org.culvert.Radius.Show", CONTROL_READ, .run = api_radius_show },
	{ "org.culvert.Database.List", CONTROL_READ, .run = api_database_list },
	{ "org.culvert.Ban.List", CONTROL_READ, .list = &api_ban_list },
	{ "org.culvert.Ban.Add", CONTROL_WRITE, .run = api_ban_add },
	{ "org.culvert.Ban.Remove", CONTROL_WRITE, .run = api_ban_remove },
	{ "org.culvert.Accounting.Status", CONTROL_READ, .run = api_accounting },
	{ "org.culvert.Config.Show", CONTROL_READ, .list = &api_config_show },
	{ "org.culvert.Config.Diff", CONTROL_READ, .begin = api_config_diff },
	{ "org.culvert.Log.List", CONTROL_READ, .run = api_log_list },
	{ "org.culvert.Log.Set", CONTROL_WRITE, .run = api_log_set },
	{ "org.culvert.Log.Unset", CONTROL_WRITE, .run = api_log_unset },
	{ "org.culvert.Diagnosis.Diagnose", CONTROL_READ, .run = api_diagnose },
	{ "org.culvert.Trace.Trace", CONTROL_CAPTURE, true, .begin = api_trace },
	{ "org.culvert.Trace.Where", CONTROL_CAPTURE, .run = api_trace_where },
	{ NULL },
};
