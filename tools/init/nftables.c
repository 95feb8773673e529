// SPDX-License-Identifier: GPL-2.0-only
#include <dlfcn.h>
#include <nftables/libnftables.h>
#include <stddef.h>

#include "init/nftables.h"
#include "pppctl.h"

#define LIBRARY "libnftables.so.1"

#define FUNCTIONS(f)								\
	f(nft_ctx_new) f(nft_ctx_free) f(nft_ctx_buffer_error) f(nft_ctx_buffer_output)	\
	f(nft_ctx_output_set_flags) f(nft_ctx_set_dry_run) f(nft_run_cmd_from_buffer)	\
	f(nft_ctx_get_output_buffer) f(nft_ctx_get_error_buffer)

#define POINTER(name) __typeof__(name) *name;
#define PLACE(name) { #name, offsetof(struct functions, name) },

struct functions {
	FUNCTIONS(POINTER)
};

/* Fill in @nft. Returns false after complaining. What is loaded stays loaded. */
static bool load(struct functions *nft)
{
	static const struct {
		const char *name;
		size_t offset;
	} places[] = { FUNCTIONS(PLACE) };
	void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

	for (size_t i = 0; library && i < sizeof(places) / sizeof(places[0]); i++) {
		void **place = (void **)((char *)nft + places[i].offset);

		*place = dlsym(library, places[i].name);
		if (!*place)
			library = NULL;
	}
	if (!library)
		complain("nftables cannot be asked: %s", dlerror());
	return library;
}

/* Returns a context whose words are kept; NULL after complaining. */
static struct nft_ctx *open_context(struct functions *nft)
{
	struct nft_ctx *context = load(nft) ? nft->nft_ctx_new(NFT_CTX_DEFAULT) : NULL;

	if (!context)
		return NULL;
	nft->nft_ctx_buffer_error(context);
	nft->nft_ctx_buffer_output(context);
	return context;
}

json_t *nftables_list(void)
{
	struct functions nft;
	struct nft_ctx *context = open_context(&nft);
	json_t *rules = NULL;

	if (!context)
		return NULL;
	nft.nft_ctx_output_set_flags(context, NFT_CTX_OUTPUT_JSON);
	if (!nft.nft_run_cmd_from_buffer(context, "list ruleset"))
		rules = json_loads(nft.nft_ctx_get_output_buffer(context), 0, NULL);
	nft.nft_ctx_free(context);
	return rules;
}

bool nftables_run(const char *commands, bool try)
{
	struct functions nft;
	struct nft_ctx *context = open_context(&nft);
	bool ok;

	if (!context)
		return false;
	nft.nft_ctx_set_dry_run(context, try);
	ok = !nft.nft_run_cmd_from_buffer(context, commands);
	if (!ok && !try)
		complain("nftables: %s", nft.nft_ctx_get_error_buffer(context));
	nft.nft_ctx_free(context);
	return ok;
}
