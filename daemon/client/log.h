/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines of the log about a client. They begin with its name.
 */
#ifndef CULVERT_CLIENT_LOG_H
#define CULVERT_CLIENT_LOG_H

#include "config/config.h"
#include "util/log.h"

/* @config is the client's. */
#define log_client(config, level, fmt, ...) \
	log_at(level, "client %s: " fmt, (config)->name, ##__VA_ARGS__)

#endif
