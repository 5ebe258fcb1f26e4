import type { WatchRule } from "../../../stages/watch/contract.ts";

export const rootOfInitOpened: WatchRule = {
  id: "root-of-init-opened",
  title: "A container opens files through the root of process 1",
  priority: "Warning",
  techniques: ["T1611"],
  condition:
    "evt.type in (open, openat, openat2, creat) and container.id != host and fd.num >= 0 and fd.name startswith /proc/1/root/",
  why: "Where a container shares the process ids of its host, /proc/1/root is the file system of the host.",
  response: "Run the container without hostPID, and look at what was read or written.",
  quietCases: "Node agents that look at their host this way: except them by their image.",
  fires: [
    {
      type: "openat",
      file: {
        name: "/proc/1/root/etc/shadow",
        realPath: "/etc/shadow",
      },
      parameters: {
        flags: 0,
      },
    },
  ],
  quiet: [
    {
      type: "openat",
      file: {
        name: "/proc/1/status",
        realPath: "/proc/1/status",
      },
      parameters: {
        flags: 0,
      },
    },
    {
      type: "openat",
      file: {
        name: "/proc/1/root/etc/shadow",
        realPath: "/proc/1/root/etc/shadow",
      },
      parameters: {
        flags: 0,
      },
      isOnHost: true,
    },
  ],
};
