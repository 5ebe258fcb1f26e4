import type { Check } from "../../../stages/check/contract.ts";
import { pod } from "../shared/examples.ts";
import { removed } from "../shared/repairs.ts";
import { controls, Said } from "../shared/said.ts";

export const noHostNamespaces: Check = {
  id: "no-host-namespaces",
  title: "a workload does not share the host's namespaces",
  severity: "high",
  why: "in the host's namespaces a container sees and reaches the processes, sockets and memory of everything else on the host",
  fix: "remove hostNetwork, hostPID and hostIPC (in Compose: network_mode, pid, ipc, uts and userns_mode with the value host; in Quadlet: Network and UserNS)",
  controls: controls({ "pss-baseline": ["Host Namespaces"], attack: ["T1611"] }),
  aspects: {
    network: {
      controls: controls({
        "cis-kubernetes-1.12": ["5.2.5"],
        "cis-docker-1.6": ["5.10"],
        "nsa-kubernetes": ["hostNetwork"],
      }),
    },
    pid: {
      controls: controls({
        "cis-kubernetes-1.12": ["5.2.3"],
        "cis-docker-1.6": ["5.16"],
        "nsa-kubernetes": ["hostPID"],
      }),
    },
    ipc: {
      controls: controls({
        "cis-kubernetes-1.12": ["5.2.4"],
        "cis-docker-1.6": ["5.17"],
        "nsa-kubernetes": ["hostIPC"],
      }),
    },
    uts: { controls: controls({ "cis-docker-1.6": ["5.21"] }) },
    users: { controls: controls({ "cis-docker-1.6": ["5.31"] }) },
  },
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      pod({ hostNetwork: true }),
      pod({ hostPID: true }),
      pod({ hostIPC: true }),
      { format: "compose", document: { services: { app: { image: "app", pid: "host" } } } },
      { format: "compose", document: { services: { app: { image: "app", uts: "host" } } } },
      { format: "compose", document: { services: { app: { image: "app", userns_mode: "host" } } } },
      { format: "engine", document: { Image: "app", HostConfig: { NetworkMode: "host" } } },
    ],
    good: [pod({}), pod({ hostNetwork: false, hostPID: false, hostIPC: false })],
  },
  versions: [
    {
      from: 0,
      run: ({ host, platform }) => {
        const said = new Said();
        // In Kubernetes users are the host's by default, which is a question of its own.
        if (platform !== "kubernetes")
          said.of(null, host.users, (is) =>
            is ? { state: "shares the host's users", aspect: "users" } : null,
          );
        for (const [name, aspect] of NAMES)
          said.of(
            null,
            host[aspect],
            (is) => (is ? { state: `shares the host's ${name}`, aspect } : null),
            // Without the host's network a workload is reached in another way.
            aspect === "network" ? undefined : removed,
          );
        return said.all;
      },
    },
  ],
};

const NAMES = [
  ["network", "network"],
  ["processes", "pid"],
  ["memory between processes (IPC)", "ipc"],
  ["name (UTS)", "uts"],
] as const;
