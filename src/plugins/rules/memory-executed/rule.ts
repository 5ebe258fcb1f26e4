import { BY_RUNTIME, type WatchRule } from "../../../stages/watch/contract.ts";

export const memoryExecuted: WatchRule = {
  id: "memory-executed",
  title: "A program is executed that lies in memory only",
  priority: "Critical",
  techniques: ["T1620"],
  condition: `evt.type in (execve, execveat) and proc.is_exe_from_memfd = true and not ${BY_RUNTIME.condition}`,
  why: "A program in a memfd leaves no file behind, so that no scan of files finds it.",
  response:
    "Stop the container, keep its memory where you can (/proc/PID/exe is a copy), and find what brought it in.",
  quietCases:
    "runc starts itself this way from the host and is left out; other runtimes that do: except them by their path.",
  fires: [
    {
      type: "execve",
      process: {
        name: "3",
        exePath: "memfd:x",
        arguments: [],
        isMemory: true,
      },
    },
    {
      type: "execve",
      process: {
        name: "runc",
        exePath: "memfd:runc_cloned:/proc/self/exe",
        arguments: [],
        isMemory: true,
        isInVolume: true,
      },
    },
  ],
  quiet: [
    {
      type: "execve",
      process: {
        name: "runc",
        exePath: "memfd:runc_cloned:/proc/self/exe",
        arguments: [],
        isMemory: true,
        isOfHost: true,
      },
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
