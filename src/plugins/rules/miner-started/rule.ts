import type { WatchRule } from "../../../stages/watch/contract.ts";

export const minerStarted: WatchRule = {
  id: "miner-started",
  title: "A miner of a cryptocurrency is started",
  priority: "Critical",
  techniques: ["T1496"],
  condition:
    'evt.type in (execve, execveat) and (proc.name in (xmrig, minerd, cpuminer, ccminer, t-rex, nbminer, lolMiner, kdevtmpfsi, kinsing) or proc.cmdline contains anyof ("stratum+tcp://", "stratum+ssl://", "stratum2+tcp://", "--donate-level"))',
  why: "It is what most intruders of containers come for, and shows that somebody can run what they want.",
  response:
    "Stop the container; the way in is still open: look at what started the miner, and patch it.",
  quietCases: "None is known.",
  fires: [
    {
      type: "execve",
      process: {
        name: "xmrig",
        exePath: "/usr/bin/xmrig",
        arguments: [],
      },
    },
    {
      type: "execve",
      process: {
        name: "sshd-helper",
        exePath: "/usr/bin/sshd-helper",
        arguments: ["-o", "stratum+tcp://pool.example:3333"],
      },
    },
  ],
  quiet: [
    {
      type: "execve",
      process: {
        name: "node",
        exePath: "/usr/bin/node",
        arguments: ["server.js"],
      },
    },
  ],
};
