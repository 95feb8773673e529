// SPDX-License-Identifier: GPL-2.0-only
#include <assert.h>
#include <string.h>

#include "control/idl_check.h"
#include "fuzz/fuzz.h"

/* The description is what comes before the first NUL; a value behind it is compared with all types. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = memchr(data, 0, size);
	size_t len = end ? (size_t)(end - data) : size;
	struct idl_fault fault = { 0 };
	struct idl_interface *interface = idl_parse((const char *)data, len, &fault);
	json_t *value;

	assert(!interface == (fault.line > 0));
	assert(interface || !strchr(fault.text, '\n'));
	value = end ? json_loadb((const char *)end + 1, size - len - 1, JSON_DECODE_ANY, NULL) : NULL;
	if (interface)
		for (const struct idl_member *m = interface->members; m; m = m->next) {
			struct idl_misfit misfit;

			assert(m->in && idl_same(m->in, m->in));
			assert(!m->out == (m->what != IDL_METHOD));
			if (value && !idl_check(m->in, value, &misfit))
				assert(*misfit.text);
		}
	json_decref(value);
	idl_free(interface);
	return 0;
}

size_t fuzz_seed(unsigned int index, uint8_t *buf)
{
	static const struct {
		const char *text;
		const char *value;
	} seeds[] = {
		{ "# x\ninterface org.example.A\ntype T (a: int, b: ?T, c: [string][]U)\n"
		  "type U (x, y_z)\nmethod M(t: T) -> (u: []U)\nerror E (s: string, o: object)\n",
		  "{\"a\":1,\"b\":{\"a\":2,\"c\":{\"k\":[\"x\"]}},\"c\":{}}" },
		{ "interface a.b\nmethod M(f: float, b: bool, a: any) -> ()\n",
		  "{\"f\":1.5,\"b\":true,\"a\":[]}" },
	};
	size_t len;

	if (index >= sizeof(seeds) / sizeof(seeds[0]))
		return 0;
	len = strlen(seeds[index].text) + 1;
	memcpy(buf, seeds[index].text, len);
	memcpy(buf + len, seeds[index].value, strlen(seeds[index].value));
	return len + strlen(seeds[index].value);
}
