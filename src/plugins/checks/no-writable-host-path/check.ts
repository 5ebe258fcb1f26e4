import type { Volume } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { pod } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noWritableHostPath: Check = {
  id: "no-writable-host-path",
  title: "folders of the host are mounted read-only",
  severity: "high",
  why: "what a container writes on its host outlives the container, and in the right place is run by the host",
  fix: "set readOnly: true on the mount (in Compose: read_only or :ro; in Quadlet: :ro), or use a volume",
  controls: controls({ attack: ["T1611", "T1543"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      pod({
        containers: [
          { name: "app", image: "app:1", volumeMounts: [{ name: "h", mountPath: "/h" }] },
        ],
        volumes: [{ name: "h", hostPath: { path: "/srv" } }],
      }),
      {
        format: "compose",
        document: { services: { app: { image: "app:1.2", volumes: ["/srv:/srv"] } } },
      },
      { format: "engine", document: { Image: "app:1.2", HostConfig: { Binds: ["/srv:/srv"] } } },
    ],
    good: [
      pod({
        containers: [
          {
            name: "app",
            image: "app:1",
            volumeMounts: [{ name: "h", mountPath: "/h", readOnly: true }],
          },
        ],
        volumes: [{ name: "h", hostPath: { path: "/srv" } }],
      }),
      {
        format: "compose",
        document: {
          services: { app: { image: "app:1.2", volumes: ["/srv:/srv:ro", "data:/data"] } },
        },
      },
      {
        format: "compose",
        document: {
          services: {
            app: {
              image: "app:1.2",
              volumes: [{ type: "bind", source: "/srv", target: "/srv", read_only: true }],
            },
          },
        },
      },
      { format: "engine", document: { Image: "app:1.2", HostConfig: { Binds: ["/srv:/srv:ro"] } } },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ volumes }) => {
        const said = new Said();
        for (const volume of volumes) if (isFolder(volume)) judge(said, volume);
        return said.all;
      },
    },
  ],
};

function isFolder({ type, hostPath }: Volume): boolean {
  return hostPath.state !== "absent" && !(type.state === "known" && type.value === "device");
}

function judge(said: Said, { hostPath, mounts }: Volume): void {
  said.of(null, hostPath, () => null);
  if (hostPath.state !== "known") return;
  const { value } = hostPath;
  for (const { container, at, readOnly } of mounts) {
    said.of(null, readOnly, () => null);
    if (readOnly.state === "absent" || (readOnly.state === "known" && !readOnly.value))
      said.fault(at, `can write to ${value} of the host`, { container, value });
  }
}
