import type { WatchRule } from "../../../stages/watch/contract.ts";

export const shellToNetwork: WatchRule = {
  id: "shell-to-network",
  title: "The input and output of a program become a connection",
  priority: "Critical",
  techniques: ["T1059.004", "T1095"],
  condition:
    'evt.type in (dup, dup2, dup3) and container.id != host and evt.rawres in (0, 1, 2) and fd.type in (ipv4, ipv6) and not proc.name in (inetd, xinetd, tcpsvd, sshd, socat, stunnel) and not (proc.exepath in (/bin/bash, /usr/bin/bash) and fd.snet in (127.0.0.0/8, "::1/128") and evt.rawres in (0, 1))',
  why: "A connection in the place of standard input, output and errors is a reverse shell: somebody far away types.",
  response: "Stop the container and look at the program's parent: that is what was attacked.",
  quietCases:
    "Servers that give each connection to a program of its own (inetd and its kind) are left out by their names, and so is what checks by bash whether a port of its own container answers (</dev/tcp/127.0.0.1/80).",
  fires: [
    {
      type: "dup2",
      parameters: {
        oldfd: 3,
      },
      result: 0,
      peer: {
        address: "203.0.113.9",
        port: 4444,
        path: "",
      },
      process: {
        name: "python3",
      },
    },
    {
      type: "dup2",
      parameters: {
        oldfd: 3,
      },
      result: 2,
      peer: {
        address: "127.0.0.1",
        port: 8080,
        path: "",
      },
      process: {
        name: "bash",
        exePath: "/usr/bin/bash",
      },
    },
    {
      type: "dup2",
      parameters: {
        oldfd: 3,
      },
      result: 0,
      peer: {
        address: "127.0.0.1",
        port: 8080,
        path: "",
      },
      process: {
        name: "python3",
      },
    },
  ],
  quiet: [
    {
      type: "dup2",
      parameters: {
        oldfd: 3,
      },
      result: 1,
      process: {
        name: "sh",
      },
    },
    {
      type: "dup2",
      parameters: {
        oldfd: 3,
      },
      result: 9,
      peer: {
        address: "203.0.113.9",
        port: 443,
        path: "",
      },
      process: {
        name: "node",
      },
    },
    {
      type: "dup2",
      parameters: {
        oldfd: 3,
      },
      result: 1,
      peer: {
        address: "127.0.0.1",
        port: 8080,
        path: "",
      },
      process: {
        name: "bash",
        exePath: "/usr/bin/bash",
      },
    },
  ],
};
