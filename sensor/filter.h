/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Both processes are user 0 to the end, to whom files of root are open without any capability: what they never call is taken away. */
#pragma once

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "report.h"

#define SET_SECCOMP 22
#define MOST_CALLS 16
#define CLOEXEC 02000000
#define NOT_HERE -22

static const u32 MACHINE = PER_MACHINE(AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64);

/* From here on any other call ends this process; a kernel without such filters goes without. `opens`: files may be opened for reading. */
static void keep_calls(const u32 *calls, u32 count, bool opens)
{
	struct sock_filter code[2 * MOST_CALLS + 12];
	u16 length = 0;
	long error;

	if (count > MOST_CALLS)
		fail("filter", 7);
	code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
	code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0);
	code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
	for (u32 i = 0; i < count; i++) {
		code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i], 0, 1);
		code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	if (opens) {
		code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OPENAT, 0, 3);
		code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2]));
		code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, CLOEXEC, 0, 1);
		code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	struct sock_fprog program = { length, code };

	error = CALL(PRCTL, SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
	if (error && error != NOT_HERE)
		fail("filter", error);
}
