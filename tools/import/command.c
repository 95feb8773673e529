// SPDX-License-Identifier: GPL-2.0-only
/* Print what files of other products say as a configuration of ours. The daemon is not asked. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"
#include "pppctl.h"

#define MAX_FILE	(64 << 20)	/* octets */

/* Returns the text of a file, which the caller frees; NULL after complaining. */
static char *read_text(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	if (!file) {
		complain("%s cannot be read: %s", path, strerror(errno));
		return NULL;
	}
	len = getdelim(&text, &size, '\0', file);
	if (len < 0 && !ferror(file) && !text)
		text = strdup("");
	else if (len < 0 && !ferror(file))
		*text = '\0';
	if (!text || ferror(file) || len > MAX_FILE) {
		complain("%s cannot be read, or is too large", path);
		free(text);
		text = NULL;
	}
	fclose(file);
	return text;
}

int cmd_import(const struct options *options, int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*read)(struct import *import, const char *file, const char *text);
	} products[] = {
		{ "pptpd", import_pptpd }, { "accel-ppp", import_accel },
		{ "chap-secrets", import_chap_secrets }, { "routeros-export", import_routeros },
	};
	const size_t n = sizeof(products) / sizeof(products[0]);
	struct import *import;
	int status = STATUS_OK;
	size_t what = 0;
	char *out, **paths;

	while (argc && what < n && strcmp(products[what].name, argv[0]))
		what++;
	if (!argc || what == n)
		return misused("import has \"%s\": expected pptpd, accel-ppp, chap-secrets or "
			       "routeros-export", argc ? argv[0] : "");
	if (argc < 2)
		return misused("import has no file");
	paths = calloc((size_t)argc, sizeof(*paths));
	if (!paths) {
		complain("out of memory");
		return STATUS_FAILED;
	}
	import = import_new();
	for (int i = 1; i < argc && status == STATUS_OK; i++) {
		char *text = read_text(argv[i]);

		/* What is made of a file of secrets names it. */
		if (text && products[what].read == import_chap_secrets)
			paths[i] = realpath(argv[i], NULL);
		if (text)
			products[what].read(import, paths[i] ? paths[i] : argv[i], text);
		else
			status = STATUS_USAGE;
		free(text);
	}
	if (status == STATUS_OK && import_is_empty(import)) {
		complain("there is nothing of PPTP in %s%s", argv[1], argc > 2 ? " and the others" : "");
		status = STATUS_FAILED;
	}
	out = import_text(import);
	if (status == STATUS_OK)
		fputs(out, stdout);
	free(out);
	import_free(import);
	for (int i = 1; i < argc; i++)
		free(paths[i]);
	free(paths);
	return status;
}
