/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* SHA-256 (FIPS 180-4), by the processor's own instructions where an x86 has them. */
#pragma once

#include "system.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

#define DIGEST_BYTES 32
#define BLOCK_BYTES 64

struct sha256 {
	u32 state[8];
	u64 bytes;
	u8 block[BLOCK_BYTES];
};

static const u32 ROUND_WORDS[64] __attribute__((aligned(16))) = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
	0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
	0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
	0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
	0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
	0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static u32 turned(u32 word, int by)
{
	return word >> by | word << (32 - by);
}

static void plain_blocks(u32 state[8], const u8 *data, size_t blocks)
{
	for (; blocks > 0; blocks--, data += BLOCK_BYTES) {
		u32 w[64], v[8];

		for (int i = 0; i < 16; i++)
			w[i] = (u32)data[4 * i] << 24 | data[4 * i + 1] << 16 | data[4 * i + 2] << 8 | data[4 * i + 3];
		for (int i = 16; i < 64; i++) {
			u32 near = w[i - 2], far = w[i - 15];

			w[i] = w[i - 16] + w[i - 7] + (turned(far, 7) ^ turned(far, 18) ^ far >> 3) +
			       (turned(near, 17) ^ turned(near, 19) ^ near >> 10);
		}
		memcpy(v, state, sizeof(v));
		/* After eight rounds each word is where it was: nothing is moved. */
#pragma clang loop unroll_count(8)
		for (int i = 0; i < 64; i++) {
			u32 e = v[4], a = v[0];
			u32 first = v[7] + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & v[5]) ^ (~e & v[6])) + ROUND_WORDS[i] + w[i];
			u32 second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & v[1]) ^ (a & v[2]) ^ (v[1] & v[2]));

#pragma clang loop unroll(full)
			for (int at = 7; at > 0; at--)
				v[at] = v[at - 1];
			v[4] += first;
			v[0] = first + second;
		}
		for (int i = 0; i < 8; i++)
			state[i] += v[i];
	}
}

#if defined(__x86_64__)
#define WITH_SHA __attribute__((target("sha,sse4.1,ssse3")))

WITH_SHA static void machine_blocks(u32 state[8], const u8 *data, size_t blocks)
{
	const __m128i turn = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
	__m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const void *)state), 0xb1);
	__m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const void *)(state + 4)), 0x1b);
	/* The order in which the instructions want them: a b e f, and c d g h. */
	__m128i abef = _mm_alignr_epi8(low, high, 8), cdgh = _mm_blend_epi16(high, low, 0xf0);

	for (; blocks > 0; blocks--, data += BLOCK_BYTES) {
		__m128i w[4], abef_before = abef, cdgh_before = cdgh;

		for (int i = 0; i < 4; i++)
			w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const void *)(data + 16 * i)), turn);
#pragma clang loop unroll(full)
		for (int i = 0; i < 16; i++) {
			__m128i words = _mm_add_epi32(w[i & 3], _mm_load_si128((const void *)(ROUND_WORDS + 4 * i)));
			__m128i *oldest = &w[i & 3], *third = &w[(i + 2) & 3], *newest = &w[(i + 3) & 3];

			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, words);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(words, 0x0e));
			if (i < 12)
				*oldest = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(*oldest, w[(i + 1) & 3]),
									     _mm_alignr_epi8(*newest, *third, 4)),
							       *newest);
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	low = _mm_shuffle_epi32(abef, 0x1b);
	high = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((void *)state, _mm_blend_epi16(low, high, 0xf0));
	_mm_storeu_si128((void *)(state + 4), _mm_alignr_epi8(high, low, 8));
}

static bool machine_has_sha(void)
{
	u32 a, b, c, d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSE4_1) || !(c & bit_SSSE3))
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && b & bit_SHA;
}
#endif

static void (*digest_blocks)(u32 state[8], const u8 *data, size_t blocks) = plain_blocks;

static void choose_digest(void)
{
#if defined(__x86_64__)
	if (machine_has_sha())
		digest_blocks = machine_blocks;
#endif
}

static void digest_begin(struct sha256 *sum)
{
	static const u32 FIRST[8] = {
		0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
	};

	memcpy(sum->state, FIRST, sizeof(FIRST));
	sum->bytes = 0;
}

static void digest_add(struct sha256 *sum, const u8 *data, size_t length)
{
	size_t held = sum->bytes % BLOCK_BYTES;

	sum->bytes += length;
	if (held > 0) {
		size_t more = BLOCK_BYTES - held < length ? BLOCK_BYTES - held : length;

		memcpy(sum->block + held, data, more);
		if (held + more < BLOCK_BYTES)
			return;
		digest_blocks(sum->state, sum->block, 1);
		data += more;
		length -= more;
	}
	digest_blocks(sum->state, data, length / BLOCK_BYTES);
	memcpy(sum->block, data + length / BLOCK_BYTES * BLOCK_BYTES, length % BLOCK_BYTES);
}

static void digest_end(struct sha256 *sum, u8 digest[DIGEST_BYTES])
{
	u64 bits = sum->bytes * 8;
	u8 end[BLOCK_BYTES + 8] = { 0x80 };
	size_t held = sum->bytes % BLOCK_BYTES, fill = (held < 56 ? 56 : 120) - held;

	for (int i = 0; i < 8; i++)
		end[fill + i] = bits >> (56 - 8 * i);
	digest_add(sum, end, fill + 8);
	for (int i = 0; i < DIGEST_BYTES; i++)
		digest[i] = sum->state[i / 4] >> (24 - i % 4 * 8);
}
