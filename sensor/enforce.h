/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What may run where something is enforced: decided from maps alone, before the first instruction. Functions that take numbers
 * are verified by themselves, once, and not wherever they are called. */
#pragma once

#include "walk.h"

extern int LINUX_KERNEL_VERSION __kconfig;

/* Of a file's mode: it is one that a file system opened which lies on others. The bit is no part of any contract, and has moved. */
static __always_inline u32 backing_bit(void)
{
	return LINUX_KERNEL_VERSION >= KERNEL_VERSION(6, 14, 0) ? 1 << 24 : 1 << 25;
}

/* The file as its user knows it: what maps a file of an overlay holds the one behind it. */
static __always_inline struct dentry *dentry_of(struct file *file)
{
	struct backing_file *backing = (void *)file;

	if (bpf_core_field_exists(backing->user_path) && BPF_CORE_READ(file, f_mode) & backing_bit())
		return BPF_CORE_READ(backing, user_path.dentry);
	return BPF_CORE_READ(file, f_path.dentry);
}

/* Of an overlay's file the one behind it tells: the overlay's own lags behind what a mapping writes. */
static __always_inline void look_at(struct inode *inode, struct file_state *state)
{
	struct inode *upper = BPF_CORE_READ(inode, i_sb, s_magic) == OVERLAY ? upper_of(inode) : NULL;
	int writers;

	if (upper)
		inode = upper;
	writers = BPF_CORE_READ(inode, i_writecount.counter);
	state->key.inode = BPF_CORE_READ(inode, i_ino);
	state->key.device = BPF_CORE_READ(inode, i_sb, s_dev);
	state->changed = changed_at(inode);
	state->size = BPF_CORE_READ(inode, i_size);
	state->writers = writers > 0 ? writers : 0;
	state->in_memory = BPF_CORE_READ(inode, i_sb, s_magic) == TMPFS;
}

/* Containers' cgroups lie no deeper than this, and the loader lists none that does; those that containers make may. */
#define DEEPEST_CGROUP 16

static __always_inline u64 ancestor_of(struct cgroup *cgroup, u32 level)
{
	struct cgroup *found = NULL;
	u64 number = 0;

	if (bpf_core_field_exists(cgroup->ancestors)) {
		bpf_probe_read_kernel(&found, sizeof(found),
				      (void *)cgroup + bpf_core_field_offset(struct cgroup, ancestors) + level * sizeof(found));
		return BPF_CORE_READ(found, kn, id);
	}
	bpf_probe_read_kernel(&number, sizeof(number),
			      (void *)cgroup + bpf_core_field_offset(struct cgroup___before, ancestor_ids) + level * sizeof(number));
	return number;
}

/* What is enforced where this task runs. A cgroup that a container makes for itself is below the listed one: nothing has to be
 * heard of it, and no number of them is too many. */
static __always_inline struct guard *guard_of(struct task_struct *task, s32 subsystem)
{
	struct cgroup *cgroup = subsystem >= 0 && subsystem < 16 ? BPF_CORE_READ(task, cgroups, subsys[subsystem], cgroup) :
								   BPF_CORE_READ(task, cgroups, dfl_cgrp);
	u64 number = BPF_CORE_READ(cgroup, kn, id);
	struct guard *guard = bpf_map_lookup_elem(&cgroups, &number);
	int level = BPF_CORE_READ(cgroup, level);

	for (int above = DEEPEST_CGROUP; !guard && above > 0; above--) {
		if (above >= level)
			continue;
		number = ancestor_of(cgroup, above);
		guard = bpf_map_lookup_elem(&cgroups, &number);
	}
	return guard && guard->mode ? guard : NULL;
}

/* A runtime enters the cgroup of a container before it enters the container, and from a copy of itself in memory: the host's mounts
 * are spared. */
static __always_inline struct guard *guard_of_current(void)
{
	struct settings *set = the_settings();
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct guard *guard = set ? guard_of(task, set->subsystem) : NULL;

	return guard && BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum) != set->mounts ? guard : NULL;
}

/* Whether the current process may be made of this file. */
__noinline int must_die(u64 address)
{
	struct file *file = (void *)address;
	struct guard *guard = guard_of_current();
	struct file_state state = {};

	if (!guard || !file)
		return false;
	struct dentry *dentry = dentry_of(file);
	struct inode *inode = BPF_CORE_READ(dentry, d_inode);
	u32 flags = layer_of(inode, dentry);

	look_at(inode, &state);
	struct file_verdict *known = bpf_map_lookup_elem(&verdicts, &state.key);

	if (known && known->changed == state.changed && known->size == state.size) {
		if (known->verdict == DENIED)
			return true;
		/* Whoever has it open may write what was not compared. */
		if (!state.writers)
			return false;
	}
	if (flags & FILE_MEMORY)
		return !!(guard->mode & DENY_MEMORY);
	if (flags & FILE_UPPER)
		return !!(guard->mode & DENY_UPPER);
	if (flags & FILE_LOWER && BPF_CORE_READ(inode, i_sb, s_dev) == guard->root)
		return false;
	return !!(guard->mode & DENY_ELSEWHERE);
}

#define DEEPEST_MAPPINGS 8
#define MAPLE_RANGE_LAST 15
#define MAPLE_ARANGE_LAST 9
#define MAPLE_ARANGE 3
#define MAPLE_ROOT 2
#define GAP 1

/* The mapping at an address, or the end of the gap there, marked. The kernel's tree is walked as its readers do (lib/maple_tree.c,
 * mtree_lookup_walk), without its lock: a lock could be kept from us. */
__noinline u64 mapping_in_tree(u64 mm, u64 address)
{
	u64 node = (u64)BPF_CORE_READ((struct mm_struct *)mm, mm_mt.ma_root);
	u64 pivot = 0;

	if ((node & 3) != MAPLE_ROOT)
		return 0;
	for (int depth = 0; depth < DEEPEST_MAPPINGS; depth++) {
		u32 type = node >> 3 & 15;
		u64 base = node & ~0xffull, pivots, slots;
		u32 last = type == MAPLE_ARANGE ? MAPLE_ARANGE_LAST : MAPLE_RANGE_LAST, at;

		if (type == MAPLE_ARANGE) {
			pivots = base + bpf_core_field_offset(struct maple_arange_64, pivot);
			slots = base + bpf_core_field_offset(struct maple_arange_64, slot);
		} else {
			pivots = base + bpf_core_field_offset(struct maple_range_64, pivot);
			slots = base + bpf_core_field_offset(struct maple_range_64, slot);
		}
		for (at = 0; at < MAPLE_RANGE_LAST; at++) {
			if (at >= last)
				break;
			bpf_probe_read_kernel(&pivot, sizeof(pivot), (void *)(pivots + at * 8));
			if (pivot >= address)
				break;
		}
		bpf_probe_read_kernel(&node, sizeof(node), (void *)(slots + at * 8));
		if (type < 2)
			return node ? node : (pivot + 1) | GAP;
	}
	return 0;
}

/* Before 6.1. */
__noinline u64 mapping_in_old_tree(u64 mm, u64 address)
{
	struct rb_node *node = BPF_CORE_READ((struct mm_struct___before *)mm, mm_rb.rb_node);
	u64 found = 0;

	for (int depth = 0; depth < 64 && node; depth++) {
		struct vm_area_struct *area = (void *)node - bpf_core_field_offset(struct vm_area_struct___before, vm_rb);

		if (BPF_CORE_READ(area, vm_end) > address) {
			found = (u64)area;
			node = BPF_CORE_READ(node, rb_left);
		} else
			node = BPF_CORE_READ(node, rb_right);
	}
	if (found && BPF_CORE_READ((struct vm_area_struct *)found, vm_start) > address)
		return BPF_CORE_READ((struct vm_area_struct *)found, vm_start) | GAP;
	return found;
}

static __always_inline u64 mapping_at(struct mm_struct *mm, u64 address)
{
	if (bpf_core_field_exists(mm->mm_mt))
		return mapping_in_tree((u64)mm, address);
	return mapping_in_old_tree((u64)mm, address);
}

#define IS_FINE 0
#define MUST_DIE 1
#define IS_MEMORY 2 /* code that is in no file */

/* Memory that processes share, without a file of anybody's: names of files have no slash. */
static __always_inline bool is_shared_memory(struct dentry *dentry)
{
	char name[9] = {};

	bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(dentry, d_name.name));
	return name[0] == 'd' && name[3] == '/' && name[4] == 'z';
}

__noinline int judge_mapping(u64 address)
{
	struct vm_area_struct *area = (void *)address;
	struct file *file = BPF_CORE_READ(area, vm_file);

	if (!file || is_shared_memory(BPF_CORE_READ(file, f_path.dentry)))
		return IS_MEMORY;
	if (must_die((u64)file))
		return MUST_DIE;
	return BPF_CORE_READ(area, anon_vma) ? IS_MEMORY : IS_FINE;
}

/* Whoever makes more mappings executable at once than this hides one among them. */
#define MAPPINGS 64

/* What the current process has made executable from here to there. */
__noinline int judge_memory(u64 from, u64 to)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	int judged = IS_FINE;
	u64 found = 0;

	for (int i = 0; i < MAPPINGS; i++) {
		if (from >= to)
			return judged;
		found = mapping_at(mm, from);
		/* Another thread changes the tree at this moment. */
		if (!found)
			continue;
		u64 end = found & ~(u64)GAP;

		if (!(found & GAP)) {
			int one = judge_mapping(found);

			if (one == MUST_DIE)
				return MUST_DIE;
			if (one > judged)
				judged = one;
			end = BPF_CORE_READ((struct vm_area_struct *)found, vm_end);
		}
		/* Behind the last mapping. */
		if (end <= from)
			return judged;
		from = end;
	}
	return found ? MUST_DIE : IS_MEMORY;
}

/* The program and what begins first of it: the loader that it names is mapped by the kernel itself. */
static __always_inline bool program_must_die(struct task_struct *task, struct file *file)
{
	struct pt_regs *registers = (void *)bpf_task_pt_regs(task);
#if defined(__TARGET_ARCH_x86)
	u64 start = BPF_CORE_READ(registers, ip);
#elif defined(__TARGET_ARCH_arm64)
	u64 start = BPF_CORE_READ(registers, user_regs.pc);
#endif

	if (!guard_of_current())
		return false;
	return must_die((u64)file) || judge_memory(start, start + 1) == MUST_DIE;
}

/* Once a process. */
static __always_inline bool is_first_memory(u32 pid)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	u64 started = BPF_CORE_READ(task, group_leader, start_boottime);
	u64 *told = bpf_map_lookup_elem(&told_memory, &pid);

	if (told && *told == started)
		return false;
	bpf_map_update_elem(&told_memory, &pid, &started, BPF_ANY);
	return true;
}
