/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lines of the log about a client. They begin with its name.
 */
#ifndef CULVERT_CLIENT_LOG_H
#define CULVERT_CLIENT_LOG_H

#include "config/config.h"
#include "util/log.h"

/* @config is the client's. */
#define log_client_event(config, event_, level, fmt, ...)				\
	do {										\
		const struct log_fields about_ = {					\
			.event = event_,						\
			.client = (config)->name,					\
		};									\
											\
		log_with(&about_, log_at(level, "client %s: " fmt, about_.client,	\
					 ##__VA_ARGS__));				\
	} while (0)

#define log_client(config, level, ...)	\
	log_client_event(config, LOG_EVENT_NONE, level, __VA_ARGS__)

#endif
