// What is handed to `podman run` past the keys of a unit: PodmanArgs= may say anything that a key may.
// Source: podman-run(1), podman-pod-create(1).

/** Short forms, and names of one option. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ["-v", "volume"],
  ["-p", "publish"],
  ["-e", "env"],
  ["-u", "user"],
  ["-m", "memory"],
  ["--net", "network"],
]);
/** Those that take no value of their own. */
const SWITCHES: ReadonlySet<string> = new Set([
  ...["privileged", "read-only", "init", "rm", "detach", "interactive", "tty", "replace"],
  ...["env-host", "http-proxy", "no-healthcheck", "no-hosts", "oom-kill-disable", "publish-all"],
  ...["quiet", "read-only-tmpfs", "rootfs", "sig-proxy", "tls-verify", "unsetenv-all"],
]);

export interface PodmanOption {
  /** Without dashes, as its long form is called. */
  readonly name: string;
  /** `true` where it is a switch that is only named. */
  readonly value: string;
}

/** Options out of words. What is none of them is left out: it would be a program's argument. */
export function podmanOptions(words: readonly string[]): PodmanOption[] {
  const options: PodmanOption[] = [];
  for (let i = 0; i < words.length; i += 1) {
    const [, written, rest = ""] = /^(--[A-Za-z][\w-]*|-[A-Za-z])(.*)$/s.exec(words[i] ?? "") ?? [];
    if (written === undefined) continue;
    const name = NAMES.get(written) ?? written.replace(/^-+/, "");
    const next = words[i + 1];
    if (rest !== "") options.push({ name, value: rest.replace(/^=/, "") });
    else if (SWITCHES.has(name) || next === undefined || next.startsWith("-"))
      options.push({ name, value: "true" });
    else {
      options.push({ name, value: next });
      i += 1;
    }
  }
  return options;
}
