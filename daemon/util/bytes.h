/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bounded reading and writing of big-endian ("network order") octets.
 *
 * Every codec in the daemon uses these two cursors, so that a length is checked
 * in exactly one place.
 *
 * Errors are sticky. The first access that does not fit sets @err and does not
 * move the cursor; from then on every read returns zero (or NULL) and every
 * write is dropped. A codec therefore reads or writes a whole message without
 * checks in between and calls rd_ok() or wr_ok() once, at the end.
 *
 * There are two exceptions. 64-bit values and padded fields are moved in two
 * parts, and the cursor may pass the first part before the second does not fit.
 * wr_u8_at() and wr_be16_at() still change octets that were written before the
 * error.
 *
 * A cursor does not own its memory: the memory must outlive the cursor. Nothing
 * here allocates. All lengths are in octets. All values are in host order on the
 * C side and in network order in the buffer.
 */
#ifndef CULVERT_UTIL_BYTES_H
#define CULVERT_UTIL_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct reader {
	const uint8_t *pos;	/* next octet to be read */
	const uint8_t *end;	/* one past the last octet */
	bool err;		/* an access did not fit; stays set */
};

struct writer {
	uint8_t *start;		/* first octet of the buffer */
	uint8_t *pos;		/* next octet to be written */
	uint8_t *end;		/* one past the last octet of the buffer */
	bool err;		/* an access did not fit; stays set */
};

/* @data may be NULL when @len is 0; with any other @len a NULL sets the error. */
static inline struct reader rd_init(const void *data, size_t len)
{
	static const uint8_t nothing;
	const uint8_t *p = data ? data : &nothing;

	return (struct reader){ .pos = p, .end = p + (data ? len : 0), .err = !data && len };
}

static inline bool rd_ok(const struct reader *r)
{
	return !r->err;
}

/* Returns the number of octets not yet read; 0 once the error is set. */
static inline size_t rd_left(const struct reader *r)
{
	return r->err ? 0 : (size_t)(r->end - r->pos);
}

/* Returns true if all octets were read without an error. */
static inline bool rd_done(const struct reader *r)
{
	return !r->err && r->pos == r->end;
}

/* Set the error: the caller found that the input is bad. */
static inline void rd_fail(struct reader *r)
{
	r->err = true;
}

/*
 * Step over the next @len octets and return a pointer to the first of them, in
 * the buffer. Returns NULL if fewer than @len octets are left. Never returns
 * NULL otherwise, not even when @len is 0.
 */
static inline const uint8_t *rd_bytes(struct reader *r, size_t len)
{
	const uint8_t *p = r->pos;

	if (r->err || len > (size_t)(r->end - r->pos)) {
		r->err = true;
		return NULL;
	}
	r->pos += len;
	return p;
}

static inline void rd_skip(struct reader *r, size_t len)
{
	(void)rd_bytes(r, len);
}

/* Copy the next @len octets to @dst. If fewer are left, @dst is filled with zeroes. */
static inline void rd_copy(struct reader *r, void *dst, size_t len)
{
	const uint8_t *p = rd_bytes(r, len);

	if (!len)
		return;
	if (p)
		memcpy(dst, p, len);
	else
		memset(dst, 0, len);
}

/*
 * Step over the next @len octets and return a reader over just these octets. If
 * fewer are left, both readers get the error, so that the caller notices an inner
 * length that is too large when it checks @r.
 */
static inline struct reader rd_sub(struct reader *r, size_t len)
{
	const uint8_t *p = rd_bytes(r, len);

	if (!p)
		return (struct reader){ .pos = r->end, .end = r->end, .err = true };
	return (struct reader){ .pos = p, .end = p + len };
}

static inline uint8_t rd_u8(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 1);

	return p ? p[0] : 0;
}

static inline uint16_t rd_be16(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 2);

	return p ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

static inline uint32_t rd_be32(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint64_t rd_be64(struct reader *r)
{
	uint64_t hi = rd_be32(r);
	uint64_t lo = rd_be32(r);

	return r->err ? 0 : hi << 32 | lo;
}

/* @buf may be NULL when @size is 0; with any other @size a NULL sets the error. */
static inline struct writer wr_init(void *buf, size_t size)
{
	static uint8_t nothing;
	uint8_t *p = buf ? buf : &nothing;

	return (struct writer){
		.start = p, .pos = p, .end = p + (buf ? size : 0), .err = !buf && size,
	};
}

static inline bool wr_ok(const struct writer *w)
{
	return !w->err;
}

/* Returns the number of octets written so far; after an error, before the error. */
static inline size_t wr_len(const struct writer *w)
{
	return (size_t)(w->pos - w->start);
}

/* Returns the number of octets that still fit; 0 once the error is set. */
static inline size_t wr_room(const struct writer *w)
{
	return w->err ? 0 : (size_t)(w->end - w->pos);
}

/*
 * Step over the next @len octets of the buffer and return a pointer to the first
 * of them, for the caller to fill. The octets are not initialised. Returns NULL
 * if they do not fit.
 */
static inline uint8_t *wr_reserve(struct writer *w, size_t len)
{
	uint8_t *p = w->pos;

	if (w->err || len > (size_t)(w->end - w->pos)) {
		w->err = true;
		return NULL;
	}
	w->pos += len;
	return p;
}

static inline void wr_copy(struct writer *w, const void *src, size_t len)
{
	uint8_t *p = wr_reserve(w, len);

	if (p && len)
		memcpy(p, src, len);
}

/* Write @len zero octets. */
static inline void wr_zero(struct writer *w, size_t len)
{
	uint8_t *p = wr_reserve(w, len);

	if (p && len)
		memset(p, 0, len);
}

/* Write a field of @size octets: @len octets of @src, then zeroes. @len > @size is an error. */
static inline void wr_padded(struct writer *w, const void *src, size_t len, size_t size)
{
	if (len > size) {
		w->err = true;
		return;
	}
	wr_copy(w, src, len);
	wr_zero(w, size - len);
}

static inline void wr_u8(struct writer *w, uint8_t v)
{
	uint8_t *p = wr_reserve(w, 1);

	if (p)
		p[0] = v;
}

static inline void put_be16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static inline void put_be32(uint8_t *p, uint32_t v)
{
	put_be16(p, (uint16_t)(v >> 16));
	put_be16(p + 2, (uint16_t)v);
}

static inline void wr_be16(struct writer *w, uint16_t v)
{
	uint8_t *p = wr_reserve(w, 2);

	if (p)
		put_be16(p, v);
}

static inline void wr_be32(struct writer *w, uint32_t v)
{
	uint8_t *p = wr_reserve(w, 4);

	if (p)
		put_be32(p, v);
}

static inline void wr_be64(struct writer *w, uint64_t v)
{
	wr_be32(w, (uint32_t)(v >> 32));
	wr_be32(w, (uint32_t)v);
}

/*
 * Overwrite what was written at @offset from the start of the buffer, for a
 * length field whose value is known only at the end. An octet that has not been
 * written yet is an error.
 */
static inline void wr_u8_at(struct writer *w, size_t offset, uint8_t v)
{
	if (wr_len(w) < 1 || offset > wr_len(w) - 1)
		w->err = true;
	else
		w->start[offset] = v;
}

static inline void wr_be16_at(struct writer *w, size_t offset, uint16_t v)
{
	if (wr_len(w) < 2 || offset > wr_len(w) - 2)
		w->err = true;
	else
		put_be16(w->start + offset, v);
}

#endif
