import type { WatchRule } from "../../../stages/watch/contract.ts";

export const packetsRead: WatchRule = {
  id: "packets-read",
  title: "A container opens a socket for raw packets",
  priority: "Warning",
  techniques: ["T1040"],
  condition:
    "evt.type = socket and container.id != host and evt.rawarg.domain = 17 and not proc.name in (dhclient, dhcpcd, udhcpc, keepalived, arping)",
  why: "It reads the traffic of all that share the network, and forges answers to it (CVE-2020-14386 began here, too).",
  response: "Take CAP_NET_RAW from the container: hardly any needs it.",
  quietCases:
    "DHCP clients and keepalived are left out; capture tools of your own are to be excepted.",
  fires: [
    {
      type: "socket",
      parameters: {
        domain: 17,
        type: 3,
        fd: 4,
      },
      process: {
        name: "tcpdump",
      },
    },
  ],
  quiet: [
    {
      type: "socket",
      parameters: {
        domain: 2,
        type: 1,
        fd: 4,
      },
      process: {
        name: "curl",
      },
    },
    {
      type: "socket",
      parameters: {
        domain: 17,
        type: 3,
        fd: 4,
      },
      isOnHost: true,
    },
  ],
};
