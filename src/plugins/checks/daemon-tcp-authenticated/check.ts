import { textsIn } from "../../../formats/host/option-texts.ts";
import { pointerToLine } from "../../../formats/host/record-file.ts";
import type { Daemon, Host, UnitValue } from "../../../model/host.ts";
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
        const services = podmanServices(subject);
        const sockets = [...subject.units].flatMap(([name, unit]) =>
          name.endsWith(".socket")
            ? [{ name, values: unit.settings.get("Socket.ListenStream") ?? [] }]
            : [],
        );
        if (subject.daemons.length + services.length + sockets.length === 0)
          return "not-applicable";
        const said = new HostSaid();
        for (const daemon of subject.daemons) sayDaemon(daemon, said);
        for (const { at, address } of services)
          said.fault(at, `Podman's service listens at ${address}, and knows no certificates`, {
            value: address,
            ...aspectOf(address),
          });
        for (const { name, values } of sockets) saySocket(name, values, subject.daemons, said);
        return said.all;
      },
    },
  ],
};

function sayDaemon(daemon: Daemon, said: HostSaid): void {
  const hosts = optionOf(daemon, "hosts");
  if (hosts.state === "unknown") said.doubt(hosts);
  if (hosts.state !== "known") return;
  // An address without a scheme is one of TCP.
  const open = textsIn(hosts).filter((one) => !/^(?:unix|fd|npipe):|^$/.test(one));
  if (open.length === 0 || isVerified(daemon)) return;
  for (const address of open) {
    const tls = optionOf(daemon, "tls");
    const how =
      tls.state === "known" && tls.value === true
        ? "encrypts, and asks no client for a certificate"
        : "without TLS";
    said.fault(hosts.at, `${daemon.name} listens at ${address} ${how}`, {
      value: address,
      ...aspectOf(address),
    });
  }
}

/** Whether a client has to show a certificate. */
function isVerified(daemon: Daemon): boolean {
  const option = optionOf(daemon, "tlsverify");
  return option.state === "known" && option.value === true;
}

/**
 * What only this machine reaches is open to its containers and its users all the same. Where dockerd is given no host, it listens
 * there; Podman, which writes `tcp:`, listens everywhere.
 */
function aspectOf(address: string): { aspect?: string } {
  const isHere =
    /^(?:(?:tcp|https?):(?:\/\/)?)?(?:127\.|localhost\b|\[::1\])|^(?:(?:tcp|https?):\/\/)?(?::\d*)?$/.test(
      address,
    );
  return isHere ? { aspect: "loopback" } : {};
}

function saySocket(
  name: string,
  values: readonly UnitValue[],
  daemons: readonly Daemon[],
  said: HostSaid,
): void {
  const isSafe = name.startsWith("docker") && daemons.length > 0 && daemons.every(isVerified);
  for (const { value, path, line } of values) {
    if (isSafe || /^[/%@]/.test(value)) continue;
    said.fault(pointerToLine(path, line), `${name} listens at ${value} without certificates`, {
      value,
    });
  }
}

function podmanServices({ record }: Host): { at: string; address: string }[] {
  return (record.processes ?? []).flatMap(({ args }, index) => {
    if (!/(?:^|\/)podman$/.test(args[0] ?? "") || !args.includes("service")) return [];
    const found = args.findIndex((word) => word.startsWith("tcp:"));
    const address = args[found];
    return address === undefined ? [] : [{ at: `/processes/${index}/args/${found}`, address }];
  });
}
