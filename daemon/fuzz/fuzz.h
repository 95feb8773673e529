/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a fuzz target is.
 *
 * A file <layer>/<x>_fuzz.c defines LLVMFuzzerTestOneInput() and, if it likes, fuzz_seed(). The
 * unit run links it with fuzz/driver.c, which feeds it seeds, mutations of seeds and plain
 * noise, the same ones every time. For a long hunt link it with libFuzzer instead:
 *
 *	clang -fsanitize=fuzzer,address,undefined -I. ppp/x_fuzz.c ppp/[!x]*.c …
 *
 * Environment of the driver: FUZZ_RUNS is the number of inputs (default 20000), FUZZ_SEED starts
 * another sequence. Arguments are files to be run once each (a crash to be looked at again).
 */
#ifndef CULVERT_FUZZ_H
#define CULVERT_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* No input of the driver is longer than this, in bytes. */
#define FUZZ_MAX 4096

/**
 * LLVMFuzzerTestOneInput() - run the code under test on one input
 * @data: the input, @size bytes, in an allocation of exactly that size
 *
 * Return: 0. Faults are found by the sanitizers and by assert().
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * fuzz_seed() - give the driver a good input to start from (optional)
 * @index: 0, 1, 2, … until 0 is returned
 * @buf: place for FUZZ_MAX bytes
 *
 * Return: the length of the seed, or 0 when there are no more.
 */
size_t fuzz_seed(unsigned int index, uint8_t *buf);

#endif
