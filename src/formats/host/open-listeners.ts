// Ports at which engines answer whoever comes, because no client has to show a certificate.

import type { Reach } from "../../model/engine-access.ts";
import type { Daemon, Host } from "../../model/host.ts";
import type { Pointer } from "../../model/workload.ts";
import { optionIn, textsIn, wordOf } from "./option-texts.ts";
import { pointerToLine } from "./record-file.ts";

export interface OpenListener {
  readonly at: Pointer;
  /** As it is written: `tcp://0.0.0.0:2375`, `2375`. */
  readonly address: string;
  /** `dockerd`, `docker.socket`, `Podman's service`. */
  readonly of: string;
  /** After its address: `without TLS`. */
  readonly how: string;
  readonly reach: Reach;
  /** The user as whom the engine runs. */
  readonly uid: number;
}

/** All of a host, but for what cannot be told. */
export function openListeners(host: Host): OpenListener[] {
  return [
    ...host.daemons.flatMap((daemon) => [...listenersOf(daemon), ...seenListeners(daemon, host)]),
    ...podmanListeners(host),
    ...socketListeners(host),
  ];
}

/** Of one daemon; none where its addresses are not known. */
export function listenersOf(daemon: Daemon): OpenListener[] {
  const hosts = optionIn(daemon, "hosts");
  if (hosts.state !== "known" || isVerified(daemon)) return [];
  const tls = optionIn(daemon, "tls");
  const isEncrypted = tls.state === "known" && tls.value === true;
  const how = isEncrypted ? "encrypts, and asks no client for a certificate" : "without TLS";
  // An address without a scheme is one of TCP.
  return textsIn(hosts)
    .filter((one) => !/^(?:unix|fd|npipe):|^$/.test(one))
    .map((address) => {
      const reach = reachOf(address, "host");
      return { at: hosts.at, address, of: daemon.name, how, reach, uid: daemon.uid };
    });
}

/** Ports of a swarm ask for certificates by themselves. */
const SWARM_PORTS: ReadonlySet<string> = new Set(["2377", "7946"]);
/** What a daemon listens at for clients, by agreement. */
const CLIENT_PORTS: ReadonlySet<string> = new Set(["2375", "2376"]);

/** What a daemon's open sockets show, and neither its own words nor units say: a socket that was handed to it. */
export function seenListeners(daemon: Daemon, host: Host): OpenListener[] {
  const index = /^\/processes\/(\d+)$/.exec(daemon.at)?.[1];
  const process = index === undefined ? undefined : host.record.processes?.[Number(index)];
  if (process?.listens === undefined || isVerified(daemon)) return [];
  const told = [
    ...listenersOf(daemon).map(({ address }) => portOf(address)),
    ...socketListeners(host).map(({ address }) => portOf(address)),
    portOf(textOf(optionIn(daemon, "metrics-addr"))),
  ];
  const isOthers = (port: string): boolean =>
    told.includes(port) ||
    SWARM_PORTS.has(port) ||
    (daemon.isInSwarm === true && !CLIENT_PORTS.has(port));
  return process.listens.flatMap((address, number): OpenListener[] => {
    if (isOthers(portOf(address))) return [];
    const at = `${daemon.at}/listens/${number}`;
    const { name: of, uid } = daemon;
    const how = "by its open sockets, and asks no client for a certificate";
    return [{ at, address, of, how, reach: reachOf(address, "everywhere"), uid }];
  });
}

function portOf(address: string): string {
  return /(\d+)$/.exec(address)?.[1] ?? "";
}

function textOf(fact: ReturnType<typeof optionIn>): string {
  return fact.state === "known" ? wordOf(fact.value) : "";
}

/** Whether a client has to show a certificate. */
export function isVerified(daemon: Daemon): boolean {
  const option = optionIn(daemon, "tlsverify");
  return option.state === "known" && option.value === true;
}

/** Podman's service knows no certificates. */
export function podmanListeners({ record }: Host): OpenListener[] {
  return (record.processes ?? []).flatMap(({ args, uid }, index): OpenListener[] => {
    if (!/(?:^|\/)podman$/.test(args[0] ?? "") || !args.includes("service")) return [];
    const found = args.findIndex((word) => word.startsWith("tcp:"));
    const address = args[found];
    if (address === undefined) return [];
    const at = `/processes/${index}/args/${found}`;
    const of = "Podman's service";
    return [{ at, address, of, how: "without TLS", reach: reachOf(address, "everywhere"), uid }];
  });
}

/** What systemd listens at for an engine. */
export function socketListeners({ units, daemons }: Host): OpenListener[] {
  return [...units].flatMap(([name, unit]) => {
    const service = unit.settings.get("Socket.Service")?.at(-1)?.value ?? "";
    const isDocker = service === "docker.service" || (service === "" && name.startsWith("docker"));
    const isSafe = isDocker && daemons.length > 0 && daemons.every(isVerified);
    if (isSafe || !name.endsWith(".socket")) return [];
    return (unit.settings.get("Socket.ListenStream") ?? [])
      .filter(({ value }) => !/^[/%@]/.test(value))
      .map(({ value: address, path, line }) => {
        const at = pointerToLine(path, line);
        const reach = reachOf(address, "everywhere");
        return { at, address, of: name, how: "without certificates", reach, uid: 0 };
      });
  });
}

/**
 * From where an address is reached.
 *
 * @param unsaid What holds where no host is in it: dockerd then listens on this host alone, systemd and Podman everywhere.
 */
function reachOf(address: string, unsaid: Reach): Reach {
  const host = address.replace(/^(?:tcp|https?):(?:\/\/)?/, "").replace(/(?:^|:)\d+$/, "");
  if (host === "") return unsaid;
  if (/^(?:127\.|localhost$|\[?::1\]?$)/.test(host)) return "host";
  return PRIVATE.test(host) ? "network" : "everywhere";
}

/** RFC 1918, RFC 3927, RFC 4193 and RFC 4291 (link-local). */
const PRIVATE =
  /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|\[?f[cd][0-9a-f]{2}:|\[?fe80:)/i;
