/* SPDX-License-Identifier: GPL-2.0-only OR Apache-2.0 */
/* What stands in a frame: PROTOCOL.md says it in words, src/formats/sensor reads it. Numbers are little-endian. */
#pragma once

#include "kernel.h"

/* Places in EVENT_TYPES of src/model/event.ts; from 200 on what is not an event but about them. */
enum code {
	EXECVE = 1,
	EXECVEAT,
	CLONE,
	PROCEXIT,
	OPEN,
	OPENAT,
	OPENAT2,
	CREAT,
	OPEN_BY_HANDLE_AT,
	CONNECT,
	ACCEPT,
	ACCEPT4,
	LISTEN,
	BIND,
	SOCKET,
	SENDTO,
	SENDMSG,
	RECVFROM,
	RECVMSG,
	RENAME,
	RENAMEAT,
	RENAMEAT2,
	UNLINK,
	UNLINKAT,
	RMDIR,
	MKDIR,
	MKDIRAT,
	SYMLINK,
	SYMLINKAT,
	LINK,
	LINKAT,
	CHMOD,
	FCHMOD,
	FCHMODAT,
	PTRACE,
	SETNS,
	UNSHARE,
	SETUID,
	BPF,
	INIT_MODULE,
	FINIT_MODULE,
	USERFAULTFD,
	DUP,
	DUP2,
	DUP3,
	CHDIR,
	FCHDIR,
	CHROOT,
	MMAP,
	MOUNT,
	IO_URING,
	CODES = 64,
	CGROUP_MADE = 200,
	CGROUP_GONE = 201,
};

/* Every frame begins with this. */
struct head {
	u32 length; /* of the whole frame */
	u16 code;
	u16 flags;
	u64 time;   /* since boot, suspended time included */
	u64 cgroup; /* in the hierarchy that the loader chose */
	u32 tid;
	u32 pid;
	s64 result;
	u32 uid; /* effective */
	u32 gid;
};

/* Flags of a head. */
#define KILLED 1 /* enforcement ended the process */
#define IS_SOCKET 2 /* the body is that of a socket */
#define IN_MEMORY 4 /* code that is in no file, where something is enforced */

/* Flags of an executable or a file. */
#define FILE_UPPER 1
#define FILE_LOWER 2
#define FILE_MEMORY 4
#define FILE_WRITABLE 8
#define FILE_DELETED 16
#define FILE_OF_HOST 32 /* of an executable: it was begun among the mounts of the host */

struct exec_body {
	u32 parent, vpid, pgid, vpgid, sid, tty, loginuid, file_flags;
	u64 inheritable, permitted, effective;
	u64 started; /* since boot */
	u64 inode, changed, modified;
	u32 device, mode;
	/* strings: comm, filename, path of the executable, cwd; then bytes: arguments, environment */
};

struct clone_body {
	u32 child, vpid, pgid, sid;
	u64 started;
	/* string: comm */
};

struct open_body {
	u32 flags, mode;
	u64 inode;
	u32 device, file_flags;
	s32 folder;
	u32 file_mode; /* type and permissions; 0 when it was not opened */
	/* strings: name as said; path of the folder when it is relative; path of the file */
};

struct socket_body {
	s32 descriptor;
	u16 family;
	u8 type, protocol;
	u8 local[16], remote[16];
	u16 local_port, remote_port;
	u32 state;
	u64 inode;
	u32 extra, extra2; /* backlog, flags */
	/* string: path of a unix socket */
};

struct names_body {
	s32 folder, folder2, descriptor;
	u32 flags, mode, spare;
	/* strings: name; path of its folder when relative; second name; path of its folder when relative */
};

struct call_body {
	u64 arguments[5];
	/* string: what the call reads from memory, if anything */
};

struct descriptor_body {
	s32 descriptor, old;
	u32 flags, device;
	u64 inode;
	u32 file_flags, file_mode;
	/* string: path of the file */
};

struct cgroup_body {
	u64 id;
	/* string: its path in the hierarchy */
};
