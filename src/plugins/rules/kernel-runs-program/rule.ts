import type { WatchRule } from "../../../stages/watch/contract.ts";

export const kernelRunsProgram: WatchRule = {
  id: "kernel-runs-program",
  title: "A container sets a program that the kernel runs on the host",
  priority: "Critical",
  techniques: ["T1611"],
  condition:
    "evt.type in (open, openat, openat2, creat) and evt.is_open_write = true and fd.num >= 0 and container.id != host and (fd.name endswith anyof (/release_agent, /proc/sys/kernel/core_pattern, /proc/sys/kernel/modprobe, /uevent_helper, /proc/sys/fs/binfmt_misc/register))",
  why: "Whoever writes release_agent, core_pattern, modprobe or uevent_helper names a program that the kernel starts as root outside of every container.",
  response:
    "Stop the container and look at the host for what was started; then run it without privileges and with /proc/sys read-only, as engines do by default.",
  quietCases:
    "A privileged container that sets up its host, such as one that configures core dumps: except it by its image.",
  fires: [
    {
      type: "openat",
      file: {
        name: "/tmp/cgrp/release_agent",
        realPath: "/tmp/cgrp/release_agent",
      },
      parameters: {
        flags: 577,
      },
    },
    {
      type: "openat",
      file: {
        name: "/proc/sys/kernel/core_pattern",
        realPath: "/proc/sys/kernel/core_pattern",
      },
      parameters: {
        flags: 577,
      },
    },
  ],
  quiet: [
    {
      type: "openat",
      file: {
        name: "/proc/sys/kernel/core_pattern",
        realPath: "/proc/sys/kernel/core_pattern",
      },
      parameters: {
        flags: 0,
      },
    },
    {
      type: "openat",
      file: {
        name: "/proc/sys/kernel/core_pattern",
        realPath: "/proc/sys/kernel/core_pattern",
      },
      parameters: {
        flags: 577,
      },
      isOnHost: true,
    },
  ],
};
