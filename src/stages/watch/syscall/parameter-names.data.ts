// What numbers in parameters are called. Source: uapi headers of Linux, fcntl.h, sched.h, ptrace.h, bpf.h, socket.h, stat.h; the names are
// those that Falco shows.

/** A name, its bits, and the bits that are looked at: only its own when not given. */
export type Bit = readonly [name: string, bits: number, mask?: number];

const OPEN: readonly Bit[] = [
  ["O_RDONLY", 0, 3],
  ["O_WRONLY", 1, 3],
  ["O_RDWR", 2, 3],
  ["O_CREAT", 0o100],
  ["O_EXCL", 0o200],
  ["O_TRUNC", 0o1000],
  ["O_APPEND", 0o2000],
  ["O_NONBLOCK", 0o4000],
  ["O_DSYNC", 0o10000],
  ["O_SYNC", 0o4010000],
  ["O_DIRECT", 0o40000],
  ["O_LARGEFILE", 0o100000],
  ["O_DIRECTORY", 0o200000],
  ["O_NOFOLLOW", 0o400000],
  ["O_CLOEXEC", 0o2000000],
  ["O_PATH", 0o10000000],
  ["O_TMPFILE", 0o20200000],
];

const CLONE: readonly Bit[] = [
  ["CLONE_FILES", 0x400],
  ["CLONE_FS", 0x200],
  ["CLONE_IO", 0x8000_0000],
  ["CLONE_NEWCGROUP", 0x200_0000],
  ["CLONE_NEWIPC", 0x800_0000],
  ["CLONE_NEWNET", 0x4000_0000],
  ["CLONE_NEWNS", 0x2_0000],
  ["CLONE_NEWPID", 0x2000_0000],
  ["CLONE_NEWUSER", 0x1000_0000],
  ["CLONE_NEWUTS", 0x400_0000],
  ["CLONE_PARENT", 0x8000],
  ["CLONE_PTRACE", 0x2000],
  ["CLONE_SETTLS", 0x8_0000],
  ["CLONE_SIGHAND", 0x800],
  ["CLONE_SYSVSEM", 0x4_0000],
  ["CLONE_THREAD", 0x1_0000],
  ["CLONE_UNTRACED", 0x80_0000],
  ["CLONE_VM", 0x100],
  ["CLONE_VFORK", 0x4000],
];

const MODE: readonly Bit[] = [
  ["S_IXOTH", 0o1],
  ["S_IWOTH", 0o2],
  ["S_IROTH", 0o4],
  ["S_IXGRP", 0o10],
  ["S_IWGRP", 0o20],
  ["S_IRGRP", 0o40],
  ["S_IXUSR", 0o100],
  ["S_IWUSR", 0o200],
  ["S_IRUSR", 0o400],
  ["S_ISVTX", 0o1000],
  ["S_ISGID", 0o2000],
  ["S_ISUID", 0o4000],
];

/** By parameter, or by event and parameter. */
export const BITS: ReadonlyMap<string, readonly Bit[]> = new Map<string, readonly Bit[]>([
  ["open flags", OPEN],
  ["openat flags", OPEN],
  ["openat2 flags", OPEN],
  ["open_by_handle_at flags", OPEN],
  ["dup3 flags", [["O_CLOEXEC", 0o2000000]]],
  ["unshare flags", CLONE],
  ["clone flags", CLONE],
  ["nstype", CLONE],
  ["chmod mode", MODE],
  ["fchmod mode", MODE],
  ["fchmodat mode", MODE],
  ["unlinkat flags", [["AT_REMOVEDIR", 0x200]]],
  [
    "linkat flags",
    [
      ["AT_SYMLINK_FOLLOW", 0x400],
      ["AT_EMPTY_PATH", 0x1000],
    ],
  ],
  [
    "renameat2 flags",
    [
      ["RENAME_NOREPLACE", 1],
      ["RENAME_EXCHANGE", 2],
      ["RENAME_WHITEOUT", 4],
    ],
  ],
  [
    "mmap prot",
    [
      ["PROT_READ", 1],
      ["PROT_WRITE", 2],
      ["PROT_EXEC", 4],
      ["PROT_NONE", 0, 7],
    ],
  ],
  [
    "mmap flags",
    [
      ["MAP_SHARED", 1, 3],
      ["MAP_PRIVATE", 2, 3],
      ["MAP_FIXED", 0x10],
      ["MAP_ANONYMOUS", 0x20],
    ],
  ],
  [
    "finit_module flags",
    [
      ["MODULE_INIT_IGNORE_MODVERSIONS", 1],
      ["MODULE_INIT_IGNORE_VERMAGIC", 2],
      ["MODULE_INIT_COMPRESSED_FILE", 4],
    ],
  ],
  [
    "userfaultfd flags",
    [
      ["O_NONBLOCK", 0o4000],
      ["O_CLOEXEC", 0o2000000],
    ],
  ],
]);

function counted(names: string, first = 0): ReadonlyMap<number, string> {
  return new Map(
    names
      .trim()
      .split(/\s+/)
      .map((name, i) => [first + i, name]),
  );
}

const PTRACE: ReadonlyMap<number, string> = new Map([
  ...counted(`
    PTRACE_TRACEME PTRACE_PEEKTEXT PTRACE_PEEKDATA PTRACE_PEEKUSR PTRACE_POKETEXT PTRACE_POKEDATA PTRACE_POKEUSR PTRACE_CONT
    PTRACE_KILL PTRACE_SINGLESTEP`),
  ...counted("PTRACE_GETREGS PTRACE_SETREGS PTRACE_GETFPREGS PTRACE_SETFPREGS PTRACE_ATTACH PTRACE_DETACH PTRACE_GETFPXREGS PTRACE_SETFPXREGS", 12),
  [21, "PTRACE_OLDSETOPTIONS"],
  ...counted("PTRACE_SYSCALL PTRACE_GET_THREAD_AREA PTRACE_SET_THREAD_AREA", 24),
  [30, "PTRACE_ARCH_PRCTL"],
  ...counted("PTRACE_SYSEMU PTRACE_SYSEMU_SINGLESTEP PTRACE_SINGLEBLOCK", 31),
  ...counted(
    `
    PTRACE_SETOPTIONS PTRACE_GETEVENTMSG PTRACE_GETSIGINFO PTRACE_SETSIGINFO PTRACE_GETREGSET PTRACE_SETREGSET PTRACE_SEIZE
    PTRACE_INTERRUPT PTRACE_LISTEN PTRACE_PEEKSIGINFO PTRACE_GETSIGMASK PTRACE_SETSIGMASK PTRACE_SECCOMP_GET_FILTER
    PTRACE_SECCOMP_GET_METADATA PTRACE_GET_SYSCALL_INFO`,
    0x4200,
  ),
]);

const DOMAINS: ReadonlyMap<number, string> = new Map([
  ...counted("AF_UNSPEC AF_LOCAL AF_INET AF_AX25 AF_IPX AF_APPLETALK AF_NETROM AF_BRIDGE AF_ATMPVC AF_X25 AF_INET6 AF_ROSE"),
  ...counted("AF_DECnet AF_NETBEUI AF_SECURITY AF_KEY AF_NETLINK AF_PACKET AF_ASH AF_ECONET AF_ATMSVC AF_RDS AF_SNA AF_IRDA AF_PPPOX", 12),
  ...counted("AF_WANPIPE AF_LLC AF_IB AF_MPLS AF_CAN AF_TIPC AF_BLUETOOTH AF_IUCV AF_RXRPC AF_ISDN AF_PHONET AF_IEEE802154", 25),
  ...counted("AF_CAIF AF_ALG AF_NFC AF_VSOCK AF_KCM AF_QIPCRTR AF_SMC AF_XDP", 37),
]);

const BPF: ReadonlyMap<number, string> = counted(`
  BPF_MAP_CREATE BPF_MAP_LOOKUP_ELEM BPF_MAP_UPDATE_ELEM BPF_MAP_DELETE_ELEM BPF_MAP_GET_NEXT_KEY BPF_PROG_LOAD BPF_OBJ_PIN
  BPF_OBJ_GET BPF_PROG_ATTACH BPF_PROG_DETACH BPF_PROG_TEST_RUN BPF_PROG_GET_NEXT_ID BPF_MAP_GET_NEXT_ID BPF_PROG_GET_FD_BY_ID
  BPF_MAP_GET_FD_BY_ID BPF_OBJ_GET_INFO_BY_FD BPF_PROG_QUERY BPF_RAW_TRACEPOINT_OPEN BPF_BTF_LOAD BPF_BTF_GET_FD_BY_ID
  BPF_TASK_FD_QUERY BPF_MAP_LOOKUP_AND_DELETE_ELEM BPF_MAP_FREEZE BPF_BTF_GET_NEXT_ID BPF_MAP_LOOKUP_BATCH
  BPF_MAP_LOOKUP_AND_DELETE_BATCH BPF_MAP_UPDATE_BATCH BPF_MAP_DELETE_BATCH BPF_LINK_CREATE BPF_LINK_UPDATE
  BPF_LINK_GET_FD_BY_ID BPF_LINK_GET_NEXT_ID BPF_ENABLE_STATS BPF_ITER_CREATE BPF_LINK_DETACH BPF_PROG_BIND_MAP`);

/** By parameter, or by event and parameter. */
export const NAMES: ReadonlyMap<string, ReadonlyMap<number, string>> = new Map([
  ["request", PTRACE],
  ["domain", DOMAINS],
  ["bpf cmd", BPF],
]);

/** Capabilities by number. Source: uapi/linux/capability.h. */
export const CAPABILITIES: readonly string[] = `
  CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_KILL CAP_SETGID CAP_SETUID CAP_SETPCAP
  CAP_LINUX_IMMUTABLE CAP_NET_BIND_SERVICE CAP_NET_BROADCAST CAP_NET_ADMIN CAP_NET_RAW CAP_IPC_LOCK CAP_IPC_OWNER CAP_SYS_MODULE
  CAP_SYS_RAWIO CAP_SYS_CHROOT CAP_SYS_PTRACE CAP_SYS_PACCT CAP_SYS_ADMIN CAP_SYS_BOOT CAP_SYS_NICE CAP_SYS_RESOURCE CAP_SYS_TIME
  CAP_SYS_TTY_CONFIG CAP_MKNOD CAP_LEASE CAP_AUDIT_WRITE CAP_AUDIT_CONTROL CAP_SETFCAP CAP_MAC_OVERRIDE CAP_MAC_ADMIN CAP_SYSLOG
  CAP_WAKE_ALARM CAP_BLOCK_SUSPEND CAP_AUDIT_READ CAP_PERFMON CAP_BPF CAP_CHECKPOINT_RESTORE`
  .trim()
  .split(/\s+/);
