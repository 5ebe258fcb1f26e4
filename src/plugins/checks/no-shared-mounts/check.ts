import type { Check } from "../../../stages/check/contract.ts";
import { pod } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noSharedMounts: Check = {
  id: "no-shared-mounts",
  title: "what is mounted inside of a container does not appear outside",
  severity: "medium",
  why: "mounts that propagate to the host let a container cover the host's own folders",
  fix: "remove the propagation, or use rslave where the container has to see new mounts of the host",
  controls: controls({ "cis-docker-1.6": ["5.20"], attack: ["T1611"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      pod({
        containers: [
          {
            name: "app",
            image: "app:1",
            volumeMounts: [{ name: "h", mountPath: "/h", mountPropagation: "Bidirectional" }],
          },
        ],
        volumes: [{ name: "h", hostPath: { path: "/mnt" } }],
      }),
      {
        format: "compose",
        document: { services: { app: { image: "app:1.2", volumes: ["/mnt:/mnt:rshared"] } } },
      },
      {
        format: "compose",
        document: {
          services: {
            app: {
              image: "app:1.2",
              volumes: [
                { type: "bind", source: "/mnt", target: "/mnt", bind: { propagation: "shared" } },
              ],
            },
          },
        },
      },
    ],
    good: [
      {
        format: "compose",
        document: { services: { app: { image: "app:1.2", volumes: ["/mnt:/mnt:rslave"] } } },
      },
      pod({}),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ volumes }) => {
        const said = new Said();
        for (const { mounts } of volumes)
          for (const { propagation } of mounts)
            said.of(null, propagation, (how) =>
              how === "Bidirectional" || /^r?shared$/.test(how)
                ? `lets its mounts appear on the host (${how})`
                : null,
            );
        return said.all;
      },
    },
  ],
};
