import type { Check } from "../../../stages/check/contract.ts";
import { pod } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noHostPath: Check = {
  id: "no-host-path",
  title: "a workload mounts no path of its host",
  severity: "high",
  why: "what is written to a path of the host outlives the container and may be run by the host, and what lies there may be read",
  fix: "use a volume that the platform manages, a config map or a secret instead of the path",
  controls: controls({
    "pss-baseline": ["HostPath Volumes"],
    "cis-kubernetes-1.12": ["5.2.11"],
    attack: ["T1611"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      pod({ volumes: [{ name: "data", hostPath: { path: "/srv/data" } }] }),
      {
        format: "compose",
        document: { services: { app: { image: "app", volumes: ["/srv/data:/data"] } } },
      },
    ],
    good: [
      pod({ volumes: [{ name: "data", emptyDir: {} }] }),
      {
        format: "compose",
        document: {
          services: { app: { image: "app", volumes: ["data:/data"] } },
          volumes: { data: null },
        },
      },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ volumes }) => {
        const said = new Said();
        for (const { type, name } of volumes)
          said.of(null, type, (is) =>
            is === "hostPath" ? `volume ${name} is a path of the host` : null,
          );
        return said.all;
      },
    },
  ],
};
