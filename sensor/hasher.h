/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* A process beside the one that answers, because reading may take as long as a disk likes. It never has the kernel's questions
 * open, so that nobody waits for it, whatever becomes of it. */
#pragma once

#include "filter.h"

#define PIECE (1 << 20)
#define UNIX 1
#define SEQPACKET 5
#define NO_WAITING 0x40

/* It was asked to, and has read in vain. */
#define GAVE_WAY -125

struct told {
	u8 digest[DIGEST_BYTES];
	/* Negative: what reading failed with. */
	s64 length;
};

struct piece {
	void *at;
	size_t length;
};

struct message {
	void *name;
	u32 name_length;
	struct piece *pieces;
	size_t count;
	void *control;
	size_t control_length;
	u32 flags;
};

/* A message that carries one descriptor. */
struct carried {
	size_t length;
	s32 level, type;
	s32 fd, rest;
};

#define SOCKET_LEVEL 1
#define RIGHTS 1
#define CARRIED_LENGTH (sizeof(struct carried) - sizeof(s32))

static bool send_descriptor(int to, int fd)
{
	u8 nothing = 0;
	struct piece piece = { &nothing, 1 };
	struct carried carried = { CARRIED_LENGTH, SOCKET_LEVEL, RIGHTS, fd, 0 };
	struct message message = { .pieces = &piece, .count = 1, .control = &carried, .control_length = sizeof(carried) };

	return CALL(SENDMSG, to, &message, NO_WAITING) == 1;
}

static int receive_descriptor(int from)
{
	u8 nothing = 0;
	struct piece piece = { &nothing, 1 };
	struct carried carried = {};
	struct message message = { .pieces = &piece, .count = 1, .control = &carried, .control_length = sizeof(carried) };
	long got;

	do
		got = CALL(RECVMSG, from, &message, 0);
	while (got == -4);
	return got == 1 && carried.length == CARRIED_LENGTH ? carried.fd : -1;
}

/* Memory of both processes. */
struct hasher {
	u64 progress;
	bool gives_way;
};

static volatile struct hasher *hasher;
static u8 piece_bytes[PIECE];

static void digest_file(int fd, struct told *told)
{
	struct sha256 sum;

	digest_begin(&sum);
	for (;;) {
		long got = CALL(PREAD, fd, piece_bytes, PIECE, sum.bytes);

		if (got < 0) {
			told->length = got;
			return;
		}
		if (got == 0)
			break;
		digest_add(&sum, piece_bytes, got);
		hasher->progress += 1;
		if (hasher->gives_way) {
			told->length = GAVE_WAY;
			return;
		}
		/* It grows while it is read, and is none of the image's any more. */
		if (sum.bytes > longest_known())
			break;
	}
	told->length = sum.bytes;
	digest_end(&sum, told->digest);
}

static __attribute__((noreturn)) void hash_for(int socket)
{
	static const u32 calls[] = { PREAD, RECVMSG, WRITE, CLOSE, EXIT_GROUP, RESTART_SYSCALL };

	end_with_parent();
	drop_capabilities();
	keep_calls(calls, sizeof(calls) / sizeof(*calls), false);
	for (;;) {
		struct told told = {};
		int fd = receive_descriptor(socket);

		if (fd < 0)
			leave(0);
		digest_file(fd, &told);
		CALL(CLOSE, fd);
		if (CALL(WRITE, socket, &told, sizeof(told)) != sizeof(told))
			leave(0);
	}
}

static int hasher_socket;

static long start_hasher(void)
{
	s32 pair[2];
	long pid, error = CALL(SOCKETPAIR, UNIX, SEQPACKET | CLOEXEC, 0, pair);

	hasher = memory(sizeof(*hasher), SHARED_MEMORY);
	if (error || !hasher)
		return error ? error : -12;
	pid = fork_here();
	if (pid == 0) {
		CALL(CLOSE, pair[0]);
		hash_for(pair[1]);
	}
	CALL(CLOSE, pair[1]);
	hasher_socket = pair[0];
	return pid < 0 ? pid : 0;
}
