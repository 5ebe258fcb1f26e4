import type { WatchRule } from "../../../stages/watch/contract.ts";

export const moduleLoaded: WatchRule = {
  id: "module-loaded",
  title: "A container loads a module into the kernel",
  priority: "Critical",
  techniques: ["T1547.006", "T1014"],
  condition: "evt.type in (init_module, finit_module) and container.id != host",
  why: "A module is the kernel, and with it every container and the host.",
  response:
    "Stop the container and take CAP_SYS_MODULE from it; a host whose kernel took a strange module is to be made anew.",
  quietCases:
    "Agents that load drivers at their start (network plug-ins, VPNs, GPUs): except them by their image.",
  fires: [
    {
      type: "init_module",
      parameters: {
        length: 4096,
      },
      process: {
        name: "insmod",
      },
    },
  ],
  quiet: [
    {
      type: "init_module",
      parameters: {
        length: 4096,
      },
      process: {
        name: "modprobe",
      },
      isOnHost: true,
    },
  ],
};
