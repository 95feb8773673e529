// SPDX-License-Identifier: GPL-2.0-only
#include <linux/minmax.h>
#include <linux/string.h>

#include "compat.h"
#include "rc4.h"

/*
 * Loops over lanes have constant bounds and are unrolled, which keeps the indices of all lanes in
 * registers.  For that, pptp_rc4_setup() and pptp_rc4_stream() are instantiated once for each
 * number of lanes.
 */
#define pptp_rc4_for_each_lane(l, lanes) \
	_Pragma("GCC unroll 4") \
	for ((l) = 0; (l) < (lanes); (l)++)

#define RC4_WORD sizeof(u64)

/* Fill a table with 0, 1, ... 255, by words. */
static __always_inline void pptp_rc4_identity(u8 *s)
{
	u64 word = 0x0706050403020100;
	unsigned int i;

	for (i = 0; i < RC4_TABLE; i += RC4_WORD) {
		put_unaligned_le64(word, s + i);
		word += 0x0808080808080808;
	}
}

/* A key of half the length is used twice. */
static __always_inline void pptp_rc4_expand_key(u8 *expanded, const u8 *key, unsigned int len)
{
	memcpy(expanded, key, RC4_KEY_MAX / 2);
	memcpy(expanded + RC4_KEY_MAX / 2, key + len - RC4_KEY_MAX / 2, RC4_KEY_MAX / 2);
}

/*
 * The setup of a single table waits for its own stores: the load of a step may read what the step
 * before it stored, so the processor does not start it early.  Therefore each value is loaded one
 * step ahead, before those stores, and replaced if they hit it.  The test for that must be a
 * branch, which the processor predicts.  OPTIMIZER_HIDE_VAR() keeps the compiler from making it a
 * conditional move, for which all later steps would wait.  This is a third faster.  It is not done
 * for several lanes, which keep the processor busy anyway and have too few registers for it.
 */
static noinline void pptp_rc4_setup_alone(u8 *s, const u8 *key, unsigned int len)
{
	u8 expanded[RC4_KEY_MAX + 1];
	u32 a, b, ahead, add, j = 0;
	unsigned int i, k;

	pptp_rc4_expand_key(expanded, key, len);
	expanded[RC4_KEY_MAX] = expanded[0];
	pptp_rc4_identity(s);
	a = s[0];
	add = a + expanded[0];
	for (i = 0; i < RC4_TABLE; i += RC4_KEY_MAX) {
		_Pragma("GCC unroll 16")
		for (k = 0; k < RC4_KEY_MAX; k++) {
			ahead = s[(i + k + 1) & 0xff];
			j = (u8)(j + add);
			b = s[j];
			s[i + k] = b;
			s[j] = a;
			if (unlikely(j == i + k + 1))
				OPTIMIZER_HIDE_VAR(a);
			else
				a = ahead;
			add = a + expanded[k + 1];
		}
	}
	memzero_explicit(expanded, sizeof(expanded));
}

static __always_inline void pptp_rc4_setup(u8 (*s)[RC4_TABLE], struct pptp_rc4_lane *const *lane,
					   const unsigned int lanes)
{
	u8 key[RC4_LANES][RC4_KEY_MAX];
	unsigned int i, l;
	u8 j[RC4_LANES];

	pptp_rc4_for_each_lane(l, lanes) {
		j[l] = 0;
		pptp_rc4_expand_key(key[l], lane[l]->key, lane[l]->key_len);
		pptp_rc4_identity(s[l]);
	}

	for (i = 0; i < RC4_TABLE; i++) {
		pptp_rc4_for_each_lane(l, lanes) {
			u8 a = s[l][i];

			j[l] += a + key[l][i % RC4_KEY_MAX];
			s[l][i] = s[l][j[l]];
			s[l][j[l]] = a;
		}
	}
	memzero_explicit(key, sizeof(key));
}

/*
 * Returns one byte of the key stream of lane @l, whose index i is @i.  @s and @l are separate
 * parameters, since only then does gcc use the short addressing, which makes a quarter of the
 * speed.
 */
static __always_inline u8 pptp_rc4_byte(u8 (*s)[RC4_TABLE], unsigned int l, u32 i, u32 *j)
{
	u32 a, b;

	a = s[l][i];
	*j = (*j + a) & 0xff;
	b = s[l][*j];
	s[l][i] = b;
	s[l][*j] = a;
	return s[l][(a + b) & 0xff];
}

/* Returns RC4_WORD bytes of a single lane; see pptp_rc4_setup_alone(). */
static __always_inline u64 pptp_rc4_word_alone(u8 *s, u32 i, u32 *j)
{
	u32 a = s[i], b, ahead;
	unsigned int k;
	u64 word = 0;

	_Pragma("GCC unroll 8")
	for (k = 0; k < RC4_WORD; k++) {
		ahead = k + 1 < RC4_WORD ? s[i + k + 1] : 0;
		*j = (u8)(*j + a);
		b = s[*j];
		s[i + k] = b;
		s[*j] = a;
		word |= (u64)s[(u8)(a + b)] << 8 * k;
		if (unlikely(*j == i + k + 1))
			OPTIMIZER_HIDE_VAR(a);
		else
			a = ahead;
	}
	return word;
}

/* RC4_WORD bytes of each lane. */
static __always_inline void pptp_rc4_words(u8 (*s)[RC4_TABLE], u32 i, u32 *j, u64 *word,
					   const unsigned int lanes)
{
	unsigned int k, l;

	if (lanes == 1) {
		word[0] = pptp_rc4_word_alone(s[0], i, j);
		return;
	}
	pptp_rc4_for_each_lane(l, lanes)
		word[l] = 0;
	_Pragma("GCC unroll 8")
	for (k = 0; k < RC4_WORD; k++) {
		pptp_rc4_for_each_lane(l, lanes)
			word[l] |= (u64)pptp_rc4_byte(s, l, i + k, &j[l]) << 8 * k;
	}
}

static __always_inline void pptp_rc4_bytes(u8 (*s)[RC4_TABLE], u32 i, u32 *j, u8 *const *data,
					   unsigned int from, unsigned int to,
					   const unsigned int lanes)
{
	unsigned int l;

	for (; from < to; from++) {
		pptp_rc4_for_each_lane(l, lanes)
			data[l][from] ^= pptp_rc4_byte(s, l, i, &j[l]);
		i = (i + 1) & 0xff;
	}
}

/*
 * Run the key streams of @lanes buffers over their bytes from @from to before @to; @i is the index
 * i of the first byte.  The key stream is gathered into words, since a load and a store of the
 * packet for each byte cost as much as the cipher.  A word starts where i is a multiple of its
 * size, so that i does not wrap within a word.
 */
static __always_inline void pptp_rc4_stream(u8 (*s)[RC4_TABLE], u32 i, u8 *state, u8 *const *data,
					    unsigned int from, unsigned int to,
					    const unsigned int lanes)
{
	unsigned int l, head;
	u64 word[RC4_LANES];
	u32 j[RC4_LANES];

	pptp_rc4_for_each_lane(l, lanes)
		j[l] = state[l];

	head = min_t(unsigned int, to - from, -i % RC4_WORD);
	pptp_rc4_bytes(s, i, j, data, from, from + head, lanes);
	from += head;
	i = (i + head) & 0xff;

	for (; from + RC4_WORD <= to; from += RC4_WORD) {
		pptp_rc4_words(s, i, j, word, lanes);
		i = (i + RC4_WORD) & 0xff;

		pptp_rc4_for_each_lane(l, lanes)
			put_unaligned_le64(get_unaligned_le64(data[l] + from) ^ word[l],
					   data[l] + from);
	}
	pptp_rc4_bytes(s, i, j, data, from, to, lanes);

	pptp_rc4_for_each_lane(l, lanes)
		state[l] = j[l];
}

#define RC4_SETUP(n)									\
static noinline void pptp_rc4_setup_##n(u8 (*s)[RC4_TABLE], struct pptp_rc4_lane *const *lane)	\
{											\
	pptp_rc4_setup(s, lane, n);								\
}

#define RC4_STREAM(n)									\
static noinline void pptp_rc4_stream_##n(u8 (*s)[RC4_TABLE], u8 *j, u8 *const *data,	\
				    unsigned int from, unsigned int to)			\
{											\
	pptp_rc4_stream(s, (from + 1) & 0xff, j, data, from, to, n);				\
}

RC4_SETUP(2)
RC4_SETUP(3)
RC4_SETUP(4)

RC4_STREAM(1)
RC4_STREAM(2)
RC4_STREAM(3)
RC4_STREAM(4)

static void pptp_rc4_setup_lanes(struct pptp_rc4_work *work, struct pptp_rc4_lane *const *lane,
				 unsigned int n)
{
	switch (n) {
	case 4:
		return pptp_rc4_setup_4(work->s, lane);
	case 3:
		return pptp_rc4_setup_3(work->s, lane);
	case 2:
		return pptp_rc4_setup_2(work->s, lane);
	case 1:
		return pptp_rc4_setup_alone(work->s[0], lane[0]->key, lane[0]->key_len);
	}
}

static void pptp_rc4_stream_lanes(u8 (*s)[RC4_TABLE], u8 *j, u8 *const *data, unsigned int from,
				  unsigned int to, unsigned int n)
{
	switch (n) {
	case 4:
		return pptp_rc4_stream_4(s, j, data, from, to);
	case 3:
		return pptp_rc4_stream_3(s, j, data, from, to);
	case 2:
		return pptp_rc4_stream_2(s, j, data, from, to);
	case 1:
		return pptp_rc4_stream_1(s, j, data, from, to);
	}
}

/*
 * Run 1 to RC4_LANES lanes together, sorted by length: each lane drops out at its end, and the
 * longer ones go on.
 */
static void pptp_rc4_crypt_group(struct pptp_rc4_work *work, struct pptp_rc4_lane *const *lane,
				 unsigned int n)
{
	u8 *data[RC4_LANES];
	u8 j[RC4_LANES] = { };
	unsigned int l, done = 0;

	for (l = 0; l < n; l++)
		data[l] = lane[l]->data;

	pptp_rc4_setup_lanes(work, lane, n);
	for (l = 0; l < n; l++) {
		pptp_rc4_stream_lanes(work->s + l, j + l, data + l, done, lane[l]->len, n - l);
		done = lane[l]->len;
	}
}

/*
 * Insertion sort: a batch is short, and nearly sorted since its packets are mostly of one size.
 */
static void pptp_rc4_sort(struct pptp_rc4_lane **lane, unsigned int n)
{
	unsigned int i, at;

	for (i = 1; i < n; i++) {
		struct pptp_rc4_lane *this = lane[i];

		for (at = i; at && lane[at - 1]->len > this->len; at--)
			lane[at] = lane[at - 1];
		lane[at] = this;
	}
}

void pptp_rc4_crypt_lanes(struct pptp_rc4_work *work, struct pptp_rc4_lane **lane, unsigned int n)
{
	unsigned int i;

	pptp_rc4_sort(lane, n);
	for (i = 0; i < n; i += RC4_LANES)
		pptp_rc4_crypt_group(work, lane + i, min_t(unsigned int, n - i, RC4_LANES));
}

void pptp_rc4_work_wipe(struct pptp_rc4_work *work)
{
	memzero_explicit(work, sizeof(*work));
}

void pptp_rc4_init(struct pptp_rc4 *rc4, const u8 *key, unsigned int len)
{
	pptp_rc4_setup_alone(rc4->s, key, len);
	rc4->i = 0;
	rc4->j = 0;
}

void pptp_rc4_crypt(struct pptp_rc4 *rc4, u8 *data, unsigned int len)
{
	pptp_rc4_stream(&rc4->s, (rc4->i + 1) & 0xff, &rc4->j, &data, 0, len, 1);
	rc4->i += len;
}
