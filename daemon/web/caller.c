// SPDX-License-Identifier: GPL-2.0-only
#ifdef CULVERT_MICROHTTPD

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/log.h"
#include "web/web_priv.h"

#define COOKIE		"culvert"
#define FAILURES	10	/* of an address at once; then one every half a minute */
#define SITE_LENGTH	64	/* of IPv6, a network is one source */

/* The rights of a token are those of the control socket. */
_Static_assert((int)TOKEN_READ == CONTROL_READ && (int)TOKEN_WRITE == CONTROL_WRITE &&
	       (int)TOKEN_CAPTURE == CONTROL_CAPTURE, "");

bool callers_are_there(const struct web *web)
{
	return web->settings.tokens;
}

static uint64_t now_of(const struct request *r)
{
	return uv_now(r->web->tick.loop);
}

/* A socket of IPv6 has an address of IPv4 as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2). */
struct ip_addr caller_address(const struct request *r)
{
	const struct ip_addr address = ip_from_sockaddr(
		MHD_get_connection_info(r->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS)
			->client_addr);
	struct in_addr mapped;

	if (address.family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&address.v6))
		return address;
	memcpy(&mapped, &address.v6.s6_addr[12], sizeof(mapped));
	return ip_from_v4(mapped);
}

/* ---- tokens ---- */

static struct throttle_key source_of(const struct request *r)
{
	const struct ip_addr address = caller_address(r);

	return (struct throttle_key){
		.from = address.family == AF_INET6 ? ip_network(address, SITE_LENGTH) : address,
	};
}

/* Returns who has @token; or NULL after answering, with *@result. */
static const struct token *check_token(struct request *r, const char *token,
				       enum MHD_Result *result)
{
	const struct throttle_key source = source_of(r);
	const uint64_t now = now_of(r);
	const struct token *found;

	if (throttle_wait(r->web->failures, source, FAILURES, now)) {
		*result = answer_error(r, MHD_HTTP_TOO_MANY_REQUESTS,
				       "too many tokens that nobody has came from your address: try "
				       "again in half a minute");
		return NULL;
	}
	found = tokens_find(r->web->settings.tokens, token);
	if (found)
		return found;
	throttle_take(r->web->failures, source, FAILURES, now);
	log_limited(ip_text(source.from), now, LOG_LEVEL_NOTICE,
		    "web: %s has sent a token that nobody has", ip_text(caller_address(r)));
	*result = answer_error(r, MHD_HTTP_UNAUTHORIZED, "nobody has this token");
	return NULL;
}

/* Returns the token that the head has; NULL: none. Proxies may ask for more by another scheme. */
static const char *bearer_of(const struct request *r)
{
	static const char scheme[] = "Bearer ";
	const char *header = request_header(r, MHD_HTTP_HEADER_AUTHORIZATION);

	if (!header || strncasecmp(header, scheme, strlen(scheme)))
		return NULL;
	header += strlen(scheme);
	return header + strspn(header, " ");
}

static bool find_bearer(struct request *r, const char *bearer, struct caller *caller,
			enum MHD_Result *result)
{
	const struct token *token = check_token(r, bearer, result);

	if (!token)
		return false;
	*caller = (struct caller){ .token = *token };
	return true;
}

/* ---- browsers ---- */

static const struct login *find_login(struct request *r)
{
	const char *cookie = MHD_lookup_connection_value(r->connection, MHD_COOKIE_KIND, COOKIE);

	return cookie ? logins_find(&r->web->logins, cookie, now_of(r)) : NULL;
}

/*
 * What a browser says of the page that it asks for must be what it calls us, or one of our names: other
 * pages of this host, at other ports, get our cookie sent, too.
 */
static bool is_our_origin(const struct request *r, const char *origin)
{
	const char *host = strstr(origin, "://"), *ours = request_header(r, MHD_HTTP_HEADER_HOST);
	size_t len;

	if (!host)
		return false;
	host += 3;
	if (ours && !strcasecmp(host, ours))
		return true;
	len = strcspn(host, ":");
	for (size_t i = 0; i < r->web->settings.n_names; i++)
		if (!strncasecmp(host, r->web->names[i], len) && !r->web->names[i][len])
			return true;
	return false;
}

bool caller_is_from_us(struct request *r, enum MHD_Result *result)
{
	const char *origin = request_header(r, MHD_HTTP_HEADER_ORIGIN);

	if (!origin || is_our_origin(r, origin))
		return true;
	*result = answer_error(r, MHD_HTTP_FORBIDDEN, "the page that asks is another one's");
	return false;
}

bool caller_find(struct request *r, struct caller *caller, enum MHD_Result *result)
{
	const char *bearer = bearer_of(r);
	const struct login *login;

	if (!caller_is_from_us(r, result))
		return false;
	if (bearer)
		return find_bearer(r, bearer, caller, result);
	login = find_login(r);
	if (!login) {
		*result = answer_error(r, MHD_HTTP_UNAUTHORIZED,
				       "log in, or send \"Authorization: Bearer\" and a token");
		return false;
	}
	*caller = (struct caller){ .token = login->token, .login = login->number };
	return true;
}

/* ---- what can be asked ---- */

static json_t *rights_of(unsigned int mask)
{
	static const char * const names[] = { "read", "write", "capture" };
	json_t *rights = json_array();

	for (unsigned int i = 0; i < 3; i++)
		if (mask & 1u << i)
			json_array_append_new(rights, json_string(names[i]));
	return rights;
}

static enum MHD_Result tell(struct request *r, const struct token *token, const char *cookie)
{
	return answer_object(r, MHD_HTTP_OK,
			     json_pack("{s:s, s:o}", "name", token->name, "rights",
				       rights_of(token->rights)), cookie);
}

enum MHD_Result caller_who(struct request *r)
{
	enum MHD_Result result;
	struct caller caller;

	return caller_find(r, &caller, &result) ? tell(r, &caller.token, NULL) : result;
}

/* Returns the header that sets or takes back the cookie, in @text. */
static const char *cookie_header(char *text, size_t size, const struct request *r,
				 const char *cookie)
{
	const char *origin = request_header(r, MHD_HTTP_HEADER_ORIGIN);
	const bool tls = origin && !strncasecmp(origin, "https:", 6);

	snprintf(text, size, COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict%s%s", cookie,
		 tls ? "; Secure" : "", *cookie ? "" : "; Max-Age=0");
	return text;
}

static enum MHD_Result log_in(struct request *r, const struct token *token)
{
	const struct login *login = logins_add(&r->web->logins, token, now_of(r));
	char header[160];

	if (!login)
		return answer_error(r, MHD_HTTP_SERVICE_UNAVAILABLE,
				    "there are no random numbers yet");
	log_info("web: token %s logs in from %s", token->name, ip_text(caller_address(r)));
	return tell(r, token, cookie_header(header, sizeof(header), r, login->cookie));
}

enum MHD_Result caller_log_in(struct request *r)
{
	json_t *body = json_loadb(r->body, r->len, JSON_REJECT_DUPLICATES, NULL);
	const char *text = json_string_value(json_object_get(body, "token"));
	const struct token *token = NULL;
	enum MHD_Result result;

	if (!caller_is_from_us(r, &result))
		;
	else if (!text)
		result = answer_error(r, MHD_HTTP_BAD_REQUEST,
				      "expected {\"token\":\"...\"}");
	else
		token = check_token(r, text, &result);
	if (token)
		result = log_in(r, token);
	json_decref(body);
	return result;
}

enum MHD_Result caller_log_out(struct request *r)
{
	enum MHD_Result result;
	const struct login *login;
	char header[160];
	uint64_t number;

	if (!caller_is_from_us(r, &result))
		return result;
	login = find_login(r);
	if (login) {
		number = login->number;
		logins_remove(&r->web->logins, number);
		gateway_end_login(r->web, number);
	}
	return answer_object(r, MHD_HTTP_OK, json_object(),
			     cookie_header(header, sizeof(header), r, ""));
}

#endif
