/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* System calls, told when they end: the kernel's registers still hold what was asked. */
#pragma once

#include "enforce.h"

/* Of the machine's calling convention; only the first five matter here. */
static __always_inline u64 argument(struct pt_regs *registers, int place)
{
#if defined(__TARGET_ARCH_x86)
	switch (place) {
	case 0:
		return BPF_CORE_READ(registers, di);
	case 1:
		return BPF_CORE_READ(registers, si);
	case 2:
		return BPF_CORE_READ(registers, dx);
	case 3:
		return BPF_CORE_READ(registers, r10);
	default:
		return BPF_CORE_READ(registers, r8);
	}
#elif defined(__TARGET_ARCH_arm64)
	return place == 0 ? BPF_CORE_READ(registers, orig_x0) : BPF_CORE_READ(registers, user_regs.regs[place]);
#endif
}

/* The end of a call, as every program below sees it. */
struct call {
	struct task_struct *task;
	struct pt_regs *registers;
	s64 result;
};

static __always_inline struct call the_call(struct sys_exit *context)
{
	struct task_struct *task = (void *)bpf_get_current_task_btf();
	struct call call = { task, (void *)bpf_task_pt_regs(task), context->result };

	return call;
}

#define A argument(call.registers, 0)
#define B argument(call.registers, 1)
#define C argument(call.registers, 2)
#define D argument(call.registers, 3)
#define E argument(call.registers, 4)

#define ON(call_name) SEC("tracepoint/syscalls/sys_exit_" #call_name) int on_##call_name(struct sys_exit *context)

static __always_inline int tell_open(struct call call, u32 code, s32 folder, const void *name, u32 flags, u32 mode)
{
	struct frame frame = {};

	if (!begin(&frame, code, call.result, sizeof(struct open_body)))
		return 0;
	struct open_body *body = BODY(&frame);
	struct file *file = call.result >= 0 ? file_of(call.task, call.result) : NULL;

	body->flags = flags;
	body->mode = mode;
	body->folder = folder;
	if (file) {
		struct inode *inode = BPF_CORE_READ(file, f_inode);

		body->inode = BPF_CORE_READ(inode, i_ino);
		body->device = BPF_CORE_READ(inode, i_sb, s_dev);
		body->file_mode = BPF_CORE_READ(inode, i_mode);
		body->file_flags = layer_of(inode, BPF_CORE_READ(file, f_path.dentry));
	}
	put_user_string(&frame, name);
	put_folder(&frame, call.task, folder, name);
	put_path_of(&frame, call.task, file);
	end(&frame);
	return 0;
}

#define O_WRONLY 01
#define O_CREAT 0100
#define O_TRUNC 01000

ON(open)
{
	struct call call = the_call(context);

	return tell_open(call, OPEN, AT_FDCWD, (void *)A, B, C);
}

ON(openat)
{
	struct call call = the_call(context);

	return tell_open(call, OPENAT, A, (void *)B, C,
			 D);
}

ON(openat2)
{
	struct call call = the_call(context);
	u64 how[2] = {};

	bpf_probe_read_user(how, sizeof(how), (void *)C);
	return tell_open(call, OPENAT2, A, (void *)B, how[0], how[1]);
}

ON(creat)
{
	struct call call = the_call(context);

	return tell_open(call, CREAT, AT_FDCWD, (void *)A, O_WRONLY | O_CREAT | O_TRUNC,
			 B);
}

ON(open_by_handle_at)
{
	struct call call = the_call(context);

	return tell_open(call, OPEN_BY_HANDLE_AT, A, NULL, C, 0);
}

/* Calls with one or two names. */
static __always_inline int tell_names(struct call call, u32 code, s32 folder, const void *name, s32 folder2, const void *name2,
				      u32 flags, u32 mode)
{
	struct frame frame = {};

	if (!begin(&frame, code, call.result, sizeof(struct names_body)))
		return 0;
	struct names_body *body = BODY(&frame);

	body->folder = folder;
	body->folder2 = folder2;
	body->flags = flags;
	body->mode = mode;
	put_user_string(&frame, name);
	put_folder(&frame, call.task, folder, name);
	put_user_string(&frame, name2);
	if (name2)
		put_folder(&frame, call.task, folder2, name2);
	else
		put_nothing(&frame);
	end(&frame);
	return 0;
}

#define NAMES(call_name, code, folder, name, folder2, name2, flags, mode)                                             \
	ON(call_name)                                                                                                 \
	{                                                                                                             \
		struct call call = the_call(context);                                                                 \
                                                                                                                      \
		return tell_names(call, code, folder, (void *)(name), folder2, (void *)(name2), flags, mode);         \
	}

#if defined(__TARGET_ARCH_x86)
NAMES(rename, RENAME, AT_FDCWD, A, AT_FDCWD, B, 0, 0)
NAMES(unlink, UNLINK, AT_FDCWD, A, 0, 0, 0, 0)
NAMES(rmdir, RMDIR, AT_FDCWD, A, 0, 0, 0, 0)
NAMES(mkdir, MKDIR, AT_FDCWD, A, 0, 0, 0, B)
NAMES(symlink, SYMLINK, AT_FDCWD, B, 0, A, 0, 0)
NAMES(link, LINK, AT_FDCWD, A, AT_FDCWD, B, 0, 0)
NAMES(chmod, CHMOD, AT_FDCWD, A, 0, 0, 0, B)
#endif
NAMES(renameat, RENAMEAT, A, B, C, D, 0, 0)
NAMES(renameat2, RENAMEAT2, A, B, C, D, E, 0)
NAMES(unlinkat, UNLINKAT, A, B, 0, 0, C, 0)
NAMES(mkdirat, MKDIRAT, A, B, 0, 0, 0, C)
NAMES(symlinkat, SYMLINKAT, B, C, 0, A, 0, 0)
NAMES(linkat, LINKAT, A, B, C, D, E, 0)
NAMES(fchmodat, FCHMODAT, A, B, 0, 0, 0, C)
/* The same with flags, since 6.6: what asks for the one wants to know of the other. */
NAMES(fchmodat2, FCHMODAT, A, B, 0, 0, D, C)
NAMES(chdir, CHDIR, AT_FDCWD, A, 0, 0, 0, 0)
NAMES(chroot, CHROOT, AT_FDCWD, A, 0, 0, 0, 0)

/* Calls whose arguments say it all. */
static __always_inline int tell_call(struct call call, u32 code, const void *text)
{
	struct frame frame = {};

	if (!begin(&frame, code, call.result, sizeof(struct call_body)))
		return 0;
	struct call_body *body = BODY(&frame);

	body->arguments[0] = A;
	body->arguments[1] = B;
	body->arguments[2] = C;
	body->arguments[3] = D;
	body->arguments[4] = E;
	if (text)
		put_user_string(&frame, text);
	else
		put_nothing(&frame);
	end(&frame);
	return 0;
}

#define CALL(call_name, code, text)                                                                                   \
	ON(call_name)                                                                                                 \
	{                                                                                                             \
		struct call call = the_call(context);                                                                 \
                                                                                                                      \
		return tell_call(call, code, (void *)(text));                                                         \
	}

CALL(ptrace, PTRACE, 0)
CALL(setns, SETNS, 0)
CALL(unshare, UNSHARE, 0)
CALL(setuid, SETUID, 0)
CALL(bpf, BPF, 0)
CALL(init_module, INIT_MODULE, C)
CALL(userfaultfd, USERFAULTFD, 0)
CALL(mount, MOUNT, B)

/* Calls on a descriptor, of which the file is told. `old` is what was duplicated. */
static __always_inline int tell_descriptor(struct call call, u32 code, s32 descriptor, s32 old, u32 flags)
{
	struct frame frame = {};

	if (!begin(&frame, code, call.result, sizeof(struct descriptor_body)))
		return 0;
	struct descriptor_body *body = BODY(&frame);
	struct file *file = file_of(call.task, descriptor);

	body->descriptor = descriptor;
	body->old = old;
	body->flags = flags;
	if (code == MMAP) {
		((struct head *)frame.slot->data)->flags |= old == MUST_DIE ? KILLED : old == IS_MEMORY ? IN_MEMORY : 0;
		body->old = -1;
	}
	if (file) {
		struct inode *inode = BPF_CORE_READ(file, f_inode);

		body->inode = BPF_CORE_READ(inode, i_ino);
		body->device = BPF_CORE_READ(inode, i_sb, s_dev);
		body->file_mode = BPF_CORE_READ(inode, i_mode);
		body->file_flags = layer_of(inode, BPF_CORE_READ(file, f_path.dentry));
	}
	put_path_of(&frame, call.task, file);
	end(&frame);
	return 0;
}

#define DESCRIPTOR(call_name, code, descriptor, flags)                                                                \
	ON(call_name)                                                                                                 \
	{                                                                                                             \
		struct call call = the_call(context);                                                                 \
                                                                                                                      \
		return tell_descriptor(call, code, descriptor, -1, flags);                                            \
	}

DESCRIPTOR(fchmod, FCHMOD, A, B)
DESCRIPTOR(fchdir, FCHDIR, A, 0)
DESCRIPTOR(finit_module, FINIT_MODULE, A, C)

#define PROT_READ 1
#define PROT_EXEC 4
#define MAP_ANONYMOUS 0x20
#define READ_IMPLIES_EXEC 0x400000

/* Whether the kernel takes it for executable: a process may have asked for that of everything that it reads. */
static __always_inline bool is_code(struct task_struct *task, u64 protection)
{
	return protection & PROT_EXEC || (protection & PROT_READ && BPF_CORE_READ(task, personality) & READ_IMPLIES_EXEC);
}

/* Memory that was made executable: what is in no file is told, once a process, and only where something is enforced. */
static __always_inline int tell_memory(struct call call, s32 descriptor, u64 from, u64 length)
{
	int judged = guard_of_current() ? judge_memory(from, from + length) : IS_FINE;

	if (judged == MUST_DIE && bpf_send_signal(9))
		judged = IS_FINE;
	if (judged == IS_MEMORY && !is_first_memory(bpf_get_current_pid_tgid() >> 32))
		judged = IS_FINE;
	if (judged == IS_FINE && descriptor < 0)
		return 0;
	call.result = 0;
	return tell_descriptor(call, MMAP, descriptor, judged, C);
}

/* Libraries, and whatever else is made executable: what `ld.so` loads is never executed by name. What was mapped is judged by the
 * mapping: by now another file may have the descriptor. */
ON(mmap)
{
	struct call call = the_call(context);

	/* What it gives back is an address; the last page of addresses are errors. */
	if (!is_code(call.task, C) || (u64)call.result >= -4095ull)
		return 0;
	return tell_memory(call, D & MAP_ANONYMOUS ? -1 : E, call.result, B);
}

/* Also when it failed: what came before the failure was changed. */
static __always_inline int protect(struct call call)
{
	return is_code(call.task, C) ? tell_memory(call, -1, A, B) : 0;
}

ON(mprotect)
{
	return protect(the_call(context));
}

ON(pkey_mprotect)
{
	return protect(the_call(context));
}

/* Whoever loaded this shows a file to the kernel, to learn how the kernel knows it: stat(2) has other numbers on some file systems. */
ON(readahead)
{
	struct call call = the_call(context);
	struct settings *set = the_settings();
	u32 key = 0;
	struct file_state *state = bpf_map_lookup_elem(&looked, &key);
	struct file *file;

	if (!set || !state || bpf_get_current_pid_tgid() >> 32 != set->self)
		return 0;
	file = file_of(call.task, A);
	if (file)
		look_at(BPF_CORE_READ(file, f_inode), state);
	return 0;
}

static __always_inline bool is_as_expected(struct file_state *state, struct file_state *expected)
{
	return state->key.inode == expected->key.inode && state->key.device == expected->key.device &&
	       state->changed == expected->changed && state->size == expected->size && !state->writers && !state->in_memory;
}

/* Whoever answers for the strict mode shows a file, and may vouch for it as it was compared. That is a child of whoever loaded this,
 * and nobody else is asked. The place is in the call's count, so that no map has to be given by number. */
SEC("tracepoint/syscalls/sys_exit_readahead")
int on_responder(struct sys_exit *context)
{
	struct call call = the_call(context);
	struct task_struct *task = call.task;
	struct settings *set = the_settings();
	u32 place = (u32)C >> 1;
	struct answer *answer = bpf_map_lookup_elem(&answers, &place);
	struct file_state state = {};
	struct file *file;

	if (!set || !answer || BPF_CORE_READ(task, real_parent, tgid) != set->self)
		return 0;
	file = file_of(task, A);
	if (!file)
		return 0;
	struct inode *inode = BPF_CORE_READ(file, f_inode);

	look_at(inode, &state);
	answer->layer = layer_of(inode, BPF_CORE_READ(file, f_path.dentry));
	answer->vouched = C & 1 && is_as_expected(&state, &answer->expected);
	if (answer->vouched) {
		struct file_verdict verdict = { .changed = state.changed, .size = state.size, .verdict = ALLOWED };

		bpf_map_update_elem(&verdicts, &state.key, &verdict, BPF_ANY);
	}
	answer->seen = state;
	answer->turn++;
	return 0;
}
