import type { WatchRule } from "../../../stages/watch/contract.ts";

export const sharedMemoryExecuted: WatchRule = {
  id: "shared-memory-executed",
  title: "A program is executed that lies in shared memory",
  priority: "Critical",
  techniques: ["T1059", "T1564"],
  condition:
    "evt.type in (execve, execveat) and container.id != host and proc.exepath startswith anyof (/dev/shm/, /run/shm/, /dev/mqueue/)",
  why: "/dev/shm may be written in nearly every container and is on no disk, so it is where intruders put their tools.",
  response: "Stop the container, keep the file, and find what wrote it.",
  quietCases: "Some test runners and databases compile code there: except them by their image.",
  fires: [
    {
      type: "execve",
      process: {
        name: "x",
        exePath: "/dev/shm/x",
        arguments: [],
      },
    },
  ],
  quiet: [
    {
      type: "execve",
      process: {
        name: "x",
        exePath: "/dev/shm/x",
        arguments: [],
      },
      isOnHost: true,
    },
    {
      type: "execve",
      process: {
        name: "ls",
        exePath: "/usr/bin/ls",
        arguments: [],
      },
    },
  ],
};
