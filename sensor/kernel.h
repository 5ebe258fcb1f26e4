/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* The few fields of the kernel's structures that are read. Each is found by name when the program is loaded (CO-RE), so offsets
 * here mean nothing, and what a kernel lacks is asked for before it is read. After `___` comes which kernels have the form. */
#pragma once

#include <linux/bpf.h>
#include <linux/version.h>
#include <linux/types.h>
#include <stdbool.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct kuid {
	u32 val;
};

struct atomic {
	int counter;
};

struct super_block {
	u32 s_dev;
	unsigned long s_magic;
};

struct timespec64 {
	s64 tv_sec;
	long tv_nsec;
};

struct inode {
	u16 i_mode;
	struct kuid i_uid;
	unsigned long i_ino;
	unsigned int i_nlink;
	s64 i_size;
	struct atomic i_writecount;
	struct super_block *i_sb;
};

/* Since 6.11. */
struct inode___seconds {
	s64 i_mtime_sec;
	s64 i_ctime_sec;
	u32 i_mtime_nsec;
	u32 i_ctime_nsec;
};

/* 6.6 to 6.10. */
struct inode___underscored {
	struct timespec64 __i_mtime;
	struct timespec64 __i_ctime;
};

/* Before 6.6; `i_mtime` got its underscores one version later than `i_ctime`. */
struct inode___plain {
	struct timespec64 i_mtime;
	struct timespec64 i_ctime;
};

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct fs_struct {
	struct path root;
	struct path pwd;
};

struct file {
	u32 f_mode;
	struct inode *f_inode;
	struct path f_path;
	void *private_data;
};

/* Since 6.7: what a file system that lies on others opens there, with the path that was asked for. Before, that stood in `f_path`. */
struct backing_file {
	struct file file;
	struct path user_path;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct upid {
	int nr;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct tty_driver {
	int major;
	int minor_start;
};

struct tty_struct {
	struct tty_driver *driver;
	int index;
};

struct signal_struct {
	struct atomic live;
	struct pid *pids[4];
	struct tty_struct *tty;
	int group_exit_code;
};

struct capabilities {
	u64 val;
};

/* Before 6.3: two words. */
struct capabilities___words {
	u32 cap[2];
};

struct cred {
	struct kuid uid;
	struct kuid euid;
	struct kuid egid;
	struct capabilities cap_inheritable;
	struct capabilities cap_permitted;
	struct capabilities cap_effective;
};

/* The mappings of a process, by address. Since 6.1. */
struct maple_tree {
	void *ma_root;
};

struct maple_range_64 {
	unsigned long pivot[15];
	void *slot[16];
};

struct maple_arange_64 {
	unsigned long pivot[9];
	void *slot[10];
};

/* Before. */
struct rb_node {
	struct rb_node *rb_right;
	struct rb_node *rb_left;
};

struct rb_root {
	struct rb_node *rb_node;
};

struct vm_area_struct {
	unsigned long vm_start;
	unsigned long vm_end;
	void *anon_vma;
	struct file *vm_file;
};

struct vm_area_struct___before {
	struct rb_node vm_rb;
};

struct mm_struct___before {
	struct rb_root mm_rb;
};

struct mm_struct {
	struct maple_tree mm_mt;
	unsigned long arg_start;
	unsigned long arg_end;
	unsigned long env_start;
	unsigned long env_end;
	struct file *exe_file;
};

struct linux_binprm {
	struct file *file;
	const char *filename;
};

struct kernfs_node {
	u64 id;
};

struct cgroup_root {
	int hierarchy_id;
};

struct cgroup {
	int level;
	struct kernfs_node *kn;
	struct cgroup_root *root;
	struct cgroup *ancestors[1]; /* since 6.1; a root is the first, and the last is itself */
};

struct cgroup___before {
	u64 ancestor_ids[1];
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct css_set {
	struct cgroup_subsys_state *subsys[16];
	struct cgroup *dfl_cgrp;
};

struct ns_common {
	unsigned int inum;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct task_struct {
	unsigned int personality;
	int pid;
	int tgid;
	int exit_code;
	char comm[16];
	u64 start_boottime;
	struct kuid loginuid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct signal_struct *signal;
	struct pid *thread_pid;
	struct fs_struct *fs;
	struct files_struct *files;
	struct mm_struct *mm;
	const struct cred *cred;
	struct css_set *cgroups;
	struct nsproxy *nsproxy;
};

struct in6_addr {
	u8 bytes[16];
};

struct sock_common {
	u32 skc_daddr;
	u32 skc_rcv_saddr;
	u16 skc_dport;
	u16 skc_num;
	u16 skc_family;
	u8 skc_state;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	u16 sk_type;
	u16 sk_protocol;
};

struct socket {
	struct sock *sk;
};

struct sockaddr_un {
	u16 sun_family;
	char sun_path[108];
};

struct unix_address {
	int len;
	struct sockaddr_un name[1];
};

struct unix_sock {
	struct sock sk;
	struct unix_address *addr;
	struct sock *peer;
};

struct io_kiocb {
	u8 opcode;
};

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
	unsigned long di, si, dx, r10, r8, r9, orig_ax, ip;
};
#elif defined(__TARGET_ARCH_arm64)
struct user_pt_regs {
	u64 regs[31];
	u64 pc;
};
struct pt_regs {
	union {
		struct user_pt_regs user_regs;
		struct {
			u64 regs[31];
		};
	};
	u64 orig_x0;
	s32 syscallno;
};
#endif

#pragma clang attribute pop

/* Given by the kernel to a program at the end of a call; its form is part of the kernel's contract. */
struct sys_exit {
	u64 common;
	s64 number;
	s64 result;
};
