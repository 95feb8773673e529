// SPDX-License-Identifier: GPL-2.0-only
#include "config/draft.h"

static const struct config_word levels[] = {
	{ "error", LOG_LEVEL_ERROR },
	{ "warning", LOG_LEVEL_WARNING },
	{ "notice", LOG_LEVEL_NOTICE },
	{ "info", LOG_LEVEL_INFO },
	{ "debug", LOG_LEVEL_DEBUG },
	{ 0 },
};

static const struct config_word targets[] = {
	{ "auto", LOG_TARGET_AUTO },
	{ "stderr", LOG_TARGET_STDERR },
	{ "journal", LOG_TARGET_JOURNAL },
	{ "syslog", LOG_TARGET_SYSLOG },
	{ "json", LOG_TARGET_JSON },
	{ 0 },
};

#define AT(field) offsetof(struct log_options, field)

static const struct config_option options[] = {
	{ "level", &config_type_word, AT(level), .words = levels, .preset = "info",
	  .means = "The least important lines that are written: error, warning, notice, info or debug" },
	{ "target", &config_type_word, AT(target), .words = targets, .preset = "auto",
	  .means = "Where lines go: stderr, journal, syslog, json or auto" },
	{ "limit-burst", &config_type_number, AT(limit_burst),
	  .max = 10000, .preset = "10", .unit = "lines",
	  .means = "How many lines one caller can cause at once; 0: any number" },
	{ "limit-rate", &config_type_number, AT(limit_per_minute),
	  .min = 1, .max = 10000, .preset = "6", .unit = "lines per minute",
	  .means = "How many lines one caller can cause after that" },
	{ 0 },
};

static bool move(struct config *config, const struct config_draft *d, struct config_section *s)
{
	config->log = *(struct log_options *)s->values;
	return true;
}

const struct config_kind config_kind_log = {
	"log", .means = "What is written about what happens",
	.size = sizeof(struct log_options), .options = options, .move = move,
};
