/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A session in words, for logs. Pure; each returns @text.
 */
#ifndef CULVERT_DESCRIBE_H
#define CULVERT_DESCRIBE_H

#include "session/session.h"

#define DESCRIBE_SIZE	192

/* While it is up: "on ppp0, 10.0.0.1 to 10.0.0.7, MPPE 128 bit stateless, MTU 1456" */
const char *describe_up(const struct session_record *r, char text[DESCRIBE_SIZE]);

/* By the counters as read last: "received 5 bytes in 4 packets, sent 3 in 2" */
const char *describe_traffic(const struct session_record *r, char text[DESCRIBE_SIZE]);

#endif
