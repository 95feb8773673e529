/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The login of a call's peer: the question to the backend, admission, and the answer to the peer.
 * The functions are ops of struct session_ops.
 */
#ifndef CULVERT_LOGIN_H
#define CULVERT_LOGIN_H

#include "session/session.h"

/* The owner of @session is a struct call. */
void login_authenticate(struct session *session, const struct ppp_auth_request *request);
void login_cancelled(struct session *session);
void login_not_made(struct session *session);
bool login_choose_address(struct session *session, struct ip_addr address);

#endif
