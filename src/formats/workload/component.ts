// Kubernetes' own programs out of what tells of them: their pods, their configuration files, and the kubelet's own word.
import { type Fact, known, type Unknown, unknown } from "../../kit/fact.ts";
import type { Component, ComponentName } from "../../model/component.ts";
import type { Container, Workload } from "../../model/workload.ts";
import { componentCommand, flagsOf } from "./component-flags.ts";
import { CONFIG_FILES, CONFIGURED, DEFAULTS, KUBELET_OF_FLAGS } from "./component-options.data.ts";

/** The components that pods run. A pod with the same program that nobody could mistake for the cluster's own is one as well. */
export function componentsOf(workloads: readonly Workload[]): Component[] {
  return workloads
    .filter(({ platform }) => platform === "kubernetes")
    .flatMap((workload) =>
      workload.containers
        .filter(({ kind }) => kind === "regular" || kind === "sidecar")
        .flatMap((container) => componentIn(workload, container)),
    );
}

function componentIn({ name, namespace, gaps }: Workload, container: Container): Component[] {
  const found = componentCommand(container.command, container.image);
  if (found === null) return [];
  const { component, words, hidden } = found;
  const flags = flagsOf(words);
  const options = new Map([...(component === "etcd" ? variablesOf(container) : []), ...flags]);
  const why: Unknown[] = hidden === null ? [] : [unknown(container.at, hidden)];
  for (const word of words) if (word.state === "unknown") why.push(word);
  for (const file of CONFIG_FILES[component] ?? [])
    if (options.has(file)) why.push(unknown(container.at, `a file sets its options: --${file}`));
  return [
    componentFrom(component, {
      name,
      namespace,
      at: container.at,
      options: isConfigured(component) ? asConfigured(options) : options,
      gaps: [...gaps, ...why],
      ...(component === "kubelet" && !options.has("config") ? { defaults: KUBELET_OF_FLAGS } : {}),
    }),
  ];
}

function isConfigured(component: ComponentName): boolean {
  return component === "kubelet" || component === "kube-proxy";
}

/** etcd takes each option from a variable too, where no flag sets it. @see https://etcd.io/docs/v3.5/op-guide/configuration/ */
function variablesOf({ environment }: Container): [string, Fact<string>][] {
  return environment.flatMap(({ name, value, at }): [string, Fact<string>][] => {
    if (!name.startsWith("ETCD_")) return [];
    const option = name.slice("ETCD_".length).toLowerCase().replaceAll("_", "-");
    const fact = value.state === "absent" ? unknown(at, `${name} comes from elsewhere`) : value;
    return [[option, fact]];
  });
}

/** Flags by what they set in the configuration. */
export function asConfigured(flags: ReadonlyMap<string, Fact<string>>): Map<string, Fact<string>> {
  const options = new Map<string, Fact<string>>();
  for (const [name, fact] of flags) {
    if (name === "feature-gates") for (const [gate, set] of gatesOf(fact)) options.set(gate, set);
    // Of a kubelet it is one word, and the last one counts.
    else if (name === "authorization-mode") options.set("authorization.mode", lastOf(fact));
    else options.set(CONFIGURED[name] ?? name, fact);
  }
  return options;
}

function lastOf(fact: Fact<string>): Fact<string> {
  return fact.state === "known" ? known(fact.value.split(",").at(-1) ?? "", fact.at) : fact;
}

function gatesOf(fact: Fact<string>): [string, Fact<string>][] {
  if (fact.state !== "known") return [];
  return fact.value.split(",").map((gate) => {
    const [name = "", value = "true"] = gate.trim().split("=", 2);
    return [`featureGates.${name}`, known(value, fact.at)];
  });
}

interface ComponentFacts {
  readonly name: string;
  readonly namespace?: string | null;
  readonly at: string;
  readonly options: ReadonlyMap<string, Fact<string>>;
  readonly gaps?: readonly Unknown[];
  readonly defaults?: Readonly<Record<string, string>>;
  readonly provider?: string | null;
}

/** A component of what is known of it. */
export function componentFrom(component: ComponentName, facts: ComponentFacts): Component {
  const { name, namespace = null, at, options, gaps = [], provider = null } = facts;
  const defaults = new Map(Object.entries(facts.defaults ?? DEFAULTS[component]));
  const kind = component;
  const platform = "kubernetes";
  const who = { form: "component", platform, kind, name, namespace, component } as const;
  return { ...who, at, options, defaults, gaps, provider };
}

/** A command line that somebody saw, and the configuration file that it names, where that was seen too. */
export interface ToldComponent {
  readonly name: string;
  readonly at: string;
  /** With the program first, or flags only. */
  readonly words: readonly Fact<string>[];
  /** The file's document; undefined where it was not seen. */
  readonly settings: unknown;
  /** Where the document stands. */
  readonly settingsAt: string;
}

/** A component by what was told of its process: what its file sets, and the flags that come after it. */
export function toldComponent(component: ComponentName, told: ToldComponent): Component {
  const { name, at, words, settings, settingsAt } = told;
  const flags = flagsOf(words);
  const set = isConfigured(component) ? asConfigured(flags) : flags;
  const files = (CONFIG_FILES[component] ?? []).filter((file) => flags.has(file));
  const isRead = files.length === 1 && isConfigured(component) && isObject(settings);
  const options = new Map([...(isRead ? settingsOf(settings, settingsAt) : []), ...set]);
  const gaps = isRead ? [] : files.map((file) => unknown(at, `a file sets its options: --${file}`));
  const isOfFlags = component === "kubelet" && files.length === 0;
  return componentFrom(component, {
    ...{ name, at, options, gaps },
    ...(isOfFlags ? { defaults: KUBELET_OF_FLAGS } : {}),
  });
}

const KINDS: Readonly<Record<string, ComponentName>> = {
  KubeletConfiguration: "kubelet",
  KubeProxyConfiguration: "kube-proxy",
};

/** Components out of their configuration: files, and what `/configz` of a kubelet answers. */
export function readComponentSettings(document: unknown): Component[] {
  if (!isObject(document)) return [];
  const { kubeletconfig: answered } = document;
  if (isObject(answered)) return [kubeletOf(answered, "/kubeletconfig")];
  const { kind } = document;
  const component = typeof kind === "string" && Object.hasOwn(KINDS, kind) ? KINDS[kind] : null;
  if (component === "kubelet") return [kubeletOf(document, "")];
  if (component !== "kube-proxy") return [];
  const options = settingsOf(document, "");
  return [componentFrom("kube-proxy", { name: "kube-proxy", at: "", options })];
}

function kubeletOf(settings: Readonly<Record<string, unknown>>, at: string): Component {
  return componentFrom("kubelet", { name: "kubelet", at, options: settingsOf(settings, at) });
}

const DEPTH_MAX = 6;

/** Settings by their paths; lists are joined. What is null is not set. */
function settingsOf(
  settings: Readonly<Record<string, unknown>>,
  at: string,
): Map<string, Fact<string>> {
  const options = new Map<string, Fact<string>>();
  const walk = (value: unknown, path: readonly string[], pointer: string): void => {
    if (value === null || value === undefined) return;
    if (!isObject(value)) {
      const text = textOf(value);
      // An empty text is how the default is written.
      if (text !== "") options.set(path.join("."), settingAt(text, path, pointer));
      return;
    }
    if (path.length >= DEPTH_MAX) return;
    for (const [key, inner] of Object.entries(value))
      walk(inner, [...path, key], `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  };
  walk(settings, [], at);
  return options;
}

/** null for what is neither a scalar nor a list of such. */
function textOf(value: unknown): string | null {
  const all: unknown[] = Array.isArray(value) ? value : [value];
  const isPlain = all.every((one) => ["string", "number", "boolean"].includes(typeof one));
  return isPlain ? all.map(String).join(",") : null;
}

function settingAt(text: string | null, path: readonly string[], at: string): Fact<string> {
  return text === null ? unknown(at, `${path.join(".")} is no plain value`) : known(text, at);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
