// SPDX-License-Identifier: GPL-2.0-only
/*
 * A small deterministic mutation driver. With it every unit run fuzzes a little, and a
 * failure can be repeated at once. It has no coverage feedback; use libFuzzer for that (see
 * fuzz.h).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"

#pragma weak fuzz_seed

#define SEEDS_MAX 64

static struct seed {
	uint8_t data[FUZZ_MAX];
	size_t size;
} seeds[SEEDS_MAX];
static unsigned int nr_seeds;

static uint64_t state;

/* splitmix64: any start value will do */
static uint64_t rnd(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static size_t below(size_t n)
{
	return n ? rnd() % n : 0;
}

static size_t noise(uint8_t *buf)
{
	/* Short inputs reach more code, so prefer them. */
	size_t size = below((size_t)1 << (2 + below(9)));

	for (size_t i = 0; i < size; i++)
		buf[i] = rnd();
	return size;
}

static size_t mutate(uint8_t *buf, size_t size)
{
	static const uint8_t edges[] = { 0x00, 0x01, 0x02, 0x03, 0x04, 0x7f, 0x80, 0xfe, 0xff };
	size_t at, n;

	for (size_t rounds = 1 + below(6); rounds; rounds--) {
		switch (below(6)) {
		case 0:
			if (size)
				buf[below(size)] ^= 1 << below(8);
			break;
		case 1:
			if (size)
				buf[below(size)] = edges[below(sizeof(edges))];
			break;
		case 2:
			size = below(size + 1);
			break;
		case 3:
			/* cut a piece out */
			at = below(size);
			n = below(size - at + 1);
			memmove(buf + at, buf + at + n, size - at - n);
			size -= n;
			break;
		case 4:
			/* double a piece */
			at = below(size);
			n = below(size - at + 1);
			if (size + n > FUZZ_MAX)
				break;
			memmove(buf + at + n, buf + at, size - at);
			size += n;
			break;
		case 5:
			/* append another seed: sequences of messages are inputs too */
			if (nr_seeds) {
				const struct seed *s = &seeds[below(nr_seeds)];

				n = s->size < FUZZ_MAX - size ? s->size : FUZZ_MAX - size;
				memcpy(buf + size, s->data, n);
				size += n;
			}
			break;
		}
	}
	return size;
}

static void run(const uint8_t *data, size_t size)
{
	/* In an allocation of exactly this size ASan detects an access one byte too far. */
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static int run_file(const char *path)
{
	static uint8_t buf[1 << 20];
	FILE *f = fopen(path, "rb");
	size_t size;

	if (!f) {
		perror(path);
		return 1;
	}
	size = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	run(buf, size);
	return 0;
}

static unsigned long number(const char *name, unsigned long otherwise)
{
	const char *s = getenv(name);

	return s ? strtoul(s, NULL, 0) : otherwise;
}

int main(int argc, char **argv)
{
	unsigned long runs = number("FUZZ_RUNS", 20000);
	uint8_t buf[FUZZ_MAX];
	int err = 0;

	if (argc > 1) {
		for (int i = 1; i < argc; i++)
			err |= run_file(argv[i]);
		return err;
	}

	state = number("FUZZ_SEED", 1);
	while (fuzz_seed && nr_seeds < SEEDS_MAX) {
		struct seed *s = &seeds[nr_seeds];

		s->size = fuzz_seed(nr_seeds, s->data);
		if (!s->size)
			break;
		run(s->data, s->size);
		nr_seeds++;
	}
	run(buf, 0);
	for (unsigned long i = 0; i < runs; i++) {
		size_t size;

		if (nr_seeds && below(8)) {
			const struct seed *s = &seeds[below(nr_seeds)];

			memcpy(buf, s->data, s->size);
			size = mutate(buf, s->size);
		} else {
			size = noise(buf);
		}
		run(buf, size);
	}
	printf("%u seeds, %lu inputs\n", nr_seeds, runs);
	return 0;
}
