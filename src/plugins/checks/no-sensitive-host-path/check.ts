import { cleanPath, isWithin, reaches } from "../../../kit/host-path.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { pod } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noSensitiveHostPath: Check = {
  id: "no-sensitive-host-path",
  title: "a workload mounts no folder on which its host's security rests",
  severity: "high",
  why: "there lie the host's accounts, keys, kernel settings and the files of other containers",
  fix: "mount the one file or folder that is needed, read-only, or use a volume that the platform manages",
  controls: controls({
    "cis-docker-1.6": ["5.6"],
    "cis-kubernetes-1.12": ["5.2.11"],
    "nsa-kubernetes": ["hostPath"],
    attack: ["T1611"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      pod({ volumes: [{ name: "h", hostPath: { path: "/" } }] }),
      pod({ volumes: [{ name: "h", hostPath: { path: "/srv/../etc/kubernetes/" } }] }),
      {
        format: "compose",
        document: { services: { app: { image: "app", volumes: ["~/.ssh:/keys:ro"] } } },
      },
      {
        format: "engine",
        document: {
          Image: "app",
          HostConfig: { Mounts: [{ Type: "bind", Source: "/var/lib", Target: "/l" }] },
        },
      },
    ],
    good: [
      pod({ volumes: [{ name: "d", hostPath: { path: "/srv/data" } }] }),
      pod({ volumes: [{ name: "d", hostPath: { path: "/etc/localtime" } }] }),
      {
        format: "compose",
        document: { services: { app: { image: "app", volumes: ["./etc:/etc/app"] } } },
      },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ volumes }) => {
        const said = new Said();
        for (const { hostPath } of volumes)
          said.of(null, hostPath, (path) =>
            isSensitive(cleanPath(path)) ? `mounts ${path} of the host` : null,
          );
        return said.all;
      },
    },
  ],
};

function isSensitive(path: string): boolean {
  if (HARMLESS.has(path)) return false;
  return FOLDERS.some((folder) => reaches(path, folder) || isWithin(path, folder));
}

const FOLDERS: readonly string[] = [
  "/boot",
  "/dev",
  "/etc",
  "/home",
  "/lib",
  "/proc",
  "/root",
  "/sys",
  "/usr",
  "/var/lib/containerd",
  "/var/lib/docker",
  "/var/lib/kubelet",
  "/var/lib/rancher",
  "~/.aws",
  "~/.docker",
  "~/.gnupg",
  "~/.kube",
  "~/.ssh",
];

/** What programs that tell the time or want entropy mount, and nobody gains from. */
const HARMLESS: ReadonlySet<string> = new Set([
  "/dev/null",
  "/dev/random",
  "/dev/urandom",
  "/etc/localtime",
  "/etc/timezone",
  "/usr/share/zoneinfo",
]);
