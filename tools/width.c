// SPDX-License-Identifier: GPL-2.0-only
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#include "util/text.h"
#include "width.h"

#define NARROWEST 8

/* Returns the octets of the first character of @text, which is not empty; its columns in *@columns. */
static size_t first_character(const char *text, size_t *columns)
{
	uint32_t code;
	size_t n = text_utf8((const uint8_t *)text, strlen(text), &code);
	int width = n ? wcwidth((wchar_t)code) : 1;

	/* In the C locale wcwidth() knows ASCII only: count 1 for others. */
	*columns = width < 0 ? 1 : (size_t)width;
	return n ? n : 1;
}

size_t width_of(const char *text)
{
	size_t width = 0, columns;

	while (*text) {
		text += first_character(text, &columns);
		width += columns;
	}
	return width;
}

size_t cut_to_width(char *out, size_t size, const char *text, size_t columns)
{
	const char *mark = MB_CUR_MAX > 1 ? "\xe2\x80\xa6" : "~";
	bool whole = width_of(text) <= columns && strlen(text) < size;
	size_t room = size - 1 - (whole ? 0 : strlen(mark));
	size_t width = 0, len = 0;

	if (!whole && !columns) {
		*out = '\0';
		return 0;
	}
	while (*text) {
		size_t more, n = first_character(text, &more);

		if (len + n > room || width + more > columns - !whole)
			break;
		memcpy(out + len, text, n);
		text += n;
		len += n;
		width += more;
	}
	out[len] = '\0';
	if (whole)
		return width;
	strcpy(out + len, mark);
	return width + 1;
}

void fit_widths(size_t *widths, const bool *narrows, size_t n, size_t room)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += widths[i];
	while (sum > room) {
		size_t widest = n;

		for (size_t i = 0; i < n; i++)
			if (narrows[i] && widths[i] > NARROWEST &&
			    (widest == n || widths[i] > widths[widest]))
				widest = i;
		if (widest == n)
			return;
		widths[widest]--;
		sum--;
	}
}

size_t width_of_terminal(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		return 0;
	return size.ws_col;
}
