import type { WatchRule } from "../../../stages/watch/contract.ts";

export const shellToNetwork: WatchRule = {
  id: "shell-to-network",
  title: "The input and output of a program become a connection",
  priority: "Critical",
  techniques: ["T1059.004", "T1095"],
  condition:
    "evt.type in (dup, dup2, dup3) and container.id != host and evt.rawres in (0, 1, 2) and fd.type in (ipv4, ipv6) and not proc.name in (inetd, xinetd, tcpsvd, sshd, socat, stunnel)",
  why: "A connection in the place of standard input, output and errors is a reverse shell: somebody far away types.",
  response: "Stop the container and look at the program's parent: that is what was attacked.",
  quietCases:
    "Servers that give each connection to a program of its own (inetd and its kind) are left out by their names.",
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
  ],
};
