// SPDX-License-Identifier: GPL-2.0-only
#ifdef CULVERT_MICROHTTPD

#include <string.h>

#include "web/web_priv.h"

#define FIRST	"/page.html"	/* what "/" is */
#define POLICY	"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " \
		"img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"

struct page_file {
	const char *path;
	const char *etag;
	const unsigned char *data;
	size_t len;
};

static const struct page_file files[] = {
#include "page.inc"
};

static const struct {
	const char *end;
	const char *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
};

bool files_are_there(const struct web *web)
{
	return web->settings.page;
}

static const struct page_file *find(const char *path)
{
	if (!strcmp(path, "/"))
		path = FIRST;
	else if (!strcmp(path, FIRST))
		return NULL;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		if (!strcmp(files[i].path, path))
			return &files[i];
	return NULL;
}

static const char *type_of(const char *path)
{
	const char *end = strrchr(path, '.');
	size_t i = 0;

	while (strcmp(types[i].end, end))
		i++;
	return types[i].type;
}

enum MHD_Result files_serve(struct request *r)
{
	const struct page_file *file = find(r->path);
	const char *known = request_header(r, MHD_HTTP_HEADER_IF_NONE_MATCH);
	struct MHD_Response *response;
	enum MHD_Result result;
	bool same;

	if (!file)
		return answer_words(r, MHD_HTTP_NOT_FOUND, "there is no such page\n");
	same = known && strstr(known, file->etag);
	response = MHD_create_response_from_buffer(same ? 0 : file->len,
						   (void *)(uintptr_t)file->data,
						   MHD_RESPMEM_PERSISTENT);
	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", type_of(file->path));
	MHD_add_response_header(response, "Content-Security-Policy", POLICY);
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Referrer-Policy", "no-referrer");
	/* It is asked each time whether it is still the same. */
	MHD_add_response_header(response, "Cache-Control", "no-cache");
	MHD_add_response_header(response, "ETag", file->etag);
	result = answer_with(r, same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK, response);
	MHD_destroy_response(response);
	return result;
}

#endif
