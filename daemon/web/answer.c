// SPDX-License-Identifier: GPL-2.0-only
#ifdef CULVERT_MICROHTTPD

#include <stdlib.h>
#include <string.h>

#include "web/web_priv.h"

#define JSON_TYPE "application/json"

static void count(struct web *web, unsigned int code)
{
	static const unsigned int codes[WEB_N_CODES] = WEB_CODES;
	unsigned int i = 0;

	while (codes[i] && codes[i] != code)
		i++;
	web->answers[i]++;
}

void answer_head(struct MHD_Response *response, const char *type)
{
	MHD_add_response_header(response, "Content-Type", type);
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Content-Security-Policy", "default-src 'none'");
}

enum MHD_Result answer_with(struct request *r, unsigned int code, struct MHD_Response *response)
{
	if (!response)
		return MHD_NO;
	count(r->web, code);
	return MHD_queue_response(r->connection, code, response);
}

/* Send @response, and drop it. */
static enum MHD_Result send_off(struct request *r, unsigned int code, struct MHD_Response *response)
{
	enum MHD_Result result = answer_with(r, code, response);

	if (response)
		MHD_destroy_response(response);
	return result;
}

/* What some answers have to say besides. */
static void add_hints(struct MHD_Response *response, const struct request *r, unsigned int code)
{
	if (code == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, "Allow", r->resource->methods);
	else if (code == MHD_HTTP_UNAUTHORIZED)
		MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
	else if (code == MHD_HTTP_TOO_MANY_REQUESTS)
		MHD_add_response_header(response, "Retry-After", "30");
}

enum MHD_Result answer_words(struct request *r, unsigned int code, const char *words)
{
	struct MHD_Response *response = MHD_create_response_from_buffer(strlen(words),
									(void *)(uintptr_t)words,
									MHD_RESPMEM_PERSISTENT);

	if (!response)
		return MHD_NO;
	answer_head(response, "text/plain; charset=utf-8");
	add_hints(response, r, code);
	return send_off(r, code, response);
}

enum MHD_Result answer_json(struct request *r, unsigned int code, char *text, size_t len,
			    const char *cookie)
{
	struct MHD_Response *response = NULL;

	if (text)
		response = MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE);
	if (!response) {
		free(text);
		return MHD_NO;
	}
	answer_head(response, JSON_TYPE);
	add_hints(response, r, code);
	if (cookie)
		MHD_add_response_header(response, "Set-Cookie", cookie);
	return send_off(r, code, response);
}

enum MHD_Result answer_object(struct request *r, unsigned int code, json_t *object,
			      const char *cookie)
{
	char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;

	json_decref(object);
	return answer_json(r, code, text, text ? strlen(text) : 0, cookie);
}

enum MHD_Result answer_error(struct request *r, unsigned int code, const char *reason)
{
	const bool denied = code == MHD_HTTP_UNAUTHORIZED || code == MHD_HTTP_FORBIDDEN;
	json_t *object = denied ? json_pack("{s:s, s:{s:s}}", "error",
					    "org.varlink.service.PermissionDenied", "parameters",
					    "reason", reason) :
				  json_pack("{s:s, s:{s:s}}", "error", "org.culvert.Refused",
					    "parameters", "reason", reason);

	return answer_object(r, code, object, NULL);
}

#endif
