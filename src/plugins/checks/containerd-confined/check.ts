import { wordOf } from "../../../formats/host/option-texts.ts";
import { type OptionValue, type Settings, settingOf } from "../../../model/host.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { file, host } from "../shared/host-examples.ts";
import { HostSaid } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

const CONTAINERD = { kind: "file", uid: 0, gid: 0, mode: 0o755 } as const;
const withConfig = (text: string): ReturnType<typeof host> =>
  host({ "/usr/bin/containerd": CONTAINERD, "/etc/containerd/config.toml": file(text) });

export const containerdConfined: Check = {
  id: "containerd-confined",
  title: "containerd listens on no network and confines its containers",
  severity: "medium",
  why: "its port obeys whoever reaches it, and without its filters a container reaches the whole kernel",
  fix: "take the setting out of /etc/containerd/config.toml, and start containerd again",
  controls: controls({ attack: ["T1611"] }),
  aspects: { network: { severity: "critical", controls: controls({ attack: ["T1133"] }) } },
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      withConfig('[grpc]\ntcp_address = "0.0.0.0:1234"\n'),
      withConfig('[plugins."io.containerd.grpc.v1.cri"]\nunset_seccomp_profile = "unconfined"\n'),
      withConfig('[plugins."io.containerd.grpc.v1.cri"]\ndisable_apparmor = true\n'),
      withConfig('[plugins."io.containerd.grpc.v1.cri"]\nstream_server_address = "0.0.0.0"\n'),
      withConfig('[debug]\naddress = "tcp://0.0.0.0:9999"\n'),
    ],
    good: [
      withConfig(
        'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nstream_server_address = "127.0.0.1"\n',
      ),
      host({ "/usr/bin/containerd": CONTAINERD }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ containerd }) => {
        if (containerd === null) return "not-applicable";
        const said = new HostSaid();
        for (const { keys, offence, aspect } of SETTINGS) {
          const found = said.setting(containerd, keys, aspect);
          const state = found === null ? null : offence(found.value, containerd);
          if (found === null || state === null) continue;
          said.fault(found.at, `containerd: ${state}`, aspect === undefined ? {} : { aspect });
        }
        return oneDoubt(said);
      },
    },
  ],
};

/** A file that cannot be read is one thing that is not known, however many settings could be in it. */
function oneDoubt(said: HostSaid): HostSaid["all"] {
  const seen = new Set<string>();
  return said.all.filter((one) => {
    if (one.kind !== "doubt") return true;
    const isNew = !seen.has(one.why);
    seen.add(one.why);
    return isNew;
  });
}

interface Setting {
  readonly keys: readonly string[];
  readonly offence: (value: OptionValue, settings: Settings) => string | null;
  readonly aspect?: string;
}

/** The plugin for Kubernetes, as version 2 of the file names it, and version 3. */
const PLUGINS = ["io.containerd.grpc.v1.cri", "io.containerd.cri.v1.runtime"];
const STREAMS = ["io.containerd.grpc.v1.cri"];

const SETTINGS: readonly Setting[] = [
  {
    keys: ["grpc", "tcp_address"],
    aspect: "network",
    offence: (value, settings) => {
      const ca = settingOf(settings, "grpc", "tcp_tls_ca");
      const isSafe = value === "" || (ca.state === "known" && ca.value !== "");
      return isSafe ? null : `it listens at ${wordOf(value)} and asks no client for a certificate`;
    },
  },
  {
    keys: ["debug", "address"],
    aspect: "network",
    offence: (value) =>
      /^tcp:|^[\d.]*:\d+$/.test(wordOf(value)) ? `its debugger listens at ${wordOf(value)}` : null,
  },
  ...STREAMS.map(
    (plugin): Setting => ({
      keys: ["plugins", plugin, "stream_server_address"],
      aspect: "network",
      offence: (value, settings) => {
        const tls = settingOf(settings, "plugins", plugin, "enable_tls_streaming");
        const isSafe =
          /^(?:127\.|localhost|::1)/.test(wordOf(value)) ||
          (tls.state === "known" && tls.value === true);
        return isSafe
          ? null
          : `it streams what runs in containers at ${wordOf(value)}, without TLS`;
      },
    }),
  ),
  ...PLUGINS.flatMap((plugin): Setting[] => [
    {
      keys: ["plugins", plugin, "unset_seccomp_profile"],
      offence: (value) =>
        value === "unconfined"
          ? "containers without a profile have no filter of system calls"
          : null,
    },
    {
      keys: ["plugins", plugin, "disable_apparmor"],
      offence: (value) => (value === true ? "it uses AppArmor for no container" : null),
    },
    {
      keys: ["plugins", plugin, "enable_unprivileged_ports"],
      offence: (value) =>
        value === true ? "every user of a container may take ports below 1024" : null,
    },
  ]),
];
