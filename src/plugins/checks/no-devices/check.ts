import type { Check } from "../../../stages/check/contract.ts";
import { pod } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noDevices: Check = {
  id: "no-devices",
  title: "no device of the host is handed to a container",
  severity: "high",
  why: "a block device is every file on it, past all permissions, and drivers behind others were not written against attackers",
  fix: "remove devices, or give the one device that is needed with the fewest rights",
  controls: controls({ "cis-docker-1.6": ["5.18"], attack: ["T1611"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      {
        format: "compose",
        document: { services: { app: { image: "app:1.2", devices: ["/dev/sda:/dev/sda"] } } },
      },
      {
        format: "engine",
        document: { Image: "app:1.2", HostConfig: { Devices: [{ PathOnHost: "/dev/kvm" }] } },
      },
    ],
    good: [
      {
        format: "compose",
        document: { services: { app: { image: "app:1.2", devices: ["nvidia.com/gpu=all"] } } },
      },
      pod({}),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ volumes }) => {
        const said = new Said();
        for (const { type, hostPath } of volumes)
          if (type.state === "known" && type.value === "device")
            said.of(null, hostPath, (path) => `has the device ${path} of the host`);
        return said.all;
      },
    },
  ],
};
