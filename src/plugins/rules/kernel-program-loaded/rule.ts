import type { WatchRule } from "../../../stages/watch/contract.ts";

export const kernelProgramLoaded: WatchRule = {
  id: "kernel-program-loaded",
  title: "A container loads a program into the kernel (BPF)",
  priority: "Warning",
  techniques: ["T1014", "T1205.002"],
  condition:
    "evt.type = bpf and container.id != host and evt.rawarg.cmd = 5 and not container.image.repository contains anyof (cilium, calico, falco, tetragon, tracee, kubearmor, pixie, beyla, parca, datadog, bulwark)",
  why: "BPF programs see all processes and packets of the host, and can hide both.",
  response:
    "Take CAP_BPF and CAP_SYS_ADMIN from the container, and look at what is loaded: bpftool prog.",
  quietCases: "Network and observation agents: the usual ones are left out by their image.",
  fires: [
    {
      type: "bpf",
      parameters: {
        cmd: 5,
      },
      process: {
        name: "loader",
      },
    },
  ],
  quiet: [
    {
      type: "bpf",
      parameters: {
        cmd: 1,
      },
      process: {
        name: "loader",
      },
    },
    {
      type: "bpf",
      parameters: {
        cmd: 5,
      },
      isOnHost: true,
    },
  ],
};
