import type { WatchRule } from "../../../stages/watch/contract.ts";

export const cloudMetadataAsked: WatchRule = {
  id: "cloud-metadata-asked",
  title: "A container asks its cloud for credentials",
  priority: "Notice",
  techniques: ["T1552.005"],
  condition:
    'evt.type = connect and container.id != host and fd.sip in (169.254.169.254, 169.254.170.2, "fd00:ec2::254") and fd.sport in (80, 443) and fd.l4proto = tcp',
  why: "The metadata service gives whoever asks the credentials of the machine, also a request that an attacker made a program send.",
  response:
    "Forbid the address by network policy, demand IMDSv2 with one hop, and give pods identities of their own.",
  quietCases:
    "Programs that use the identity of their node: agents of the cloud, external-dns, cluster-autoscaler. Except them by their image.",
  fires: [
    {
      type: "connect",
      peer: {
        address: "169.254.169.254",
        port: 80,
        path: "",
      },
    },
  ],
  quiet: [
    {
      type: "connect",
      peer: {
        address: "10.0.0.9",
        port: 80,
        path: "",
      },
    },
    {
      type: "connect",
      peer: {
        address: "169.254.169.254",
        port: 53,
        path: "",
      },
    },
  ],
};
