/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What may run: the digests and lengths of the image's files, sorted by whoever started this; and what was found out of single files. */
#pragma once

#include "sha256.h"

#define MOST_FILES (4u << 20)

/* The index as it comes in: this head, the lengths, the digests. */
struct index_head {
	char magic[8];
	u32 lengths, digests;
};

static u32 length_count, digest_count;
static u64 *lengths;
static u8 (*digests)[DIGEST_BYTES];

#define READ_WRITE 3
#define PRIVATE_MEMORY 0x22
#define SHARED_MEMORY 0x21

static void *memory(size_t length, int kind)
{
	long at = CALL(MMAP, 0, length, READ_WRITE, kind, -1, 0);

	return at < 0 && at > -4096 ? NULL : (void *)at;
}

static bool read_whole(int fd, void *to, size_t length)
{
	for (size_t had = 0; had < length;) {
		long got = CALL(READ, fd, (u8 *)to + had, length - had);

		if (got == -4)
			continue;
		if (got <= 0)
			return false;
		had += got;
	}
	return true;
}

static bool read_index(int fd)
{
	struct index_head head;

	if (!read_whole(fd, &head, sizeof(head)) || memcmp(head.magic, "bulwark1", 8))
		return false;
	if (head.lengths > MOST_FILES || head.digests > MOST_FILES)
		return false;
	lengths = memory(head.lengths * sizeof(*lengths) + 1, PRIVATE_MEMORY);
	digests = memory((size_t)head.digests * DIGEST_BYTES + 1, PRIVATE_MEMORY);
	if (!lengths || !digests || !read_whole(fd, lengths, head.lengths * sizeof(*lengths)))
		return false;
	length_count = head.lengths;
	digest_count = head.digests;
	return read_whole(fd, digests, (size_t)head.digests * DIGEST_BYTES);
}

/* A file of a length that no file of the image has need not be read to be told. */
static bool is_known_length(u64 length)
{
	u32 low = 0, high = length_count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (lengths[middle] < length)
			low = middle + 1;
		else
			high = middle;
	}
	return low < length_count && lengths[low] == length;
}

static u64 longest_known(void)
{
	return length_count > 0 ? lengths[length_count - 1] : 0;
}

static bool is_known_digest(const u8 digest[DIGEST_BYTES])
{
	u32 low = 0, high = digest_count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;
		int difference = memcmp(digests[middle], digest, DIGEST_BYTES);

		if (difference == 0)
			return true;
		if (difference < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

/* `struct file_state` of write.h: how the kernel knows a file. */
struct state {
	u64 inode, device, changed, length;
	u32 writers, in_memory;
};

/* `struct answer` of write.h. */
struct place {
	struct state seen, expected;
	u64 turn;
	u32 layer, vouched;
	u8 rest[128 - 2 * sizeof(struct state) - 16];
};

_Static_assert(sizeof(struct state) == 40 && sizeof(struct place) == 128, "as the kernel's side has them");

static bool is_same_state(const struct state *a, const struct state *b)
{
	return a->inode == b->inode && a->device == b->device && a->changed == b->changed && a->length == b->length;
}

/* Content that was read holds as long as nobody writes, and each write that begins can be told. */
static bool is_at_rest(const struct state *state)
{
	return state->writers == 0 && state->in_memory == 0;
}

#define REMEMBERED 8192

static struct {
	struct state state;
	bool is_set, is_known;
	u8 digest[DIGEST_BYTES];
} remembered[REMEMBERED];

static u32 slot_of(const struct state *state)
{
	return ((state->inode * 0x9e3779b97f4a7c15ull) ^ (state->device * 0xff51afd7ed558ccdull)) >> 40 & (REMEMBERED - 1);
}

static void remember(const struct state *state, const u8 digest[DIGEST_BYTES], bool is_known)
{
	u32 slot = slot_of(state);

	remembered[slot].state = *state;
	remembered[slot].is_known = is_known;
	remembered[slot].is_set = true;
	memcpy(remembered[slot].digest, digest, DIGEST_BYTES);
}

/* The slot in which a verdict on this file stands, or -1. */
static s32 recall(const struct state *state)
{
	u32 slot = slot_of(state);

	return remembered[slot].is_set && is_at_rest(state) && is_same_state(&remembered[slot].state, state) ? (s32)slot : -1;
}
