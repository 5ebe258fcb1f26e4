import type { Check } from "../../../stages/check/contract.ts";
import { pod } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const restrictedVolumes: Check = {
  id: "restricted-volumes",
  title: "volumes are of types that the platform manages",
  severity: "low",
  why: "other types bring drivers of the node and credentials of storage into reach of whoever writes the pod",
  fix: "claim the storage (persistentVolumeClaim) instead of naming it in the pod",
  controls: controls({ "pss-restricted": ["Volume Types"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      pod({ volumes: [{ name: "data", nfs: { server: "nfs.example", path: "/" } }] }),
      pod({ volumes: [{ name: "data", hostPath: { path: "/dev/null" } }] }),
    ],
    good: [
      pod({ volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] }),
      pod({ volumes: [{ name: "tmp", emptyDir: {} }, { name: "bare" }] }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ volumes }) => {
        const said = new Said();
        for (const { name, type } of volumes)
          said.of(null, type, (is) => (MANAGED.has(is) ? null : `volume ${name} is of type ${is}`));
        return said.all;
      },
    },
  ],
};

/** `volume` is one that an engine manages: the counterpart of a claim. */
const MANAGED: ReadonlySet<string> = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
  "volume",
]);
