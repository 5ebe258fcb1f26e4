import { wordOf } from "../../../formats/host/option-texts.ts";
import type { OptionValue, Settings } from "../../../model/host.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { file, host } from "../shared/host-examples.ts";
import { HostSaid } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

const PODMAN = { kind: "file", uid: 0, gid: 0, mode: 0o755 } as const;
const withConfig = (text: string): ReturnType<typeof host> =>
  host({ "/usr/bin/podman": PODMAN, "/etc/containers/containers.conf": file(text) });

export const podmanDefaultsKept: Check = {
  id: "podman-defaults-kept",
  title: "Podman confines containers by default",
  severity: "high",
  why: "what containers.conf takes away is missing for every container, and no command line shows it",
  fix: "take the setting out of containers.conf, and give it to the one container that needs it",
  controls: controls({ attack: ["T1611"] }),
  aspects: { limits: { severity: "low", controls: controls({ attack: ["T1499"] }) } },
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      withConfig('[containers]\nseccomp_profile = "unconfined"\n'),
      withConfig('[containers]\ndefault_capabilities = ["CHOWN", "SYS_ADMIN"]\n'),
      withConfig("[containers]\npids_limit = 0\n"),
      withConfig('[containers]\nnetns = "host"\n'),
      withConfig("[containers]\nprivileged = true\n"),
      host({
        "/usr/bin/podman": PODMAN,
        "/etc/passwd": file("anna:x:1000:1000::/srv/anna:/bin/sh\n"),
        "/srv/anna/.config/containers/containers.conf": file('[containers]\npidns = "host"\n'),
      }),
    ],
    good: [
      withConfig(
        '[containers]\npids_limit = 2048\ndefault_capabilities = ["CHOWN"]\nlabel = true\n',
      ),
      host({ "/usr/bin/podman": PODMAN }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ podman }) => {
        if (podman === null) return "not-applicable";
        const said = new HostSaid();
        sayOf(podman.containers, "Podman", said);
        for (const { name, containers } of podman.people)
          sayOf(containers, `Podman of ${name}`, said);
        return said.all;
      },
    },
  ],
};

function sayOf({ values, rest }: Settings, whose: string, said: HostSaid): void {
  if (rest !== null) said.doubt(rest);
  for (const [name, offence, aspect] of SETTINGS) {
    const fact = values.get(`containers\n${name}`);
    const state = fact?.state === "known" ? offence(fact.value) : null;
    if (fact?.state !== "known" || state === null) continue;
    said.fault(fact.at, `${whose}: ${state}`, aspect === undefined ? {} : { aspect });
  }
}

type Setting = readonly [
  name: string,
  offence: (value: OptionValue) => string | null,
  aspect?: string,
];

const shared = (name: string, what: string): Setting => [
  name,
  (value) => (value === "host" ? `containers share ${what} with the host by default` : null),
];

const SETTINGS: readonly Setting[] = [
  ["privileged", (value) => (value === true ? "every container is privileged" : null)],
  [
    "seccomp_profile",
    (value) => (value === "unconfined" ? "containers have no filter of system calls" : null),
  ],
  [
    "apparmor_profile",
    (value) => (value === "unconfined" ? "AppArmor confines no container" : null),
  ],
  ["label", (value) => (value === false ? "SELinux confines no container (label is false)" : null)],
  shared("netns", "the network"),
  shared("pidns", "the processes"),
  shared("ipcns", "shared memory"),
  shared("utsns", "the name"),
  [
    "default_capabilities",
    (value) => {
      const listed = Array.isArray(value)
        ? value.map((one) => wordOf(one).replace(/^CAP_/, ""))
        : [];
      const strong = listed.filter((one) => STRONG.has(one));
      return strong.length === 0 ? null : `containers have ${strong.join(", ")} by default`;
    },
  ],
  [
    "pids_limit",
    (value) =>
      typeof value === "number" && value <= 0 ? "containers may start processes without end" : null,
    "limits",
  ],
];

/** Capabilities that lead out of a container, each by itself. */
const STRONG: ReadonlySet<string> = new Set(
  "ALL SYS_ADMIN SYS_MODULE SYS_PTRACE SYS_RAWIO SYS_BOOT DAC_READ_SEARCH BPF PERFMON NET_ADMIN SYSLOG".split(
    " ",
  ),
);
