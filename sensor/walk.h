/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Where files lie: the helper of the kernel for it (bpf_d_path) is not for tracepoints, so the names are walked. */
#pragma once

#include "write.h"

#define DEEPEST 64
#define LONGEST_NAME 256
#define OVERLAY 0x794c7630
#define TMPFS 0x01021994

static __always_inline void put_name(struct slot *slot, u32 at, struct dentry *dentry)
{
	long length = bpf_probe_read_kernel_str(slot->data + at, LONGEST_NAME, BPF_CORE_READ(dentry, d_name.name));

	/* A root is called `/`, which is not a name in a path. */
	if (length > 1 && slot->data[at & PLACES] != '/')
		slot->at = at + length;
}

/*
 * A path as its names, the last one first, each with a zero byte behind it, up to the root of the mounts that the task sees: a root
 * of its own (chroot) hides nothing. Deeper than 64: cut at the front, marked by `...`.
 */
static __noinline void put_path(struct frame *frame, struct task_struct *task, struct vfsmount *on, struct dentry *dentry)
{
	struct slot *slot = frame->slot;
	u32 start = place(slot), at;
	bool whole = false;

	slot->at = start + 2;
	for (int i = 0; i < DEEPEST; i++) {
		at = place(slot);
		if (at - start > LONGEST)
			break;
		if (!dentry) {
			whole = true;
			break;
		}
		struct dentry *parent = BPF_CORE_READ(dentry, d_parent);

		if (dentry == parent || dentry == BPF_CORE_READ(on, mnt_root)) {
			struct mount *mount = (void *)on - bpf_core_field_offset(struct mount, mnt);
			struct mount *above = BPF_CORE_READ(mount, mnt_parent);

			if (above == mount) {
				/* Of no tree that anybody mounted: a memfd, a pipe. It has a name of its own, if any. */
				if (at == start + 2)
					put_name(slot, at, dentry);
				whole = true;
				break;
			}
			dentry = BPF_CORE_READ(mount, mnt_mountpoint);
			on = (void *)above + bpf_core_field_offset(struct mount, mnt);
			continue;
		}
		put_name(slot, at, dentry);
		dentry = parent;
	}
	at = place(slot);
	if (!whole) {
		__builtin_memcpy(slot->data + at, "...", 4);
		at += 4;
		slot->at = at;
	}
	*(u16 *)(slot->data + start) = at - start - 2;
}

static __always_inline void put_path_of(struct frame *frame, struct task_struct *task, struct file *file)
{
	if (file)
		put_path(frame, task, BPF_CORE_READ(file, f_path.mnt), BPF_CORE_READ(file, f_path.dentry));
	else
		put_nothing(frame);
}

static __always_inline struct file *file_of(struct task_struct *task, s32 descriptor)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL;

	if (descriptor < 0 || descriptor >= (s32)BPF_CORE_READ(table, max_fds))
		return NULL;
	bpf_probe_read_kernel(&file, sizeof(file), BPF_CORE_READ(table, fd) + descriptor);
	return file;
}

#define AT_FDCWD -100

/* The folder that a name is relative to; nothing for one that begins at the root. */
static __noinline void put_folder(struct frame *frame, struct task_struct *task, s32 folder, const void *name)
{
	char first = 0;

	bpf_probe_read_user(&first, 1, name);
	if (first == '/' || !name)
		put_nothing(frame);
	else if (folder == AT_FDCWD)
		put_path(frame, task, BPF_CORE_READ(task, fs, pwd.mnt), BPF_CORE_READ(task, fs, pwd.dentry));
	else
		put_path_of(frame, task, file_of(task, folder));
}

static __always_inline u64 nanoseconds(s64 seconds, u64 rest)
{
	return seconds * 1000000000ull + rest;
}

static __noinline u64 changed_at(struct inode *inode)
{
	struct inode___seconds *newest = (void *)inode;
	struct inode___underscored *newer = (void *)inode;
	struct inode___plain *plain = (void *)inode;

	if (bpf_core_field_exists(newest->i_ctime_sec))
		/* The topmost bit says that somebody has asked, and is no part of the time (6.13, fs.h: I_CTIME_QUERIED). */
		return nanoseconds(BPF_CORE_READ(newest, i_ctime_sec), BPF_CORE_READ(newest, i_ctime_nsec) & 0x7fffffff);
	if (bpf_core_field_exists(newer->__i_ctime))
		return nanoseconds(BPF_CORE_READ(newer, __i_ctime.tv_sec), BPF_CORE_READ(newer, __i_ctime.tv_nsec));
	return nanoseconds(BPF_CORE_READ(plain, i_ctime.tv_sec), BPF_CORE_READ(plain, i_ctime.tv_nsec));
}

static __always_inline u64 modified_at(struct inode *inode)
{
	struct inode___seconds *newest = (void *)inode;
	struct inode___underscored *newer = (void *)inode;
	struct inode___plain *plain = (void *)inode;

	if (bpf_core_field_exists(newest->i_mtime_sec))
		return nanoseconds(BPF_CORE_READ(newest, i_mtime_sec), BPF_CORE_READ(newest, i_mtime_nsec));
	if (bpf_core_field_exists(newer->__i_mtime))
		return nanoseconds(BPF_CORE_READ(newer, __i_mtime.tv_sec), BPF_CORE_READ(newer, __i_mtime.tv_nsec));
	return nanoseconds(BPF_CORE_READ(plain, i_mtime.tv_sec), BPF_CORE_READ(plain, i_mtime.tv_nsec));
}

/* The file of the writable layer that is behind one of an overlay, which keeps it right behind its own; null when there is none. */
static __always_inline struct inode *upper_of(struct inode *inode)
{
	struct dentry *upper = NULL;

	bpf_probe_read_kernel(&upper, sizeof(upper), (void *)inode + bpf_core_type_size(struct inode));
	return upper ? BPF_CORE_READ(upper, d_inode) : NULL;
}

/* In which layer of an overlay a file is, or whether it is in memory alone. */
static __noinline u32 layer_of(struct inode *inode, struct dentry *dentry)
{
	u64 magic = BPF_CORE_READ(inode, i_sb, s_magic);
	u32 flags = BPF_CORE_READ(inode, i_nlink) == 0 ? FILE_DELETED : 0;

	if (magic == OVERLAY)
		return flags | (upper_of(inode) ? FILE_UPPER : FILE_LOWER);
	if (magic == TMPFS && flags) {
		char name[8] = {};

		bpf_probe_read_kernel_str(name, sizeof(name), BPF_CORE_READ(dentry, d_name.name));
		if (name[0] == 'm' && name[1] == 'e' && name[2] == 'm' && name[3] == 'f' && name[4] == 'd' && name[5] == ':')
			flags |= FILE_MEMORY;
	}
	return flags;
}
