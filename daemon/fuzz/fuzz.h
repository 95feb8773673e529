/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a fuzz target is.
 *
 * A file <layer>/<x>_fuzz.c defines LLVMFuzzerTestOneInput() and may define fuzz_seed().
 * The unit run links it with fuzz/driver.c. The driver feeds it seeds, mutations of seeds
 * and noise, and the sequence is the same in every run. For a long hunt link the file with
 * libFuzzer instead:
 *
 *	clang -fsanitize=fuzzer,address,undefined -I. ppp/x_fuzz.c ppp/[!x]*.c …
 *
 * Environment of the driver: FUZZ_RUNS is the number of inputs besides the seeds (default
 * 20000); FUZZ_SEED selects another sequence (default 1). Arguments are files that are run
 * once each, to look at a crash again.
 */
#ifndef CULVERT_FUZZ_H
#define CULVERT_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* The longest input that the driver makes, in bytes. A file given as an argument may be longer. */
#define FUZZ_MAX 4096

/**
 * LLVMFuzzerTestOneInput() - run the code under test on one input
 * @data: the input, @size bytes, in an allocation of exactly that size
 *
 * Return: 0. The sanitizers and assert() find the faults.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/**
 * fuzz_seed() - give the driver a good input to start from (optional)
 * @index: 0, 1, 2, … until the function returns 0, or 64 seeds are there
 * @buf: space for FUZZ_MAX bytes
 *
 * Return: the length of the seed, or 0 if there are no more seeds.
 */
size_t fuzz_seed(unsigned int index, uint8_t *buf);

#endif
