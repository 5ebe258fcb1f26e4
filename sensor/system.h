/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Linux as the responder sees it: system calls, and nothing between. Without a C library it is the same few kilobytes wherever it is
 * built, and no code of others is in it. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __s32 s32;
typedef __u64 u64;
typedef __s64 s64;

#if defined(__x86_64__)
#define PER_MACHINE(x86, arm64) x86
#elif defined(__aarch64__)
#define PER_MACHINE(x86, arm64) arm64
#endif

enum call_number {
	READ = PER_MACHINE(0, 63),
	WRITE = PER_MACHINE(1, 64),
	CLOSE = PER_MACHINE(3, 57),
	PREAD = PER_MACHINE(17, 67),
	MMAP = PER_MACHINE(9, 222),
	FCNTL = PER_MACHINE(72, 25),
	OPENAT = PER_MACHINE(257, 56),
	READLINKAT = PER_MACHINE(267, 78),
	FSTATFS = PER_MACHINE(138, 44),
	STATX = PER_MACHINE(332, 291),
	READAHEAD = PER_MACHINE(187, 213),
	PPOLL = PER_MACHINE(271, 73),
	SOCKETPAIR = PER_MACHINE(53, 199),
	SENDMSG = PER_MACHINE(46, 211),
	RECVMSG = PER_MACHINE(47, 212),
	CLONE = PER_MACHINE(56, 220),
	WAIT4 = PER_MACHINE(61, 260),
	KILL = PER_MACHINE(62, 129),
	GETPID = PER_MACHINE(39, 172),
	EXIT_GROUP = PER_MACHINE(231, 94),
	RESTART_SYSCALL = PER_MACHINE(219, 128),
	PRCTL = PER_MACHINE(157, 167),
	CAPSET = PER_MACHINE(126, 91),
	SETPRIORITY = PER_MACHINE(141, 140),
	MLOCKALL = PER_MACHINE(151, 230),
	CLOCK_GETTIME = PER_MACHINE(228, 113),
	CLOCK_NANOSLEEP = PER_MACHINE(230, 115),
	TIMER_CREATE = PER_MACHINE(222, 107),
	TIMER_SETTIME = PER_MACHINE(223, 110),
	FANOTIFY_INIT = PER_MACHINE(300, 262),
	FANOTIFY_MARK = PER_MACHINE(301, 263),
	PIDFD_OPEN = 434,
};

/* What it gives back, or the error as a negative number. */
static long call6(long number, long a, long b, long c, long d, long e, long f)
{
#if defined(__x86_64__)
	register long r10 asm("r10") = d, r8 asm("r8") = e, r9 asm("r9") = f;
	long result;

	asm volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return result;
#elif defined(__aarch64__)
	register long x8 asm("x8") = number, x0 asm("x0") = a, x1 asm("x1") = b, x2 asm("x2") = c, x3 asm("x3") = d, x4 asm("x4") = e,
		      x5 asm("x5") = f;

	asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
#endif
}

#define COUNTED(_0, _1, _2, _3, _4, _5, _6, name, ...) name
#define CALL0(n) call6(n, 0, 0, 0, 0, 0, 0)
#define CALL1(n, a) call6(n, (long)(a), 0, 0, 0, 0, 0)
#define CALL2(n, a, b) call6(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define CALL3(n, a, b, c) call6(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define CALL4(n, a, b, c, d) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define CALL5(n, a, b, c, d, e) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define CALL6(n, a, b, c, d, e, f) call6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define CALL(...) COUNTED(__VA_ARGS__, CALL6, CALL5, CALL4, CALL3, CALL2, CALL1, CALL0)(__VA_ARGS__)

/* The compiler makes calls of these of its own accord. */
void *memcpy(void *to, const void *from, size_t length)
{
	for (size_t i = 0; i < length; i++)
		((u8 *)to)[i] = ((const u8 *)from)[i];
	return to;
}

void *memset(void *to, int value, size_t length)
{
	for (size_t i = 0; i < length; i++)
		((u8 *)to)[i] = value;
	return to;
}

int memcmp(const void *a, const void *b, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		int difference = ((const u8 *)a)[i] - ((const u8 *)b)[i];

		if (difference)
			return difference;
	}
	return 0;
}

#define MONOTONIC 1
#define REALTIME 0
#define MILLISECOND 1000000ull
#define SECOND 1000000000ull

struct time {
	s64 seconds, nanoseconds;
};

static u64 now_by(int clock)
{
	struct time time = {};

	CALL(CLOCK_GETTIME, clock, &time);
	return time.seconds * SECOND + time.nanoseconds;
}

static void rest(u64 nanoseconds)
{
	struct time time = { nanoseconds / SECOND, nanoseconds % SECOND };

	CALL(CLOCK_NANOSLEEP, MONOTONIC, 0, &time, 0);
}

static __attribute__((noreturn)) void leave(int code)
{
	for (;;)
		CALL(EXIT_GROUP, code);
}

#define SIGKILL 9
#define SIGCHLD 17
#define SIGSTOP 19

static long fork_here(void)
{
	return CALL(CLONE, SIGCHLD, 0, 0, 0, 0);
}

#define PDEATHSIG 1
#define NO_NEW_PRIVS 38

/* Whoever made this process takes it along, whatever state it is in. */
static void end_with_parent(void)
{
	CALL(PRCTL, PDEATHSIG, SIGKILL, 0, 0, 0);
}

static void drop_capabilities(void)
{
	struct {
		u32 version;
		s32 pid;
	} head = { 0x20080522, 0 };
	struct {
		u32 effective, permitted, inheritable;
	} none[2] = {};

	CALL(PRCTL, NO_NEW_PRIVS, 1, 0, 0, 0);
	CALL(CAPSET, &head, none);
}

struct sigevent_of_kernel {
	u64 value;
	s32 signal, how;
	u8 rest[48];
};

/*
 * A timer of the kernel's that ends this process unless it is wound again: stopped, hung and starved alike. Nobody else has to be
 * well for that. The signal of a timer may be any, and this one is not to be held up.
 */
static long make_deadline(s32 *timer)
{
	struct sigevent_of_kernel event = { .signal = SIGKILL, .how = 0 };

	return CALL(TIMER_CREATE, MONOTONIC, &event, timer);
}

static long wind(s32 timer, u64 nanoseconds)
{
	struct {
		struct time interval, value;
	} setting = { .value = { nanoseconds / SECOND, nanoseconds % SECOND } };

	return CALL(TIMER_SETTIME, timer, 0, &setting, 0);
}

#define WNOHANG 1

/* Whether that holds on this kernel: a process that stops itself has to die of it. */
static bool deadline_holds(void)
{
	long child = fork_here();
	s32 timer, status = 0;

	if (child == 0) {
		if (make_deadline(&timer) || wind(timer, 20 * MILLISECOND))
			leave(1);
		CALL(KILL, CALL(GETPID), SIGSTOP);
		leave(1);
	}
	for (int i = 0; child > 0 && i < 200; i++) {
		if (CALL(WAIT4, child, &status, WNOHANG, 0) == child)
			return (status & 0x7f) == SIGKILL;
		rest(5 * MILLISECOND);
	}
	if (child > 0)
		CALL(KILL, child, SIGKILL);
	return false;
}

/* Programs begin here. */
int begin(int count, char **arguments);

__attribute__((noreturn, used)) static void start(long *stack)
{
	leave(begin(stack[0], (char **)(stack + 1)));
}

#if defined(__x86_64__)
asm(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start\n");
#elif defined(__aarch64__)
asm(".globl _start\n_start:\n\tmov x29, #0\n\tmov x0, sp\n\tbl start\n");
#endif
