/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* Programs begin, fork and end. */
#pragma once

#include "enforce.h"

/* What a process is called in the innermost namespace of its own. */
static __always_inline u32 inner_number(struct pid *pid)
{
	u32 level = BPF_CORE_READ(pid, level);
	int number = 0;

	if (level > 32)
		return 0;
	bpf_probe_read_kernel(&number, sizeof(number),
			      (void *)pid + bpf_core_field_offset(struct pid, numbers) + level * bpf_core_type_size(struct upid) +
				      bpf_core_field_offset(struct upid, nr));
	return number;
}

/* By the kernel's list: PIDTYPE_PGID is 2, PIDTYPE_SID 3; the outermost number of each. */
static __always_inline u32 outer_number(struct pid *pid)
{
	return BPF_CORE_READ(pid, numbers[0].nr);
}

static __always_inline u32 terminal_of(struct task_struct *task)
{
	struct tty_struct *tty = BPF_CORE_READ(task, signal, tty);

	if (!tty)
		return 0;
	return BPF_CORE_READ(tty, driver, major) << 20 | (BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index));
}

static __always_inline u64 capabilities(const struct capabilities *set)
{
	u64 both = 0;

	/* A word of 64 bits, or two of 32: the same bytes on machines that are little-endian. */
	bpf_probe_read_kernel(&both, sizeof(both), set);
	return both;
}

/* A runtime on its way into a container is still among them when it begins the copy of itself that enters; what a container runs
 * is not, whatever its program is called and wherever it lies. */
static __always_inline bool sees_mounts_of_host(struct task_struct *task)
{
	struct settings *set = the_settings();

	return set && BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum) == set->mounts;
}

#define CAP_DAC_OVERRIDE 1

static __always_inline bool may_write(struct task_struct *task, struct inode *inode, u64 effective)
{
	u16 mode = BPF_CORE_READ(inode, i_mode);

	if (effective >> CAP_DAC_OVERRIDE & 1 || mode & 0002)
		return true;
	return mode & 0200 && BPF_CORE_READ(inode, i_uid.val) == BPF_CORE_READ(task, cred, euid.val);
}

/* Of execve(2) and execveat(2) alike: by now the registers are those of the new program. */
SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_pid, struct linux_binprm *program)
{
	struct frame frame = {};
	struct file *file = BPF_CORE_READ(program, file);
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	u32 layer = layer_of(inode, BPF_CORE_READ(file, f_path.dentry));
	u64 changed = changed_at(inode);
	bool killed = program_must_die(task, file) && !bpf_send_signal(9);

	if (!begin(&frame, EXECVE, 0, sizeof(struct exec_body)))
		return 0;
	struct exec_body *body = BODY(&frame);
	struct pid *pid = BPF_CORE_READ(task, thread_pid);

	if (killed)
		((struct head *)frame.slot->data)->flags |= KILLED;
	body->parent = BPF_CORE_READ(task, real_parent, tgid);
	body->vpid = inner_number(pid);
	body->pgid = outer_number(BPF_CORE_READ(task, signal, pids[2]));
	body->vpgid = inner_number(BPF_CORE_READ(task, signal, pids[2]));
	body->sid = outer_number(BPF_CORE_READ(task, signal, pids[3]));
	body->tty = terminal_of(task);
	body->loginuid = bpf_core_field_exists(task->loginuid) ? BPF_CORE_READ(task, loginuid.val) : -1;
	const struct cred *cred = BPF_CORE_READ(task, cred);

	body->inheritable = capabilities(&cred->cap_inheritable);
	body->permitted = capabilities(&cred->cap_permitted);
	body->effective = capabilities(&cred->cap_effective);
	body->started = BPF_CORE_READ(task, start_boottime);
	body->inode = BPF_CORE_READ(inode, i_ino);
	body->device = BPF_CORE_READ(inode, i_sb, s_dev);
	body->mode = BPF_CORE_READ(inode, i_mode);
	body->changed = changed;
	body->modified = modified_at(inode);
	body->file_flags = layer | (may_write(task, inode, body->effective) ? FILE_WRITABLE : 0) |
			   (sees_mounts_of_host(task) ? FILE_OF_HOST : 0);
	put_kernel_string(&frame, task->comm);
	put_kernel_string(&frame, BPF_CORE_READ(program, filename));
	put_path_of(&frame, task, file);
	put_path(&frame, task, BPF_CORE_READ(task, fs, pwd.mnt), BPF_CORE_READ(task, fs, pwd.dentry));
	put_user_range(&frame, BPF_CORE_READ(task, mm, arg_start), BPF_CORE_READ(task, mm, arg_end));
	put_user_range(&frame, BPF_CORE_READ(task, mm, env_start), BPF_CORE_READ(task, mm, env_end));
	end(&frame);
	return 0;
}

/* Threads are no processes: what they do is told under the process's number. */
SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	struct frame frame = {};

	if (child->tgid == parent->tgid || !begin(&frame, CLONE, child->tgid, sizeof(struct clone_body)))
		return 0;
	struct clone_body *body = BODY(&frame);

	body->child = child->tgid;
	body->vpid = inner_number(BPF_CORE_READ(child, thread_pid));
	body->pgid = outer_number(BPF_CORE_READ(child, signal, pids[2]));
	body->sid = outer_number(BPF_CORE_READ(child, signal, pids[3]));
	body->started = BPF_CORE_READ(child, start_boottime);
	put_kernel_string(&frame, child->comm);
	end(&frame);
	return 0;
}

/* Of the last thread. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct frame frame = {};
	int code = BPF_CORE_READ(task, signal, group_exit_code);

	if (BPF_CORE_READ(task, signal, live.counter) != 0 || !begin(&frame, PROCEXIT, code ? code : task->exit_code, 0))
		return 0;
	end(&frame);
	return 0;
}

/* Cgroups are told before anything runs in them, so that their container is known at its first event. */
static __always_inline int tell_cgroup(u32 code, struct cgroup *cgroup, const char *path)
{
	struct settings *set = the_settings();
	struct slot *slot;

	if (!set || (u32)BPF_CORE_READ(cgroup, root, hierarchy_id) != set->hierarchy)
		return 0;
	slot = take_slot();
	if (!slot) {
		count(0, true);
		return 0;
	}
	struct head *head = (void *)slot->data;
	struct frame frame = { .slot = slot };
	struct cgroup_body *body = BODY(&frame);

	__builtin_memset(slot->data, 0, sizeof(*head) + sizeof(*body));
	slot->at = sizeof(*head) + sizeof(*body);
	head->code = code;
	head->time = bpf_ktime_get_boot_ns();
	body->id = BPF_CORE_READ(cgroup, kn, id);
	put_kernel_string(&frame, path);
	end(&frame);
	return 0;
}

SEC("tp_btf/cgroup_mkdir")
int BPF_PROG(on_cgroup_made, struct cgroup *cgroup, const char *path)
{
	return tell_cgroup(CGROUP_MADE, cgroup, path);
}

SEC("tp_btf/cgroup_rmdir")
int BPF_PROG(on_cgroup_gone, struct cgroup *cgroup, const char *path)
{
	return tell_cgroup(CGROUP_GONE, cgroup, path);
}
