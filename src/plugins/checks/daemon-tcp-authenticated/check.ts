import {
  listenersOf,
  type OpenListener,
  podmanListeners,
  seenListeners,
  socketListeners,
} from "../../../formats/host/open-listeners.ts";
import { optionOf } from "../../../model/host.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost, file, host } from "../shared/host-examples.ts";
import { HostSaid } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const daemonTcpAuthenticated: Check = {
  id: "daemon-tcp-authenticated",
  title: "an engine that listens on the network demands certificates of its clients",
  severity: "critical",
  why: "whoever reaches the port may start a container with the host's files in it, and so is root on the host",
  fix: "leave the address out and use ssh, or set tlsverify with a certificate authority of your own",
  controls: controls({ "cis-docker-1.6": ["2.7"], attack: ["T1133", "T1610"] }),
  aspects: { loopback: { severity: "high" } },
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      dockerHost({ hosts: ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2375"] }),
      dockerHost({ tls: true }, { args: ["-H", "tcp://127.0.0.1:2376"] }),
      dockerHost({}, { args: ["-H", "fd://", "-H", "0.0.0.0:2375"] }),
      dockerHost({}, { args: ["-H", ":2375"] }),
      dockerHost(
        {},
        {
          files: {
            "/etc/systemd/system/docker-tcp.socket": file(
              "[Socket]\nListenStream=2375\nService=docker.service\n",
            ),
          },
        },
      ),
      dockerHost(
        {},
        {
          files: {
            "/etc/systemd/system": {
              kind: "folder",
              uid: 0,
              gid: 0,
              mode: 0o755,
              names: ["api.socket"],
            },
            "/etc/systemd/system/api.socket": file(
              "[Socket]\nListenStream=10.0.0.1:4243\nService=docker.service\n",
            ),
          },
        },
      ),
      host(
        {},
        {
          processes: [
            {
              pid: 812,
              uid: 0,
              args: ["/usr/bin/dockerd", "-H", "fd://"],
              root: "",
              listens: ["[::]:2375"],
            },
          ],
        },
      ),
      host(
        {},
        {
          processes: [
            {
              pid: 7,
              uid: 0,
              args: ["podman", "system", "service", "--time=0", "tcp:0.0.0.0:8080"],
              root: "",
            },
          ],
        },
      ),
      dockerHost(
        {},
        {
          files: {
            "/usr/lib/systemd/system/docker.socket": file(
              "[Socket]\nListenStream=/run/docker.sock\nListenStream=2375\n",
            ),
          },
        },
      ),
    ],
    good: [
      dockerHost({}),
      dockerHost({
        hosts: ["tcp://0.0.0.0:2376"],
        tlsverify: true,
        tlscacert: "/etc/docker/ca.pem",
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (subject) => {
        const sockets = [...subject.units.keys()].filter((name) => name.endsWith(".socket"));
        const services = podmanListeners(subject);
        if (subject.daemons.length + services.length + sockets.length === 0)
          return "not-applicable";
        const said = new HostSaid();
        for (const daemon of subject.daemons) {
          const hosts = optionOf(daemon, "hosts");
          if (hosts.state === "unknown") said.doubt(hosts);
          for (const one of [...listenersOf(daemon), ...seenListeners(daemon, subject)])
            say(one, `${one.of} listens at ${one.address} ${one.how}`, said);
        }
        for (const one of services)
          say(one, `${one.of} listens at ${one.address}, and knows no certificates`, said);
        for (const one of socketListeners(subject))
          say(one, `${one.of} listens at ${one.address} ${one.how}`, said);
        return said.all;
      },
    },
  ],
};

/** What only this machine reaches is open to its containers and its users all the same. */
function say({ at, address, reach }: OpenListener, text: string, said: HostSaid): void {
  said.fault(at, text, { value: address, ...(reach === "host" ? { aspect: "loopback" } : {}) });
}
