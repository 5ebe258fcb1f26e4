import { cleanPath, reaches } from "../../../kit/host-path.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { pod } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noDockerSocket: Check = {
  id: "no-docker-socket",
  title: "a workload cannot reach the socket of a container engine",
  severity: "critical",
  why: "who may talk to the engine may start a privileged container, and so is root on the host",
  fix: "remove the mount; give the program an interface that allows no more than it needs, such as a proxy for reading",
  controls: controls({ "cis-docker-1.6": ["5.32"], attack: ["T1611", "T1610"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      pod({ volumes: [{ name: "s", hostPath: { path: "/var/run/docker.sock" } }] }),
      pod({ volumes: [{ name: "s", hostPath: { path: "/run/../run/containerd/" } }] }),
      {
        format: "compose",
        document: {
          services: { app: { image: "app", volumes: ["/run/user/1000/podman/podman.sock:/s"] } },
        },
      },
      { format: "engine", document: { Image: "app", HostConfig: { Binds: ["/:/host:ro"] } } },
    ],
    good: [
      pod({ volumes: [{ name: "logs", hostPath: { path: "/var/log" } }] }),
      {
        format: "compose",
        document: { services: { app: { image: "app", volumes: ["./docker:/d"] } } },
      },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ volumes }) => {
        const said = new Said();
        for (const { hostPath } of volumes)
          said.of(null, hostPath, (path) => {
            const clean = cleanPath(path);
            const found = SOCKET.test(clean)
              ? clean
              : SOCKETS.find((socket) => reaches(clean, socket));
            return found === undefined ? null : `mounts ${path}, and with it the engine's socket`;
          });
        return said.all;
      },
    },
  ],
};

/** Sockets of engines by their names, wherever they lie: rootless ones lie in the user's own folder. */
const SOCKET =
  /(?:^|[/\\\\])(?:(?:docker|dockershim|containerd|crio|podman|buildkitd|cri-dockerd)\.sock|docker_engine)$/;

/** Where they usually lie: a mount of a folder above gives them away, too. */
const SOCKETS: readonly string[] = [
  "/run/docker.sock",
  "/var/run/docker.sock",
  "/run/containerd/containerd.sock",
  "/var/run/containerd/containerd.sock",
  "/run/k3s/containerd/containerd.sock",
  "/run/crio/crio.sock",
  "/var/run/crio/crio.sock",
  "/run/podman/podman.sock",
  "/run/cri-dockerd.sock",
];
