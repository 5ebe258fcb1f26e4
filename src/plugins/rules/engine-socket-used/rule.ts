import type { WatchRule } from "../../../stages/watch/contract.ts";

export const engineSocketUsed: WatchRule = {
  id: "engine-socket-used",
  title: "A container talks to a container engine",
  priority: "Critical",
  techniques: ["T1610", "T1611"],
  condition:
    "evt.type = connect and container.id != host and fd.type = unix and fd.name endswith anyof (/docker.sock, /containerd.sock, /crio.sock, /podman.sock)",
  why: "Who reaches the socket of an engine can start a container that holds the whole host.",
  response:
    "Take the socket out of the container, or put a proxy before it that allows reading alone.",
  quietCases:
    "Tools that are there for it: CI runners, Traefik, Portainer, Watchtower. Except them by their image.",
  fires: [
    {
      type: "connect",
      peer: {
        address: "",
        port: 0,
        path: "/var/run/docker.sock",
      },
    },
  ],
  quiet: [
    {
      type: "connect",
      peer: {
        address: "",
        port: 0,
        path: "/run/app/db.sock",
      },
    },
    {
      type: "connect",
      peer: {
        address: "10.0.0.9",
        port: 2375,
        path: "",
      },
    },
  ],
};
