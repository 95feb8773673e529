/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Private to the commands: the functions in their table, by subject. Each has the contract that
 * socket.h gives for its type; @ctx is a struct api.
 */
#ifndef CULVERT_CONTROL_COMMANDS_PRIV_H
#define CULVERT_CONTROL_COMMANDS_PRIV_H

#include "control/commands.h"

/* daemon_commands.c */
json_t *api_status(void *ctx, const json_t *parameters, struct control_error *error);
json_t *api_pool_list(void *ctx, const json_t *parameters, struct control_error *error);
void api_reload(void *ctx, const json_t *parameters, struct control_answer *answer);

/* history.c */
void api_watch(void *ctx, const json_t *parameters, struct control_answer *answer);

/* drain_commands.c */
json_t *api_drain(void *ctx, const json_t *parameters, struct control_error *error);
json_t *api_undrain(void *ctx, const json_t *parameters, struct control_error *error);

/* session_list.c */
extern const struct control_list api_session_list;

/* session_stats.c */
void api_session_stats(void *ctx, const json_t *parameters, struct control_answer *answer);

/* session_commands.c */
#define API_ID_OR_FILTER "expected either \"id\" or \"filter\""

/* Returns the session whose number is the parameter "id"; NULL after saying that there is none. */
struct session *api_find_session(const struct api *api, const json_t *parameters,
				 struct control_error *error);
json_t *api_session_show(void *ctx, const json_t *parameters, struct control_error *error);
json_t *api_session_set(void *ctx, const json_t *parameters, struct control_error *error);
void api_session_kill(void *ctx, const json_t *parameters, struct control_answer *answer);

/* user_list.c and user_commands.c */
extern const struct control_list api_user_list;
json_t *api_user_show(void *ctx, const json_t *parameters, struct control_error *error);

/* client_commands.c */
extern const struct control_list api_client_list;
json_t *api_client_show(void *ctx, const json_t *parameters, struct control_error *error);
json_t *api_client_up(void *ctx, const json_t *parameters, struct control_error *error);
json_t *api_client_down(void *ctx, const json_t *parameters, struct control_error *error);
json_t *object_of_client(const struct client *client);
/* Returns the client of the parameter "name"; or NULL after saying that there is none. */
struct client *named_client(const struct api *api, const json_t *parameters,
			    struct control_error *error);

/* client_make.c */
void api_client_add(void *ctx, const json_t *parameters, struct control_answer *answer);
json_t *api_client_remove(void *ctx, const json_t *parameters, struct control_error *error);
void api_client_watch(void *ctx, const json_t *parameters, struct control_answer *answer);

/* radius_commands.c */
json_t *api_radius_list(void *ctx, const json_t *parameters, struct control_error *error);
json_t *api_radius_show(void *ctx, const json_t *parameters, struct control_error *error);

/* database_commands.c */
json_t *api_database_list(void *ctx, const json_t *parameters, struct control_error *error);

/* ban_commands.c */
extern const struct control_list api_ban_list;
json_t *api_ban_add(void *ctx, const json_t *parameters, struct control_error *error);
json_t *api_ban_remove(void *ctx, const json_t *parameters, struct control_error *error);

/* config_commands.c */
extern const struct control_list api_config_show;
void api_config_diff(void *ctx, const json_t *parameters, struct control_answer *answer);

/* log_commands.c */
json_t *api_log_list(void *ctx, const json_t *parameters, struct control_error *error);
json_t *api_log_set(void *ctx, const json_t *parameters, struct control_error *error);
json_t *api_log_unset(void *ctx, const json_t *parameters, struct control_error *error);

/* monitor.c */
void api_session_monitor(void *ctx, const json_t *parameters, struct control_answer *answer);

/* diagnosis_commands.c */
json_t *api_diagnose(void *ctx, const json_t *parameters, struct control_error *error);
/* trace_commands.c */
void api_trace(void *ctx, const json_t *parameters, struct control_answer *answer);
json_t *api_trace_where(void *ctx, const json_t *parameters, struct control_error *error);

/* accounting_commands.c */
json_t *api_accounting(void *ctx, const json_t *parameters, struct control_error *error);

#endif
