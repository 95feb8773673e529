/* SPDX-License-Identifier: GPL-2.0-only */
/* The errors of the control socket, as socket.h makes them, and the socket's own. */
#ifndef CULVERT_CONTROL_ERROR_H
#define CULVERT_CONTROL_ERROR_H

#include "control/socket.h"

enum error_kind {
	ERROR_NO_MEMORY,
	ERROR_NOT_FOUND,
	ERROR_REFUSED,
	ERROR_INVALID_PARAMETER,
	ERROR_INTERFACE_NOT_FOUND,
	ERROR_METHOD_NOT_FOUND,
	ERROR_METHOD_NOT_IMPLEMENTED,
	ERROR_PERMISSION_DENIED,
	ERROR_EXPECTED_MORE,
};

void error_set(struct control_error *error, enum error_kind kind, const char *subject);

/* Returns a new reference to the message that says so; NULL if there is no memory. */
json_t *error_message(const struct control_error *error);

#endif
