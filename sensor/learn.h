/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What a container needs: its system calls, its capabilities, the names it asks for. A bit is set where it was seen, nothing is
 * told, and the loader looks once a second. Attached while somebody learns, and only then: every call of the host passes here. */
#pragma once

#include "walk.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct mount___owned {
	struct mnt_namespace *mnt_ns;
};

/* The calling convention of the call that is made: x86. */
struct thread_info___status {
	u32 status;
};

struct thread_info___flags {
	unsigned long flags;
};

struct task_struct___info {
	struct thread_info___status thread_info;
	const struct cred *real_cred;
};

struct sk_buff {
	struct sock *sk;
	unsigned char *head;
	u16 protocol;
	u16 transport_header;
	u16 network_header;
};

#pragma clang attribute pop

#define CALL_WORDS 8

/* Of one cgroup; user space reads it as it lies here. */
struct learnt {
	u64 calls[CALL_WORDS]; /* one bit a number */
	u64 used; /* one bit a capability that was asked for and had */
	u64 refused;
	u64 foreign; /* calls of another convention were made: 32-bit programs, or numbers past the last word */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, u64);
	__type(value, struct learnt);
} learnt SEC(".maps");

/* A name as it stands in a question: labels, each after its length. What is longer is cut. */
struct asked {
	u64 cgroup;
	u8 name[128];
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct asked);
	__type(value, u64);
} asked SEC(".maps");

/*
 * Whether the process runs a program of its own mounts, which are not the host's. A runtime enters a container with its own
 * program, which lies on the host or nowhere, and what it does until it begins the container's is not the container's.
 */
static __noinline bool is_own_program(struct task_struct *task)
{
	struct vfsmount *on = BPF_CORE_READ(task, mm, exe_file, f_path.mnt);
	struct mount___owned *mount = (void *)on - bpf_core_field_offset(struct mount, mnt);
	struct mnt_namespace *own = BPF_CORE_READ(task, nsproxy, mnt_ns);
	struct settings *set = the_settings();

	if (!on || !own || !set || BPF_CORE_READ(own, ns.inum) == set->mounts)
		return false;
	return BPF_CORE_READ(mount, mnt_ns) == own;
}

/*
 * As cgroup_of(), without a call for each step: every call of every process passes here, and the loader of the kernel knows what
 * this task is. It takes fixed places alone, so the subsystem is looked for.
 */
#define OF_SUBSYSTEM(at)                                                                                                                     \
	if (bpf_core_field_exists(((struct css_set *)0)->subsys[at]) && subsystem == (at))                                           \
		return set->subsys[at]->cgroup->kn->id;

static __always_inline u64 cgroup_now(struct task_struct *task, s32 subsystem)
{
	struct css_set *set = task->cgroups;

	if (subsystem < 0)
		return set->dfl_cgrp->kn->id;
	OF_SUBSYSTEM(0)
	OF_SUBSYSTEM(1)
	OF_SUBSYSTEM(2)
	OF_SUBSYSTEM(3)
	OF_SUBSYSTEM(4)
	OF_SUBSYSTEM(5)
	OF_SUBSYSTEM(6)
	OF_SUBSYSTEM(7)
	OF_SUBSYSTEM(8)
	OF_SUBSYSTEM(9)
	OF_SUBSYSTEM(10)
	OF_SUBSYSTEM(11)
	return cgroup_of(task, subsystem);
}

/* Of the host, of which nothing is learned: most calls end here, before anything is looked up. */
static __always_inline bool is_of_host(struct task_struct *task, struct settings *set)
{
	return task->nsproxy->mnt_ns->ns.inum == set->mounts;
}

static __always_inline struct learnt *learnt_of(u64 cgroup)
{
	struct learnt *known = bpf_map_lookup_elem(&learnt, &cgroup);
	struct learnt none = {};

	if (known)
		return known;
	bpf_map_update_elem(&learnt, &cgroup, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&learnt, &cgroup);
}

#define TS_COMPAT 2
#define TIF_32BIT 22

static __always_inline bool is_foreign(struct task_struct *task, u64 number)
{
#if defined(__TARGET_ARCH_x86)
	return number >= CALL_WORDS * 64 || BPF_CORE_READ((struct task_struct___info *)task, thread_info.status) & TS_COMPAT;
#elif defined(__TARGET_ARCH_arm64)
	/* The first thing in a task. */
	return number >= CALL_WORDS * 64 || BPF_CORE_READ((struct thread_info___flags *)task, flags) >> TIF_32BIT & 1;
#endif
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_any_call, struct pt_regs *registers, long number)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct settings *set = the_settings();

	if (!set || is_of_host(task, set))
		return 0;
	struct learnt *known = learnt_of(cgroup_now(task, set->subsystem));
	u32 word = (u64)number / 64;
	u64 bit = 1ull << (number & 63);

	/* After a moment this is where each call ends. */
	if (!known || (word < CALL_WORDS && known->calls[word & (CALL_WORDS - 1)] & bit) || !is_own_program(task))
		return 0;
	if (is_foreign(task, number))
		known->foreign = 1;
	else
		__sync_fetch_and_or(&known->calls[word & (CALL_WORDS - 1)], bit);
	return 0;
}

SEC("tp_btf/cap_capable")
int BPF_PROG(on_capability, const struct cred *cred, void *target, void *capable, int capability, int refused)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct settings *set = the_settings();

	/* Where the kernel acts as somebody else, as overlayfs does as whoever mounted it, the process itself is not asked. */
	if (!set || is_of_host(task, set) || capability < 0 || capability > 63 ||
	    cred != BPF_CORE_READ((struct task_struct___info *)task, real_cred))
		return 0;
	struct learnt *known = learnt_of(cgroup_now(task, set->subsystem));
	u64 bit = 1ull << (capability & 63);

	if (!known || (refused ? known->refused : known->used) & bit || !is_own_program(task))
		return 0;
	__sync_fetch_and_or(refused ? &known->refused : &known->used, bit);
	return 0;
}

#define IPV4 0x0800
#define IPV6 0x86dd
#define UDP 17
#define DNS 53
/* Of UDP, and of a question before its name. */
#define UDP_HEAD 8
#define DNS_HEAD 12

/* Names are asked for by many calls and over many libraries; what leaves is the same. Over TLS and TCP they are not seen. */
SEC("tp_btf/net_dev_queue")
int BPF_PROG(on_packet, struct sk_buff *packet)
{
	u16 protocol = bpf_ntohs(BPF_CORE_READ(packet, protocol));
	unsigned char *head = BPF_CORE_READ(packet, head);
	unsigned char *network = head + BPF_CORE_READ(packet, network_header);
	unsigned char *transport = head + BPF_CORE_READ(packet, transport_header);
	struct settings *set = the_settings();
	struct asked key = {};
	u64 now = bpf_ktime_get_boot_ns();
	u16 port = 0;
	u8 next = 0;

	/* One that another process passes on belongs to no socket any more. */
	if (!set || !BPF_CORE_READ(packet, sk) || (protocol != IPV4 && protocol != IPV6))
		return 0;
	bpf_probe_read_kernel(&next, 1, network + (protocol == IPV4 ? 9 : 6));
	bpf_probe_read_kernel(&port, 2, transport + 2);
	if (next != UDP || port != bpf_htons(DNS))
		return 0;
	key.cgroup = cgroup_of((void *)bpf_get_current_task_btf(), set->subsystem);
	if (bpf_probe_read_kernel_str(key.name, sizeof(key.name), transport + UDP_HEAD + DNS_HEAD) > 1)
		bpf_map_update_elem(&asked, &key, &now, BPF_ANY);
	return 0;
}
