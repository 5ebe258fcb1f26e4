import type { WatchRule } from "../../../stages/watch/contract.ts";

export const enteredNamespaces: WatchRule = {
  id: "entered-namespaces",
  title: "A container enters the namespaces of another process",
  priority: "Critical",
  techniques: ["T1611"],
  condition: "evt.type = setns and evt.rawres = 0 and container.id != host and proc.name = nsenter",
  why: "With the host's process ids in sight, nsenter of process 1 is a shell on the host.",
  response: "Run the container without hostPID, without privileges and without CAP_SYS_ADMIN.",
  quietCases:
    "What was refused raises nothing. Node agents that are made for it (kubectl debug node, some storage drivers): except them by their image.",
  fires: [
    {
      type: "setns",
      parameters: { fd: 3, nstype: 131072 },
      result: 0,
      process: {
        name: "nsenter",
        exePath: "/usr/bin/nsenter",
        arguments: ["-t", "1", "-m", "-u", "sh"],
      },
    },
  ],
  quiet: [
    {
      type: "setns",
      parameters: { fd: 3, nstype: 131072 },
      result: -1,
      process: {
        name: "nsenter",
        exePath: "/usr/bin/nsenter",
        arguments: ["-t", "1", "-m", "-u", "sh"],
      },
    },
    {
      type: "execve",
      process: {
        name: "nsenter",
        exePath: "/usr/bin/nsenter",
        arguments: ["-t", "1", "-m", "-u", "sh"],
      },
    },
    {
      type: "execve",
      process: {
        name: "nsenter",
        exePath: "/usr/bin/nsenter",
        arguments: [],
      },
      isOnHost: true,
    },
    {
      type: "execve",
      process: {
        name: "sh",
        exePath: "/usr/bin/sh",
        arguments: [],
      },
    },
  ],
};
