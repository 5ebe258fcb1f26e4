// What may be asked of an option of one of Kubernetes' programs: about a dozen predicates, and rules of them as data.
import type { Fact } from "../../../kit/fact.ts";
import type { Component } from "../../../model/component.ts";
import type { Severity } from "../../../model/severity.ts";
import type {
  Aspect,
  CheckOf,
  CheckRun,
  RequirementOf,
  Statement,
} from "../../../stages/check/contract.ts";
import { controls } from "./said.ts";

/** One requirement of one component. */
export interface OptionRule {
  /** The aspect's name: what must be so, in a word or two. */
  readonly aspect: string;
  readonly severity: Severity;
  readonly cis: RequirementOf<"cis-kubernetes-1.12">;
  readonly attack?: RequirementOf<"attack">;
  readonly ask: Ask;
}

/** Looks at the options of a component. */
export type Ask = (options: Options) => void;

const SHOWN_MAX = 60;

/** The options of one component, asked for one rule. */
class Options {
  readonly statements: Statement[] = [];
  readonly component: Component;
  readonly #aspect: string;

  constructor(component: Component, aspect: string) {
    this.component = component;
    this.#aspect = aspect;
  }

  /** As it takes effect: set, or the default. Unknown is a doubt, and null, as where there is no default. */
  value(name: string): string | null {
    const fact = this.component.options.get(name);
    if (fact?.state === "unknown") this.#doubt(fact);
    if (fact?.state === "unknown") return null;
    if (fact?.state === "known") return fact.value;
    return this.component.defaults.get(name) ?? null;
  }

  isSet(name: string): boolean {
    return (this.component.options.get(name)?.state ?? "absent") !== "absent";
  }

  isUnknown(name: string): boolean {
    return this.component.options.get(name)?.state === "unknown";
  }

  /** @param state What is wrong, where somebody set it; the default says so of itself. */
  fault(name: string, state: string): void {
    const fact = this.component.options.get(name);
    const at = fact?.state === "known" ? fact.at : this.component.at;
    this.statements.push({ kind: "fault", at, container: null, state, aspect: this.#aspect });
  }

  doubt(why: string): void {
    this.#doubt({ at: this.component.at, why });
  }

  inapplicable(): void {
    this.statements.push({ kind: "inapplicable", aspect: this.#aspect });
  }

  /** `profiling is true`, `profiling is not set, which means true`, `profiling is not set`. */
  said(name: string): string {
    const fact = this.component.options.get(name);
    if (fact?.state === "known") return `${name} is ${shown(fact.value)}`;
    const byDefault = this.component.defaults.get(name);
    return `${name} is not set${byDefault === undefined ? "" : `, which means ${byDefault}`}`;
  }

  #doubt({ at, why }: Pick<Extract<Fact<string>, { state: "unknown" }>, "at" | "why">): void {
    this.statements.push({ kind: "doubt", at, container: null, why, aspect: this.#aspect });
  }
}

function shown(value: string): string {
  if (value === "") return "empty";
  return value.length > SHOWN_MAX ? `${value.slice(0, SHOWN_MAX)}…` : value;
}

/** Asks whether a value offends; nothing is said of an option that cannot be told. */
function judged(name: string, offends: (value: string | null) => boolean): Ask {
  return (options) => {
    const value = options.value(name);
    if (!options.isUnknown(name) && offends(value)) options.fault(name, options.said(name));
  };
}

/** The option has the value, by its default too. */
export function is(name: string, wanted: string): Ask {
  return judged(name, (value) => value?.toLowerCase() !== wanted.toLowerCase());
}

export function isNot(name: string, unwanted: string): Ask {
  return judged(name, (value) => value?.toLowerCase() === unwanted.toLowerCase());
}

/** Somebody set it, to more than nothing: a default is not enough. */
export function isGiven(...names: readonly string[]): Ask {
  return (options) => {
    for (const name of names) {
      if (options.isSet(name) && options.value(name) !== "") continue;
      options.fault(name, options.isSet(name) ? `${name} is empty` : `${name} is not set`);
    }
  };
}

export function isNotGiven(name: string): Ask {
  return (options) => {
    if (options.isSet(name) && options.value(name) !== null)
      options.fault(name, options.said(name));
  };
}

/**
 * As {@link isNotGiven}, of what only a flag can set: a configuration file has no word for it, and who answers for a whole kubelet
 * does not tell of it.
 */
export function isNoFlag(name: string): Ask {
  return (options) => {
    const { namespace, at, gaps } = options.component;
    if (namespace !== null) isNotGiven(name)(options);
    else if (at === "" && gaps.length === 0) options.inapplicable();
    else options.doubt(`only its command line tells of --${name}`);
  };
}

/** Files of a certificate that somebody issued: the kubelet also answers with the one that it makes for itself. */
export function isIssued(certificate: string, key: string): Ask {
  return (options) => {
    if (/\/pki\/kubelet\.crt$/.test(options.value(certificate) ?? ""))
      options.doubt(
        `${certificate} is where a kubelet keeps the certificate that it makes for itself`,
      );
    else isGiven(certificate, key)(options);
  };
}

/** @param fromFile An option that names a file in which it may be set instead. */
export function lists(name: string, item: string, fromFile?: string): Ask {
  return (options) => unlessInFile(options, fromFile, () => judged(name, lacks(item))(options));
}

export function listsNot(name: string, item: string, fromFile?: string): Ask {
  const has = (value: string | null): boolean => !lacks(item)(value);
  return (options) => unlessInFile(options, fromFile, () => judged(name, has)(options));
}

/** As {@link is}, of what a file may set instead. */
export function isUnlessFile(name: string, wanted: string, fromFile: string): Ask {
  return (options) => {
    if (options.isSet(name)) is(name, wanted)(options);
    else unlessInFile(options, fromFile, () => is(name, wanted)(options));
  };
}

function unlessInFile(options: Options, file: string | undefined, ask: () => void): void {
  if (file !== undefined && options.isSet(file)) options.doubt(`the file of ${file} says so`);
  else ask();
}

function lacks(item: string): (value: string | null) => boolean {
  return (value) => !itemsOf(value).includes(item.toLowerCase());
}

function itemsOf(value: string | null): string[] {
  return (value ?? "")
    .toLowerCase()
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

/** An admission plugin is on. What is both enabled and disabled is refused by the API server itself. */
export function admits(plugin: string, isOnByDefault = false): Ask {
  const [enabled, disabled] = ["enable-admission-plugins", "disable-admission-plugins"];
  return (options) => {
    const off = options.value(disabled);
    const on = options.value(enabled);
    if (!lacks(plugin)(off)) options.fault(disabled, `${plugin} is switched off`);
    else if (!isOnByDefault && !options.isUnknown(enabled) && lacks(plugin)(on))
      options.fault(enabled, `${plugin} is not switched on`);
  };
}

/** A number that is set, and not below another. */
export function isAtLeast(name: string, least: number): Ask {
  return judged(name, (value) => !(Number(value ?? Number.NaN) >= least));
}

/** A duration as Go writes it, above nothing and, where that is said, not above a limit. @param most Seconds. */
export function lasts(name: string, most: number = Infinity): Ask {
  return (options) => {
    const value = options.value(name);
    if (value === null) return;
    const seconds = secondsOf(value);
    if (seconds === null) options.doubt(`${name} is no duration`);
    else if (seconds <= 0 || seconds > most) options.fault(name, options.said(name));
  };
}

const UNITS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** @returns null for what is no duration. */
function secondsOf(text: string): number | null {
  if (/^-?0+$/.test(text)) return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|h|m|s))+$/.test(text)) return null;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)];
  return parts.reduce((sum, [, amount, unit = ""]) => sum + Number(amount) * (UNITS[unit] ?? 0), 0);
}

/** A feature gate that is on by default is not off. @param name Under which a gate stands, where gates are options. */
export function isGateKept(gate: string): Ask {
  return (options) => {
    const own = `featureGates.${gate}`;
    const isOff = itemsOf(options.value("feature-gates")).includes(`${gate.toLowerCase()}=false`);
    if (isOff) options.fault("feature-gates", `the feature gate ${gate} is off`);
    else if (options.value(own)?.toLowerCase() === "false") options.fault(own, `${own} is false`);
  };
}

/** It names only addresses of the machine itself. */
export function isLoopback(name: string): Ask {
  return judged(
    name,
    (value) => !/^(?:127\.[\d.]+|\[?::1\]?|localhost)(?::\d+)?$/.test(value ?? ""),
  );
}

/** Only ciphers that the CIS benchmark calls strong are left. */
export function hasStrongCiphers(name: string): Ask {
  return (options) => {
    const value = options.value(name);
    if (options.isUnknown(name)) return;
    const weak = itemsOf(value).filter((cipher) => !STRONG_CIPHERS.has(cipher));
    if (value === null || value === "") options.fault(name, `${name} is not set`);
    else if (weak.length > 0) options.fault(name, `${name} has ${shown(weak.join(", "))}`);
  };
}

// The list of 1.2.29. That of 4.2.12, for the kubelet, has six of them: it leaves out the suites of TLS 1.3, which Go does not let
// anybody choose, and the newer names of the two with ChaCha20. A kubelet that names them is as strong.
const STRONG_CIPHERS: ReadonlySet<string> = new Set(
  [
    "TLS_AES_128_GCM_SHA256",
    "TLS_AES_256_GCM_SHA384",
    "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
  ].map((name) => name.toLowerCase()),
);

/** At least one of the demands is met. */
export function either(...asks: readonly [Ask, Ask]): Ask {
  return (options) => {
    const before = options.statements.length;
    for (const ask of asks) {
      const from = options.statements.length;
      ask(options);
      if (options.statements.length > from) continue;
      options.statements.length = before;
      return;
    }
    // What the first says is enough.
    const first = options.statements[before];
    options.statements.length = before;
    if (first !== undefined) options.statements.push(first);
  };
}

/** Aspects of a check out of its rules. */
export function aspectsOf(rules: readonly OptionRule[]): Record<string, Aspect> {
  return Object.fromEntries(
    rules.map(({ aspect, severity, cis, attack }) => [
      aspect,
      {
        severity,
        controls: controls({
          "cis-kubernetes-1.12": [cis],
          ...(attack === undefined ? {} : { attack: [attack] }),
        }),
      },
    ]),
  );
}

/** A check that asks the rules of one component; of one that somebody else runs it asks nothing. */
export function asks(
  component: Component["component"],
  rules: readonly OptionRule[],
): CheckRun<Component> {
  return (subject) => {
    if (subject.component !== component || subject.provider !== null) return "not-applicable";
    // What is set cannot be told of any of it: the gap says so once.
    if (subject.gaps.length > 0 && subject.options.size === 0) return [];
    return rules.flatMap(({ aspect, ask }) => {
      const options = new Options(subject, aspect);
      ask(options);
      // Where a part is hidden, what is not seen may be set there.
      return subject.gaps.length === 0
        ? options.statements
        : options.statements.filter((one) => one.kind !== "fault" || one.at !== subject.at);
    });
  };
}

/** What all of these checks have in common. */
export function componentCheck(
  component: Component["component"],
  rules: readonly OptionRule[],
): Pick<CheckOf<Component>, "aspects" | "appliesTo" | "needs" | "state" | "versions"> {
  return {
    aspects: aspectsOf(rules),
    appliesTo: "component",
    needs: [],
    state: "stable",
    versions: [{ from: 0, run: asks(component, rules) }],
  };
}
