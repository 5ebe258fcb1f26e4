import { textsIn, wordOf } from "../../../formats/host/option-texts.ts";
import { type Daemon, optionOf, type Settings, settingOf } from "../../../model/host.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost, file, host } from "../shared/host-examples.ts";
import { HostSaid } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

const PODMAN = { kind: "file", uid: 0, gid: 0, mode: 0o755 } as const;

export const noInsecureRegistry: Check = {
  id: "no-insecure-registry",
  title: "engines know every registry by its certificate",
  severity: "high",
  why: "whoever is on the way to the registry gives other images than those that were asked for",
  fix: "take the registry out of the list, and put its certificate authority into /etc/docker/certs.d/HOST/ca.crt or /etc/containers/certs.d",
  controls: controls({ "cis-docker-1.6": ["2.5"], attack: ["T1557"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      dockerHost({ "insecure-registries": ["registry.example:5000"] }),
      dockerHost({}, { info: { RegistryConfig: { InsecureRegistryCIDRs: ["10.0.0.0/8"] } } }),
      host({
        "/usr/bin/podman": PODMAN,
        "/etc/containers/registries.conf": file(
          '[[registry]]\nlocation = "registry.example"\ninsecure = true\n',
        ),
      }),
      host({
        "/usr/bin/containerd": PODMAN,
        "/etc/containerd/config.toml": file(
          '[plugins."io.containerd.grpc.v1.cri".registry.configs."registry.example".tls]\ninsecure_skip_verify = true\n',
        ),
      }),
    ],
    good: [
      dockerHost({ "insecure-registries": ["127.0.0.1:5000", "localhost:5000"] }),
      host({
        "/usr/bin/podman": PODMAN,
        "/etc/containers/registries.conf": file('unqualified-search-registries = ["docker.io"]\n'),
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ daemons, podman, containerd }) => {
        if (daemons.length === 0 && podman === null && containerd === null) return "not-applicable";
        const said = new HostSaid();
        for (const daemon of daemons) sayDaemon(daemon, said);
        if (podman !== null) sayPodman(podman.registries, said);
        if (containerd !== null) sayContainerd(containerd, said);
        return said.all;
      },
    },
  ],
};

/** Registries on the machine itself: nobody is on the way. Docker lists 127.0.0.0/8 always. */
function isHere(registry: string): boolean {
  return /^(?:127\.|localhost(?::|$)|\[?::1\]?)/.test(registry);
}

function sayDaemon(daemon: Daemon, said: HostSaid): void {
  const option = optionOf(daemon, "insecure-registries");
  const { insecure, name } = daemon;
  if (option.state === "unknown" && insecure.length === 0) said.doubt(option);
  const at = option.state === "known" ? option.at : daemon.at;
  for (const registry of new Set([...textsIn(option), ...insecure]))
    if (!isHere(registry))
      said.fault(at, `${name} takes images from ${registry} without a certificate`, {
        value: registry,
      });
}

function sayPodman(registries: Settings, said: HostSaid): void {
  const list = settingOf(registries, "registry");
  if (list.state === "unknown") said.doubt(list);
  if (list.state !== "known" || !Array.isArray(list.value)) return;
  for (const one of list.value as readonly unknown[]) {
    const { location, prefix, insecure } = (one ?? {}) as {
      location?: unknown;
      prefix?: unknown;
      insecure?: unknown;
    };
    const name = wordOf(location ?? prefix ?? "");
    if (insecure === true && !isHere(name))
      said.fault(list.at, `Podman takes images from ${name} without a certificate`, {
        value: name,
      });
  }
}

function sayContainerd(settings: Settings, said: HostSaid): void {
  if (settings.rest !== null) said.doubt(settings.rest);
  for (const [keys, fact] of settings.values) {
    const path = keys.split("\n");
    const value =
      fact.state === "known" ? (fact.value as { insecure_skip_verify?: unknown }) : null;
    if (fact.state !== "known" || value?.insecure_skip_verify !== true) continue;
    const registry = path[path.indexOf("configs") + 1] ?? "a registry";
    if (!isHere(registry))
      said.fault(fact.at, `containerd does not look at the certificate of ${registry}`, {
        value: registry,
      });
  }
}
