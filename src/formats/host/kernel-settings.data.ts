// Settings of the kernel that stand between a container and its host, with the least that is wanted of each. Sources: the kernel's
// Documentation/admin-guide/sysctl; Kernel Self-Protection Project, recommended settings; Yama's documentation.

export interface KernelSetting {
  readonly name: string;
  /** What is wanted; larger is stricter for all of them, except where the one value is. */
  readonly wanted: number;
  readonly comparison: "at-least" | "equal";
  /** What its weaker value gives to somebody inside a container. */
  readonly gives: string;
}

export const KERNEL_SETTINGS: readonly KernelSetting[] = [
  { name: "kernel.kptr_restrict", wanted: 1, comparison: "at-least", gives: "addresses of the kernel, which exploits need" },
  { name: "kernel.dmesg_restrict", wanted: 1, comparison: "equal", gives: "the kernel's log, with addresses and devices" },
  { name: "kernel.unprivileged_bpf_disabled", wanted: 1, comparison: "at-least", gives: "the loader of eBPF programs without a privilege" },
  { name: "kernel.yama.ptrace_scope", wanted: 1, comparison: "at-least", gives: "the memory of other processes of the same user" },
  { name: "kernel.kexec_load_disabled", wanted: 1, comparison: "equal", gives: "to root, another kernel without a restart" },
  { name: "kernel.perf_event_paranoid", wanted: 2, comparison: "at-least", gives: "measurements of the kernel, which leak its addresses" },
  { name: "kernel.randomize_va_space", wanted: 2, comparison: "equal", gives: "fixed addresses of programs" },
  { name: "fs.protected_hardlinks", wanted: 1, comparison: "equal", gives: "links to files of others, for races" },
  { name: "fs.protected_symlinks", wanted: 1, comparison: "equal", gives: "links in shared folders that others follow" },
  { name: "fs.protected_fifos", wanted: 1, comparison: "at-least", gives: "pipes in shared folders that others write to" },
  { name: "fs.protected_regular", wanted: 1, comparison: "at-least", gives: "files in shared folders that others write to" },
];
