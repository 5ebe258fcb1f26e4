// What a host must have before anything can be loaded into its kernel.
import { existsSync, statSync } from "node:fs";
import { AppError } from "../../kit/error.ts";

/** Where the kernel's tracepoints may be mounted. */
export const TRACING: readonly string[] = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"];

/** @throws {AppError} `sensor-unavailable` with what is missing and the way out. */
export function demandHost(): void {
  if (process.geteuid?.() !== 0) {
    throw new AppError(
      "sensor-unavailable",
      "the sensor needs root: it loads programs into the kernel",
      {
        hint: "run it with sudo; `bulwark audit host` needs no root, and says what it could not see without",
      },
    );
  }
  if (!isInHostPids()) {
    throw new AppError(
      "sensor-unavailable",
      "this is a container with process numbers of its own, and the kernel tells those of the host",
      { hint: "run it on the host, or in a container with `--pid=host` (`hostPID: true`)" },
    );
  }
  if (!existsSync("/sys/kernel/btf/vmlinux")) {
    throw new AppError(
      "sensor-unavailable",
      "this kernel does not say how its structures look (no /sys/kernel/btf/vmlinux)",
      {
        hint: "use a kernel with CONFIG_DEBUG_INFO_BTF=y: every current distribution's has it (Debian 11, Ubuntu 20.10, RHEL 8.2 and later)",
      },
    );
  }
  if (!TRACING.some((folder) => existsSync(`${folder}/events/syscalls`))) {
    throw new AppError(
      "sensor-unavailable",
      "no tracefs: the kernel's tracepoints cannot be found",
      {
        hint: "mount it: `mount -t tracefs tracefs /sys/kernel/tracing`; in a container, mount the host's /sys/kernel/tracing",
      },
    );
  }
}

/** Of the first namespace of processes, which is the same on every host (linux/nsfs.h, PID_NS_INIT_INO). */
const HOST_PIDS = 0xeffffffc;

function isInHostPids(): boolean {
  return statSync("/proc/self/ns/pid", { throwIfNoEntry: false })?.ino === HOST_PIDS;
}
