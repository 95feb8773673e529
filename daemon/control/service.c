// SPDX-License-Identifier: GPL-2.0-only
/* The methods that each Varlink service has: who it is, and what its interfaces are. */
#include <string.h>

#include "control/error.h"
#include "control/socket_priv.h"

const char service_description[] =
	"# What each Varlink service has.\n"
	"interface org.varlink.service\n\n"
	"# Who this is, and which interfaces there are.\n"
	"method GetInfo() -> (\n"
	"  vendor: string,\n  product: string,\n  version: string,\n  url: string,\n"
	"  interfaces: []string\n)\n\n"
	"# The description of an interface, as a text like this one.\n"
	"method GetInterfaceDescription(interface: string) -> (description: string)\n\n"
	"# There is no such interface.\n"
	"error InterfaceNotFound (interface: string)\n\n"
	"# The interface has no such method.\n"
	"error MethodNotFound (method: string)\n\n"
	"# The method is described, but is not there.\n"
	"error MethodNotImplemented (method: string)\n\n"
	"# A parameter is missing or unknown, or is not what it should be. \"reason\" says so in words.\n"
	"error InvalidParameter (parameter: string, reason: ?string)\n\n"
	"# You may not do that.\n"
	"error PermissionDenied ()\n\n"
	"# The method has to be called with \"more\".\n"
	"error ExpectedMore ()\n";

static json_t *get_info(void *ctx, const json_t *parameters, struct control_error *error)
{
	const struct control *control = ctx;
	json_t *names = json_array();

	for (size_t i = 0; i < control->interfaces.n; i++)
		json_array_append_new(names, json_string(control->interfaces.list[i].parsed->name));
	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "vendor", "The Culvert developers",
			 "product", "culvertd", "version", control->version, "url",
			 "", "interfaces", names);
}

static json_t *get_description(void *ctx, const json_t *parameters, struct control_error *error)
{
	const char *name = json_string_value(json_object_get(parameters, "interface"));
	const struct control *control = ctx;
	const char *text;

	if (interfaces_find(&control->interfaces, name, strlen(name), &text))
		return json_pack("{s:s}", "description", text);
	error_set(error, ERROR_INTERFACE_NOT_FOUND, name);
	return NULL;
}

const struct control_method service_methods[] = {
	{ "org.varlink.service.GetInfo", .run = get_info },
	{ "org.varlink.service.GetInterfaceDescription", .run = get_description },
	{ NULL },
};
