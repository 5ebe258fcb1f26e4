import type { WatchRule } from "../../../stages/watch/contract.ts";

export const processAttached: WatchRule = {
  id: "process-attached",
  title: "A process in a container takes hold of another",
  priority: "Warning",
  techniques: ["T1055.008"],
  condition:
    "evt.type = ptrace and container.id != host and evt.rawarg.request in (4, 5, 16, 16902) and not proc.name in (gdb, gdbserver, lldb, lldb-server, strace, ltrace, dlv, rr)",
  why: "Who attaches to a process reads its secrets and puts code into it.",
  response:
    "Look at both processes; the default seccomp profiles and a container without CAP_SYS_PTRACE make it fail.",
  quietCases:
    "Debuggers are left out by their names; crash reporters that attach (crashpad, breakpad) are to be excepted.",
  fires: [
    {
      type: "ptrace",
      parameters: {
        request: 16,
        pid: 7,
      },
      process: {
        name: "inject",
      },
    },
  ],
  quiet: [
    {
      type: "ptrace",
      parameters: {
        request: 16,
        pid: 7,
      },
      process: {
        name: "gdb",
      },
    },
    {
      type: "ptrace",
      parameters: {
        request: 0,
        pid: 0,
      },
      process: {
        name: "sh",
      },
    },
  ],
};
