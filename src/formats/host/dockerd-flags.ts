// Command lines of dockerd, in the names of daemon.json. Source: `dockerd --help` of 20.10 to 28, and Docker's reference of dockerd.
import { type Fact, known } from "../../kit/fact.ts";
import type { OptionValue } from "../../model/host.ts";
import type { Pointer } from "../../model/workload.ts";

const SHORT: ReadonlyMap<string, string> = new Map([
  ["b", "bridge"],
  ["D", "debug"],
  ["G", "group"],
  ["H", "host"],
  ["l", "log-level"],
  ["p", "pidfile"],
  ["s", "storage-driver"],
  ["v", "version"],
  ["h", "help"],
]);

/** Flags that take no word after them. */
const SWITCHES: ReadonlySet<string> = new Set(
  "cri-containerd debug experimental icc init ip-forward ip-masq ip6tables iptables ipv6 live-restore no-new-privileges raw-logs rootless selinux-enabled tls tlsverify userland-proxy validate version help allow-direct-routing".split(
    " ",
  ),
);

/** Flags that may be repeated, and what they are called in daemon.json. */
const LISTS: ReadonlyMap<string, string> = new Map([
  ["host", "hosts"],
  ["insecure-registry", "insecure-registries"],
  ["registry-mirror", "registry-mirrors"],
  ["authorization-plugin", "authorization-plugins"],
  ["exec-opt", "exec-opts"],
  ["storage-opt", "storage-opts"],
  ["label", "labels"],
  ["dns", "dns"],
]);

/** The same whose words are `name=value`. */
const MAPS: ReadonlyMap<string, string> = new Map([
  ["log-opt", "log-opts"],
  ["default-ulimit", "default-ulimits"],
  ["add-runtime", "runtimes"],
  ["default-network-opt", "default-network-opts"],
]);

/** @param at The pointer to the list of words. */
export function dockerdFlags(args: readonly string[], at: Pointer): Map<string, Fact<OptionValue>> {
  const options = new Map<string, Fact<OptionValue>>();
  for (let index = 1; index < args.length; index += 1) {
    const flag = flagOf(args[index] ?? "");
    if (flag === null) continue;
    const place = `${at}/${index}`;
    const isSwitch = SWITCHES.has(flag.name);
    if (flag.value === null && !isSwitch) index += 1;
    const word = flag.value ?? (isSwitch ? "true" : (args[index] ?? ""));
    const [name, value] = taken(flag.name, word, options);
    options.set(name, known(value, place));
  }
  return options;
}

/** The name of an option in daemon.json, and its value after one more word of it. */
function taken(
  flag: string,
  word: string,
  options: ReadonlyMap<string, Fact<OptionValue>>,
): readonly [name: string, value: OptionValue] {
  if (SWITCHES.has(flag)) return [flag, isTrue(word)];
  const list = LISTS.get(flag);
  const map = MAPS.get(flag);
  const before = options.get(list ?? map ?? flag);
  const said = before?.state === "known" ? before.value : null;
  if (list !== undefined) return [list, [...(Array.isArray(said) ? said : []), word]];
  if (map === undefined) return [flag, word];
  const [key = "", ...rest] = word.split("=");
  return [map, { ...(said as object | null), [key]: rest.join("=") }];
}

/** As Go reads booleans. */
function isTrue(word: string): boolean {
  return ["1", "t", "T", "true", "TRUE", "True"].includes(word);
}

function flagOf(word: string): { readonly name: string; readonly value: string | null } | null {
  const [, long, longValue] = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(word) ?? [];
  if (long !== undefined) return { name: long, value: longValue ?? null };
  const [, short = "", rest = ""] = /^-([A-Za-z])(.*)$/s.exec(word) ?? [];
  const name = SHORT.get(short);
  if (name === undefined) return null;
  return { name, value: rest === "" ? null : rest.replace(/^=/, "") };
}
