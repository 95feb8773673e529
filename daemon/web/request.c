// SPDX-License-Identifier: GPL-2.0-only
#ifdef CULVERT_MICROHTTPD

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util/text.h"
#include "web/web_priv.h"

#define GET	"GET, HEAD"
#define POST	"POST"

static const struct resource resources[] = {
	{ "/metrics", GET, false, metrics_are_there, metrics_serve },
	{ "/metrics/sessions", GET, false, metrics_sessions_are_there, metrics_serve_sessions },
	{ "/api/", "GET, POST", true, callers_are_there, gateway_serve },
	{ "/whoami", GET, false, callers_are_there, caller_who },
	{ "/login", POST, true, callers_are_there, caller_log_in },
	{ "/logout", POST, true, callers_are_there, caller_log_out },
	{ "/", GET, false, files_are_there, files_serve },
};

const char *request_header(const struct request *r, const char *name)
{
	return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

/* Returns NULL if there is nothing at @path. */
static const struct resource *find_resource(const struct web *web, const char *path)
{
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		const struct resource *resource = &resources[i];
		const size_t len = strlen(resource->path);
		const bool below = resource->path[len - 1] == '/';

		if (resource->is_there(web) &&
		    (below ? !strncmp(path, resource->path, len) : !strcmp(path, resource->path)))
			return resource;
	}
	return NULL;
}

/* Returns true if @host, the value of the header, is an address or a name that is ours. */
static bool is_ours(const struct web *web, const char *host)
{
	const bool bracket = *host == '[';
	const size_t len = strcspn(host + bracket, bracket ? "]" : ":");
	struct ip_addr address;
	char name[256];

	if (len >= sizeof(name))
		return false;
	memcpy(name, host + bracket, len);
	name[len] = '\0';
	if (ip_parse(name, &address) || !strcasecmp(name, "localhost"))
		return true;
	for (size_t i = 0; i < web->settings.n_names; i++)
		if (!strcasecmp(name, web->names[i]))
			return true;
	return false;
}

/* Returns true if @method is one of @methods, which are separated by a comma and a blank. */
static bool is_one_of(const char *methods, const char *method)
{
	const size_t len = strlen(method);

	for (; *methods; methods += strcspn(methods, " "), methods += strspn(methods, " "))
		if (!strncmp(methods, method, len) && (!methods[len] || methods[len] == ','))
			return true;
	return false;
}

/* ---- bodies ---- */

static bool is_json(const struct request *r)
{
	static const char json[] = "application/json";
	const char *type = request_header(r, MHD_HTTP_HEADER_CONTENT_TYPE);
	const size_t len = strlen(json);

	return type && !strncasecmp(type, json, len) && (!type[len] || strchr("; ", type[len]));
}

/* Returns the status that refuses the body, or 0, and why. */
static unsigned int look_at_body(const struct request *r, uint64_t *size, const char **why)
{
	const char *length = request_header(r, MHD_HTTP_HEADER_CONTENT_LENGTH);

	*size = 0;
	*why = "how long the body is has to be said before, by Content-Length";
	if (request_header(r, MHD_HTTP_HEADER_TRANSFER_ENCODING) ||
	    (length && !text_number(length, 0, SIZE_MAX, size)))
		return MHD_HTTP_LENGTH_REQUIRED;
	*why = "the body is too long";
	if (*size > WEB_BODY_MAX)
		return WEB_TOO_LARGE;
	/* No form of a page of others can say so. */
	*why = "Content-Type has to be application/json";
	if (r->post && r->resource->json && !is_json(r))
		return MHD_HTTP_UNSUPPORTED_MEDIA_TYPE;
	return 0;
}

/* Returns false after answering, if the body is none that is taken. */
static bool take_body(struct request *r, enum MHD_Result *result)
{
	const char *why;
	uint64_t size;
	const unsigned int code = look_at_body(r, &size, &why);

	if (code) {
		*result = answer_error(r, code, why);
		return false;
	}
	r->body = malloc(size + 1);
	if (!r->body) {
		*result = MHD_NO;
		return false;
	}
	r->size = size;
	return true;
}

/* ---- heads ---- */

/* Returns false after answering, as far as the head tells what to say. */
static bool check_head(struct request *r, const char *method, enum MHD_Result *result)
{
	const char *host = request_header(r, MHD_HTTP_HEADER_HOST);

	if (host && !is_ours(r->web, host)) {
		*result = answer_words(r, MHD_HTTP_FORBIDDEN,
				       "culvertd does not know itself by this name: see names in "
				       "culvert.conf(5)\n");
		return false;
	}
	r->resource = find_resource(r->web, r->path);
	if (!r->resource) {
		*result = answer_words(r, MHD_HTTP_NOT_FOUND, "there is no such page\n");
		return false;
	}
	if (!is_one_of(r->resource->methods, method)) {
		*result = answer_words(r, MHD_HTTP_METHOD_NOT_ALLOWED,
				       "this can only be asked for by what Allow says\n");
		return false;
	}
	return take_body(r, result);
}

static enum MHD_Result begin(struct request **made, struct web *web,
			     struct MHD_Connection *connection, const char *path,
			     const char *method)
{
	struct request *r = calloc(1, sizeof(*r));
	enum MHD_Result result = MHD_YES;

	if (!r)
		return MHD_NO;
	*made = r;
	r->web = web;
	r->connection = connection;
	r->path = path;
	r->post = !strcmp(method, MHD_HTTP_METHOD_POST);
	check_head(r, method, &result);
	return result;
}

/* Called for the head of a request, then for its body, then again after it was suspended. */
enum MHD_Result request_serve(void *web, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_size, void **state)
{
	struct request *r = *state;

	if (!r) {
		enum MHD_Result result = begin(&r, web, connection, url, method);

		*state = r;
		return result;
	}
	if (*upload_size) {
		if (*upload_size > r->size - r->len)
			return MHD_NO;
		memcpy(r->body + r->len, upload, *upload_size);
		r->len += *upload_size;
		*upload_size = 0;
		return MHD_YES;
	}
	r->path = url;
	return r->resource->serve(r);
}

void request_over(void *cls, struct MHD_Connection *connection, void **state,
		  enum MHD_RequestTerminationCode why)
{
	struct request *r = *state;

	if (!r)
		return;
	metrics_forget(r);
	gateway_forget(r);
	/* It may have a token. */
	if (r->body)
		explicit_bzero(r->body, r->len);
	free(r->body);
	free(r);
	*state = NULL;
}

#endif
