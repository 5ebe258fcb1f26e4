/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* A frame is put together in memory of this processor, and copied into the ring once. Every place in it is masked before it is
 * used, which is what the verifier asks for; no frame comes near the mask. */
#pragma once

#include "frame.h"

#define PLACES 0x7fff
#define LONGEST 4096

/* What the loader says; it may change while events flow. */
struct settings {
	u64 wanted; /* one bit a code */
	u64 failed; /* codes of which failed calls are wanted, too */
	u64 everywhere; /* codes that are told of cgroups in `unwatched`, too */
	u32 self;   /* pid of the sensor, of which nothing is told */
	s32 subsystem; /* whose cgroups are told; -1 for those of version 2 */
	u32 hierarchy; /* its number, for the making of cgroups */
	u32 wake_at; /* bytes in the ring at which the reader is woken */
	u32 datagrams_only; /* no sending and receiving over streams */
	u32 mounts; /* number of the host's mount namespace, in which nothing is enforced */
	u64 woken; /* when the reader was woken last; ours, not the loader's */
};

/* The reader is woken by the first event after it had rest, and looks by itself for so long after it has read something. */
#define REST_NS 8000000ull

/* Modes of a cgroup: what dies there at once. */
#define DENY_UPPER 1
#define DENY_MEMORY 2
#define DENY_ELSEWHERE 4

/* What is enforced in a cgroup, and in all below it. */
struct guard {
	u32 mode;
	u32 root; /* device of the overlay that is the container's root: lower layers of others are not of its image */
};

struct file_key {
	u64 inode;
	u64 device;
};

#define ALLOWED 1
#define DENIED 2

/* A verdict is of the file as it was changed then, and of that size. */
struct file_verdict {
	u64 changed;
	u64 size;
	u32 verdict;
	u32 spare;
};

/* How the kernel knows a file that whoever loaded this shows to it (`on_readahead`). */
struct file_state {
	struct file_key key;
	u64 changed;
	u64 size;
	u32 writers; /* how many have it open for writing, mappings included */
	u32 in_memory; /* of a file system that tells no time of change when a mapping of it is written to */
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 16 << 20);
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct settings);
} settings SEC(".maps");

/* Cgroups that are listed, with what is enforced. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u64);
	__type(value, struct guard);
} cgroups SEC(".maps");

/* Cgroups of which nobody wants to know more than the codes that are told everywhere. What is not here is told: a cgroup must be
 * known before it is left out. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, u64);
	__type(value, u8);
} unwatched SEC(".maps");

/* Files that somebody has looked at, by digest: known good, known bad. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct file_key);
	__type(value, struct file_verdict);
} verdicts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct file_state);
} looked SEC(".maps");

/* What a responder of the strict mode (strict.c) is told of a file that it shows; it has a place of its own, and reads it there. */
struct answer {
	struct file_state seen;
	struct file_state expected; /* as it was when it was compared; the responder's own */
	u64 turn; /* goes up with each file that is shown */
	u32 layer;
	u32 vouched;
	u8 rest[32];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1024);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, u32);
	__type(value, struct answer);
} answers SEC(".maps");

/* Processes whose code in memory was told of: once each. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u32);
	__type(value, u64);
} told_memory SEC(".maps");

struct counts {
	u64 sent, dropped;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, CODES);
	__type(key, u32);
	__type(value, struct counts);
} counts SEC(".maps");

/* Three at a time on one processor: a program may be interrupted by another. */
#define SLOTS 3

struct slot {
	u32 busy;
	u32 at; /* of the next byte; kept here, where the verifier forgets what it was, and loops stay small for it */
	u8 data[PLACES + 1 + LONGEST + 64];
};

/* The loader makes it as large as there are processors (a map of the kind for each processor holds 32 KB at most). */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, SLOTS);
	__type(key, u32);
	__type(value, struct slot);
} slots SEC(".maps");

/* Keeps the compiler from knowing the value, so that a bound stays where the verifier looks for it. */
#define FORGET(variable) asm volatile("" : "+r"(variable))

static __always_inline u32 place(struct slot *slot)
{
	u32 at = *(volatile u32 *)&slot->at;

	FORGET(at);
	return at & PLACES;
}

static __always_inline void count(u32 code, bool dropped)
{
	u32 key = code < CODES ? code : 0;
	struct counts *counted = bpf_map_lookup_elem(&counts, &key);

	if (!counted)
		return;
	if (dropped)
		counted->dropped++;
	else
		counted->sent++;
}

static __always_inline struct settings *the_settings(void)
{
	u32 key = 0;

	return bpf_map_lookup_elem(&settings, &key);
}

static __noinline struct slot *take_slot(void)
{
	for (u32 i = 0; i < SLOTS; i++) {
		u32 key = bpf_get_smp_processor_id() * SLOTS + i;
		struct slot *slot = bpf_map_lookup_elem(&slots, &key);

		/* No atomic exchange, which arm64 before 5.18 does not have: nothing else runs here but what interrupts this, and
		 * that has given its slot back when this goes on. */
		if (slot && !*(volatile u32 *)&slot->busy) {
			*(volatile u32 *)&slot->busy = 1;
			return slot;
		}
	}
	return NULL;
}

static __always_inline u64 cgroup_of(struct task_struct *task, s32 subsystem)
{
	if (subsystem >= 0 && subsystem < 16)
		return BPF_CORE_READ(task, cgroups, subsys[subsystem], cgroup, kn, id);
	return BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, id);
}

/* Of a head and the largest body, which is that of a program's beginning. */
#define LARGEST_BODY (sizeof(struct head) + sizeof(struct exec_body))

/* A frame in the making; `slot` is null when this event is not to be told. */
struct frame {
	struct slot *slot;
	u32 code;
	u64 cgroup;
};

/* Whether anybody wants to know; fills the head. The body of `size` bytes after it is zeroed. */
static __noinline bool begin(struct frame *frame, u32 code, s64 result, u32 size)
{
	struct settings *set = the_settings();
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	u64 both = bpf_get_current_pid_tgid();
	u32 pid = both >> 32;

	if (!set || pid == set->self || !(set->wanted >> code & 1))
		return false;
	if (result < 0 && !(set->failed >> code & 1))
		return false;
	u64 cgroup = cgroup_of(task, set->subsystem);

	if (!(set->everywhere >> code & 1) && bpf_map_lookup_elem(&unwatched, &cgroup))
		return false;
	struct slot *slot = take_slot();

	if (!slot) {
		count(code, true);
		return false;
	}
	struct head *head = (void *)slot->data;

	__builtin_memset(slot->data, 0, LARGEST_BODY);
	head->code = code;
	head->time = bpf_ktime_get_boot_ns();
	head->cgroup = cgroup;
	head->tid = both;
	head->pid = pid;
	head->result = result;
	head->uid = BPF_CORE_READ(task, cred, euid.val);
	head->gid = BPF_CORE_READ(task, cred, egid.val);
	frame->slot = slot;
	slot->at = sizeof(*head) + size;
	frame->code = code;
	frame->cgroup = cgroup;
	return true;
}

#define BODY(frame) ((void *)((frame)->slot->data + sizeof(struct head)))

/* Whether the reader is to be woken. For each event that would cost whoever made it more than the event does; looking many times
 * a second for events that nobody made costs the host. */
static __always_inline bool is_time_to_wake(struct settings *set, u64 now)
{
	if (now - set->woken < REST_NS && bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) < set->wake_at)
		return false;
	set->woken = now;
	return true;
}

/* Sends the frame. */
static __noinline void end(struct frame *frame)
{
	struct slot *slot = frame->slot;
	struct head *head = (void *)slot->data;
	struct settings *set = the_settings();
	u32 length = place(slot);
	u64 wake = set && is_time_to_wake(set, head->time) ? BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;

	head->length = length;
	count(frame->code, bpf_ringbuf_output(&ring, slot->data, length, wake) != 0);
	*(volatile u32 *)&slot->busy = 0;
}

/* The length is written before the string, which has no end mark. */
static __always_inline void put_length(struct frame *frame, long length)
{
	u32 at = place(frame->slot);

	*(u16 *)(frame->slot->data + at) = length;
	frame->slot->at = at + 2 + length;
}

#define PUT_STRING(name, read)                                                        \
	static __always_inline void name(struct frame *frame, const void *from)       \
	{                                                                             \
		u32 at = place(frame->slot);                                          \
		long length = read(frame->slot->data + at + 2, LONGEST, from);        \
                                                                                      \
		length = length > 0 ? length - 1 : 0;                                 \
		FORGET(length);                                                       \
		put_length(frame, length & (LONGEST - 1));                            \
	}

PUT_STRING(put_kernel_string, bpf_probe_read_kernel_str)
PUT_STRING(put_user_string, bpf_probe_read_user_str)

static __always_inline void put_nothing(struct frame *frame)
{
	put_length(frame, 0);
}

/* What a process has between two addresses of its memory, its first 4 KB. */
static __noinline void put_user_range(struct frame *frame, u64 from, u64 to)
{
	u32 at = place(frame->slot);
	u64 length = to > from ? to - from : 0;

	if (length > LONGEST - 1)
		length = LONGEST - 1;
	FORGET(length);
	length &= LONGEST - 1;
	if (bpf_probe_read_user(frame->slot->data + at + 2, length, (void *)from))
		length = 0;
	put_length(frame, length & (LONGEST - 1));
}
