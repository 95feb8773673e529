// SPDX-License-Identifier: GPL-2.0-only
/*
 * nm-culvert-service: NetworkManager's plugin for PPTP, whose work culvertd does.
 *
 * NetworkManager starts it for each connection. It lets culvertd make a client that lasts as long as the
 * connection to its control socket, and is told there what becomes of it; so whatever it dies of, the
 * tunnel goes with it. NetworkManager sets the routes and the name servers.
 *
 * The same program is the dialog that tells NetworkManager's user interfaces which secrets to ask for.
 */
#include <NetworkManager.h>
#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "networkmanager/dialog.h"
#include "networkmanager/options.h"

#define SERVICE		"org.freedesktop.NetworkManager.culvert"
#define SOCKET		"/run/culvert/control.sock"
#define MAX_MESSAGE	(512 * 1024)

typedef struct {
	NMVpnServicePlugin parent;
	int fd;			/* the control socket; -1: none */
	guint source;		/* of the loop, for @fd */
	GByteArray *heard;	/* octets of the next message */
	bool up;		/* NetworkManager was told the addresses */
	bool refused;		/* the server has refused the user */
} CulvertPlugin;

typedef struct {
	NMVpnServicePluginClass parent;
} CulvertPluginClass;

GType culvert_plugin_get_type(void);
G_DEFINE_TYPE(CulvertPlugin, culvert_plugin, NM_TYPE_VPN_SERVICE_PLUGIN)

static const char *socket_path = SOCKET;

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

/* ---- the end ---- */

/* culvertd removes the client. */
static void hang_up(CulvertPlugin *self)
{
	if (self->source)
		g_source_remove(self->source);
	if (self->fd >= 0)
		close(self->fd);
	g_byte_array_set_size(self->heard, 0);
	self->source = 0;
	self->fd = -1;
	self->up = false;
}

static void fail(CulvertPlugin *self, NMVpnPluginFailure failure, const char *why)
{
	g_warning("%s", why);
	hang_up(self);
	self->refused = failure == NM_VPN_PLUGIN_FAILURE_LOGIN_FAILED;
	nm_vpn_service_plugin_failure(NM_VPN_SERVICE_PLUGIN(self), failure);
}

/* ---- what culvertd tells ---- */

/* Returns the address in network order, which is what NetworkManager takes; 0: there is none. */
static guint32 address_of(const json_t *client, const char *name)
{
	struct in_addr address;

	return inet_pton(AF_INET, text_of(client, name), &address) == 1 ? address.s_addr : 0;
}

static void add(GVariantBuilder *config, const char *key, GVariant *value)
{
	g_variant_builder_add(config, "{sv}", key, value);
}

static void tell_device(CulvertPlugin *self, const json_t *client)
{
	GVariantBuilder config;

	g_variant_builder_init(&config, G_VARIANT_TYPE_VARDICT);
	add(&config, NM_VPN_PLUGIN_CONFIG_TUNDEV, g_variant_new_string(text_of(client, "interface")));
	add(&config, NM_VPN_PLUGIN_CONFIG_EXT_GATEWAY, g_variant_new_uint32(address_of(client, "peer")));
	add(&config, NM_VPN_PLUGIN_CONFIG_MTU,
	    g_variant_new_uint32((guint32)json_integer_value(json_object_get(client, "mtu"))));
	add(&config, NM_VPN_PLUGIN_CONFIG_HAS_IP4, g_variant_new_boolean(TRUE));
	nm_vpn_service_plugin_set_config(NM_VPN_SERVICE_PLUGIN(self),
					 g_variant_builder_end(&config));
}

static GVariant *name_servers(const json_t *client)
{
	GVariantBuilder list;
	struct in_addr address;
	json_t *server;
	size_t i;

	g_variant_builder_init(&list, G_VARIANT_TYPE("au"));
	json_array_foreach(json_object_get(client, "dns"), i, server)
		if (inet_pton(AF_INET, json_string_value(server), &address) == 1)
			g_variant_builder_add(&list, "u", address.s_addr);
	return g_variant_builder_end(&list);
}

static void tell_addresses(CulvertPlugin *self, const json_t *client)
{
	GVariantBuilder config;

	g_variant_builder_init(&config, G_VARIANT_TYPE_VARDICT);
	add(&config, NM_VPN_PLUGIN_IP4_CONFIG_ADDRESS,
	    g_variant_new_uint32(address_of(client, "local_address")));
	add(&config, NM_VPN_PLUGIN_IP4_CONFIG_PTP,
	    g_variant_new_uint32(address_of(client, "remote_address")));
	add(&config, NM_VPN_PLUGIN_IP4_CONFIG_PREFIX, g_variant_new_uint32(32));
	add(&config, NM_VPN_PLUGIN_IP4_CONFIG_DNS, name_servers(client));
	nm_vpn_service_plugin_set_ip4_config(NM_VPN_SERVICE_PLUGIN(self),
					     g_variant_builder_end(&config));
}

static void ended(CulvertPlugin *self, const json_t *client)
{
	const char *step = text_of(client, "failed_step"), *failure = text_of(client, "failure");
	g_autofree char *why = g_strdup_printf("%s: %s", *step ? step : "the session has ended",
					       *failure ? failure : text_of(client, "state"));

	fail(self, strcmp(step, "login") != 0 ? NM_VPN_PLUGIN_FAILURE_CONNECT_FAILED :
						NM_VPN_PLUGIN_FAILURE_LOGIN_FAILED, why);
}

static void look(CulvertPlugin *self, const json_t *client)
{
	const bool up = !strcmp(text_of(client, "state"), "up");

	if (up && !self->up) {
		self->up = true;
		tell_device(self, client);
		tell_addresses(self, client);
	} else if (!up && (self->up || *text_of(client, "failure"))) {
		ended(self, client);
	}
}

static void take_message(CulvertPlugin *self, const char *text)
{
	json_t *message = json_loads(text, 0, NULL);
	json_t *parameters = json_object_get(message, "parameters");
	const char *error = text_of(message, "error"), *reason = text_of(parameters, "reason");

	if (*error || !parameters)
		fail(self, NM_VPN_PLUGIN_FAILURE_CONNECT_FAILED,
		     *reason ? reason : *error ? error : "culvertd says something else than Varlink");
	else if (json_object_get(parameters, "client"))
		look(self, json_object_get(parameters, "client"));
	else
		fail(self, NM_VPN_PLUGIN_FAILURE_CONNECT_FAILED, "somebody has removed the client");
	json_decref(message);
}

/* Returns false once there is no connection any more. */
static bool take_messages(CulvertPlugin *self)
{
	guint8 *end;

	while (self->fd >= 0 && self->heard->len &&
	       (end = memchr(self->heard->data, '\0', self->heard->len))) {
		g_autofree char *text = g_strdup((const char *)self->heard->data);

		g_byte_array_remove_range(self->heard, 0, (guint)(end - self->heard->data) + 1);
		take_message(self, text);
	}
	return self->fd >= 0;
}

static gboolean readable(gint fd, GIOCondition condition, gpointer data)
{
	CulvertPlugin *self = data;
	guint8 octets[4096];
	ssize_t n = read(fd, octets, sizeof(octets));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return G_SOURCE_CONTINUE;
	if (n > 0 && self->heard->len < MAX_MESSAGE) {
		g_byte_array_append(self->heard, octets, (guint)n);
		return take_messages(self) ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
	}
	fail(self, NM_VPN_PLUGIN_FAILURE_CONNECT_FAILED, "culvertd has gone");
	return G_SOURCE_REMOVE;
}

/* ---- the beginning ---- */

static int connect_to_daemon(GError **error)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	g_strlcpy(address.sun_path, socket_path, sizeof(address.sun_path));
	if (fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	g_set_error(error, NM_VPN_PLUGIN_ERROR, NM_VPN_PLUGIN_ERROR_LAUNCH_FAILED,
		    "culvertd does not answer on %s: %s", socket_path, g_strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Send the call, which is taken. A local socket has room for the 16 KiB that a call may have. */
static bool send_call(int fd, json_t *call, GError **error)
{
	char *text = call ? json_dumps(call, JSON_COMPACT) : NULL;
	const size_t len = text ? strlen(text) + 1 : 0;
	const bool sent = len && send(fd, text, len, MSG_NOSIGNAL) == (ssize_t)len;

	if (!sent)
		g_set_error(error, NM_VPN_PLUGIN_ERROR, NM_VPN_PLUGIN_ERROR_LAUNCH_FAILED,
			    "culvertd cannot be asked: %s", g_strerror(errno));
	if (text)
		explicit_bzero(text, len);
	free(text);
	json_decref(call);
	return sent;
}

/* Ask for a client with @options, a reference that is taken. */
static gboolean begin(CulvertPlugin *self, const char *name, json_t *options, const char *password,
		      GError **error)
{
	json_t *call = json_pack("{s:s, s:b, s:{s:s, s:o, s:b, s:s*}}",
				 "method", "org.culvert.Client.Add", "more", true,
				 "parameters", "name", name, "options", options, "ephemeral", true,
				 "password", options_need_password(options) ? password : NULL);

	hang_up(self);
	self->fd = connect_to_daemon(error);
	if (self->fd < 0) {
		json_decref(call);
		return FALSE;
	}
	if (!send_call(self->fd, call, error)) {
		hang_up(self);
		return FALSE;
	}
	self->source = g_unix_fd_add(self->fd, G_IO_IN | G_IO_HUP, readable, self);
	return TRUE;
}

static void copy_item(const char *key, const char *value, gpointer data)
{
	json_object_set_new(data, key, json_string(value));
}

/* Returns the options of @connection; NULL with @error. Writes the client's name. */
static json_t *read_connection(NMConnection *connection, char *name, GError **error)
{
	json_t *data = json_object(), *options;
	char why[256], interface[16];

	nm_setting_vpn_foreach_data_item(nm_connection_get_setting_vpn(connection), copy_item,
					 data);
	options_names(nm_connection_get_uuid(connection), name, interface);
	options = options_of(data, interface, why, sizeof(why));
	json_decref(data);
	if (!options)
		g_set_error(error, NM_VPN_PLUGIN_ERROR, NM_VPN_PLUGIN_ERROR_BAD_ARGUMENTS,
			    "vpn.data: %s", why);
	return options;
}

static const char *password_of(NMConnection *connection)
{
	return nm_setting_vpn_get_secret(nm_connection_get_setting_vpn(connection), "password");
}

static gboolean start(NMVpnServicePlugin *plugin, NMConnection *connection, GError **error)
{
	char name[64];
	json_t *options = read_connection(connection, name, error);

	if (!options)
		return FALSE;
	return begin((CulvertPlugin *)plugin, name, options, password_of(connection), error);
}

static gboolean need_secrets(NMVpnServicePlugin *plugin, NMConnection *connection,
			     const char **setting, GError **error)
{
	char name[64];
	json_t *options = read_connection(connection, name, error);
	const bool needed = options && options_need_password(options) && !password_of(connection);

	json_decref(options);
	if (needed)
		*setting = NM_SETTING_VPN_SETTING_NAME;
	return needed;
}

/*
 * Of a connection that was never up, libnm says last that it could not connect, whatever it said before,
 * and NetworkManager tells people what was said last.
 */
static gboolean stop(NMVpnServicePlugin *plugin, GError **error)
{
	CulvertPlugin *self = (CulvertPlugin *)plugin;

	hang_up(self);
	if (self->refused)
		g_dbus_connection_emit_signal(nm_vpn_service_plugin_get_connection(plugin), NULL,
					      NM_VPN_DBUS_PLUGIN_PATH, NM_VPN_DBUS_PLUGIN_INTERFACE,
					      "Failure",
					      g_variant_new("(u)", NM_VPN_PLUGIN_FAILURE_LOGIN_FAILED),
					      NULL);
	self->refused = false;
	return TRUE;
}

/* ---- the program ---- */

static void culvert_plugin_init(CulvertPlugin *self)
{
	self->fd = -1;
	self->heard = g_byte_array_new();
}

static void culvert_plugin_finalize(GObject *object)
{
	CulvertPlugin *self = (CulvertPlugin *)object;

	hang_up(self);
	g_byte_array_unref(self->heard);
	G_OBJECT_CLASS(culvert_plugin_parent_class)->finalize(object);
}

static void culvert_plugin_class_init(CulvertPluginClass *class)
{
	G_OBJECT_CLASS(class)->finalize = culvert_plugin_finalize;
	class->parent.connect = start;
	class->parent.need_secrets = need_secrets;
	class->parent.disconnect = stop;
}

static gboolean terminated(gpointer loop)
{
	g_main_loop_quit(loop);
	return G_SOURCE_CONTINUE;
}

static int serve(const char *bus_name)
{
	g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
	g_autoptr(GError) error = NULL;
	NMVpnServicePlugin *plugin;

	plugin = g_initable_new(culvert_plugin_get_type(), NULL, &error,
				NM_VPN_SERVICE_PLUGIN_DBUS_SERVICE_NAME, bus_name,
				NM_VPN_SERVICE_PLUGIN_DBUS_WATCH_PEER, TRUE, NULL);
	if (!plugin) {
		g_warning("%s", error->message);
		return EXIT_FAILURE;
	}
	g_signal_connect_swapped(plugin, "quit", G_CALLBACK(g_main_loop_quit), loop);
	g_unix_signal_add(SIGTERM, terminated, loop);
	g_unix_signal_add(SIGINT, terminated, loop);
	g_main_loop_run(loop);
	/* libnm ends the loop as soon as it has said that all is over, which may not have gone out yet. */
	g_dbus_connection_flush_sync(nm_vpn_service_plugin_get_connection(plugin), NULL, NULL);
	nm_vpn_service_plugin_shutdown(plugin);
	g_object_unref(plugin);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	g_autofree char *bus_name = g_strdup(SERVICE), *uuid = NULL, *id = NULL, *service = NULL;
	gboolean dialog = FALSE, interactive = FALSE, again = FALSE, version = FALSE;
	g_autofree char *path = NULL;
	const GOptionEntry entries[] = {
		{ "bus-name", 0, 0, G_OPTION_ARG_STRING, &bus_name, "name on the system bus", "NAME" },
		{ "socket", 0, 0, G_OPTION_ARG_FILENAME, &path, "control socket of culvertd", "PATH" },
		{ "version", 'V', 0, G_OPTION_ARG_NONE, &version, "version", NULL },
		{ "external-ui-mode", 0, 0, G_OPTION_ARG_NONE, &dialog,
		  "say which secrets are to be asked for", NULL },
		{ "uuid", 'u', 0, G_OPTION_ARG_STRING, &uuid, "of the connection", "UUID" },
		{ "name", 'n', 0, G_OPTION_ARG_STRING, &id, "of the connection", "NAME" },
		{ "service", 's', 0, G_OPTION_ARG_STRING, &service, "of the connection", "SERVICE" },
		{ "allow-interaction", 'i', 0, G_OPTION_ARG_NONE, &interactive, "ask", NULL },
		{ "reprompt", 'r', 0, G_OPTION_ARG_NONE, &again, "ask for what is known, too", NULL },
		{ .long_name = NULL },
	};
	g_autoptr(GOptionContext) context = g_option_context_new(NULL);
	g_autoptr(GError) error = NULL;

	g_option_context_add_main_entries(context, entries, NULL);
	if (!g_option_context_parse(context, &argc, &argv, &error)) {
		fprintf(stderr, "nm-culvert-service: %s\n", error->message);
		return 2;
	}
	if (version) {
		puts("nm-culvert-service " CULVERT_VERSION);
		return EXIT_SUCCESS;
	}
	if (dialog)
		return dialog_run(id ? id : "", interactive, again);
	if (path)
		socket_path = path;
	return serve(bus_name);
}
