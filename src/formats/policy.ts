// The policy file, `bulwark.yaml`: what is acceptable, rule by rule.
import type {
  About,
  AttachedSelector,
  Effect,
  FailMode,
  FindingKind,
  Policy,
  ProblemEffect,
  Registries,
  Rule,
  RuleHead,
  Stage,
} from "../model/policy.ts";
import type { ProblemCode } from "../model/problem.ts";
import type { Threshold } from "../model/severity.ts";
import { type ConfigMap, readConfig } from "./config-file.ts";

/** The words that a policy may use, told by those who know them. */
export interface PolicyWords {
  readonly stages: readonly Stage[];
  readonly effects: readonly Effect[];
  readonly failModes: readonly FailMode[];
  readonly abouts: readonly About[];
  readonly thresholds: readonly Threshold[];
  readonly findingKinds: readonly FindingKind[];
  readonly problemEffects: readonly ProblemEffect[];
  readonly problemCodes: readonly ProblemCode[];
}

const TOP_KEYS = [
  "policy",
  "owner",
  "ask",
  "trust",
  "packs",
  "without",
  "rules",
  "registries",
  "problems",
  "maxAge",
  "overrides",
  "lastKnownGood",
];
const HEAD_KEYS = ["id", "effect", "stages", "fix", "owner", "onUnknown"];
const FINDINGS_KEYS = [
  "kind",
  "atLeast",
  "fixable",
  "knownExploited",
  "priorityMin",
  "olderThanDays",
];
const ID = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const MAX_AGE_HOURS = 7 * 24;
const LAST_KNOWN_GOOD_HOURS = 24;

/**
 * Reads a policy file.
 *
 * @param path For messages.
 * @throws {AppError} `config-invalid` naming file, line and what is wrong.
 */
export function parsePolicy(bytes: Uint8Array, path: string, words: PolicyWords): Policy {
  const top = readConfig(bytes, { what: "policy", path, guide: "docs/guide/policy.md" });
  top.onlyKeys(TOP_KEYS);
  const owner = top.text("owner");
  const rules = top.maps("rules", "a rule").map((item) => ruleOf(item, owner, words));
  const ids = new Set<string>();
  for (const { id, line } of rules) {
    if (ids.has(id)) top.fail(`the rule ${JSON.stringify(id)} stands twice, again in line ${line}`);
    ids.add(id);
  }
  const packs = top.texts("packs");
  const registries = registriesOf(top.map("registries"), top);
  // Registries whose tags nobody moves are a setting of a rule, and none themselves.
  const isListed = registries !== null && (registries.allowed ?? registries.denied).length > 0;
  if (rules.length === 0 && packs.length === 0 && !isListed)
    top.fail("it has neither rules nor packs, and so would allow everything");
  return {
    name: top.text("policy") ?? top.fail('it has no name: a line "policy: NAME"'),
    ask: top.text("ask"),
    packs,
    without: top.texts("without"),
    rules,
    registries,
    problems: problemsOf(top.map("problems"), words),
    maxAgeHours: hoursOf(top, "maxAge") ?? MAX_AGE_HOURS,
    overrides: overridesOf(top.map("overrides"), path),
    lastKnownGoodHours: hoursOf(top, "lastKnownGood") ?? LAST_KNOWN_GOOD_HOURS,
    trust: top.text("trust"),
  };
}

function ruleOf(item: ConfigMap, owner: string | null, words: PolicyWords): Rule {
  const check = item.text("check");
  if (check !== null) {
    item.onlyKeys([...HEAD_KEYS.filter((key) => key !== "onUnknown"), "check"]);
    return { ...headOf(item, owner, words), kind: "check", check, version: null };
  }
  const attached = attachedOf(item);
  if (attached !== null)
    return { ...headOf(item, owner, words), kind: "attached", wants: attached };
  const isFindings = item.has("findings");
  item.onlyKeys([...HEAD_KEYS, ...(isFindings ? ["findings"] : ["about", "when", "message"])]);
  const head = headOf(item, owner, words);
  if (!isFindings) {
    return {
      ...head,
      kind: "written",
      about:
        item.choice("about", words.abouts) ??
        item.fail(
          `the rule has none of "check", "findings", "signed", "attested", "verdict" and "about" (${words.abouts.join(", ")})`,
        ),
      when: item.text("when") ?? item.fail('the rule has no "when"'),
      message: item.text("message") ?? item.fail('the rule has no "message"'),
    };
  }
  const selector = item.map("findings") ?? item.fail("findings is not a mapping");
  selector.onlyKeys(FINDINGS_KEYS);
  return {
    ...head,
    kind: "findings",
    findings: {
      kind: selector.choice("kind", words.findingKinds),
      atLeast: selector.choice("atLeast", words.thresholds),
      fixable: selector.flag("fixable"),
      knownExploited: selector.flag("knownExploited"),
      priorityMin: between(selector, "priorityMin", 0, 100),
      olderThanDays: between(selector, "olderThanDays", 0, 36_500),
    },
  };
}

/** What the keys `signed`, `attested` and `verdict` may hold. */
const ATTACHED_KEYS = {
  signed: ["by"],
  attested: ["type", "by", "where", "maxAge"],
  verdict: ["by", "policy", "where", "maxAge"],
} as const;
const ATTACHED = { signed: "signature", attested: "attestation", verdict: "verdict" } as const;

function attachedOf(item: ConfigMap): AttachedSelector | null {
  const key = (["signed", "attested", "verdict"] as const).find((name) => item.has(name));
  if (key === undefined) return null;
  item.onlyKeys([...HEAD_KEYS, key]);
  const wants = item.map(key) ?? item.fail(`${key} is not a mapping`);
  wants.onlyKeys(ATTACHED_KEYS[key]);
  const type = wants.text("type");
  if (key === "attested" && type === null) item.failAt(key, 'has no "type" of attestation');
  const by = wants.texts("by");
  return {
    what: ATTACHED[key],
    type,
    by: by.length === 0 ? null : by,
    where: wants.text("where"),
    maxAgeHours: hoursOf(wants, "maxAge"),
    policy: wants.text("policy"),
    stages: null,
  };
}

function headOf(item: ConfigMap, owner: string | null, words: PolicyWords): RuleHead {
  const id = item.text("id") ?? item.text("check") ?? item.fail("the rule has no id");
  if (!ID.test(id))
    item.failAt("id", `is ${JSON.stringify(id.slice(0, 60))}, not like no-old-base`);
  const stages = item.texts("stages").map((written) => {
    const stage = words.stages.find((known) => known === written);
    const shown = JSON.stringify(written.slice(0, 60));
    return stage ?? item.failAt("stages", `has ${shown}, not one of ${words.stages.join(", ")}`);
  });
  return {
    id,
    effect: item.choice("effect", words.effects) ?? "deny",
    stages: stages.length === 0 ? words.stages : stages,
    fix: item.text("fix"),
    owner: item.text("owner") ?? owner,
    failMode: item.choice("onUnknown", words.failModes) ?? "closed",
    line: item.line,
  };
}

function problemsOf(item: ConfigMap | null, words: PolicyWords): Policy["problems"] {
  if (item === null) return {};
  item.onlyKeys(words.problemCodes);
  const pairs = item.keys().map((code) => [code, item.choice(code, words.problemEffects)] as const);
  return Object.fromEntries(pairs.filter(([, effect]) => effect !== null));
}

const REGISTRY = /^(?:\*\.)?[a-z0-9][a-z0-9.-]*(?::\d{1,5})?(?:\/[a-z0-9][a-z0-9._-]*)*$/;

function registriesOf(item: ConfigMap | null, top: ConfigMap): Registries | null {
  if (item === null) return null;
  item.onlyKeys(["allowed", "denied", "immutable"]);
  const named = (key: string): readonly string[] =>
    item.texts(key).map((written) => {
      if (REGISTRY.test(written)) return written;
      const shown = JSON.stringify(written.slice(0, 60));
      return item.failAt(key, `has ${shown}, not like registry.example/team or *.registry.example`);
    });
  const [allowed, denied, immutable] = [named("allowed"), named("denied"), named("immutable")];
  if (allowed.length + denied.length + immutable.length === 0)
    top.failAt("registries", "names none: allowed, denied or immutable");
  if (item.has("allowed") && allowed.length === 0)
    item.failAt("allowed", "is empty, so that nothing could run");
  return { allowed: allowed.length === 0 ? null : allowed, denied, immutable };
}

/** Keys are named from where the policy lies. */
function overridesOf(item: ConfigMap | null, path: string): Policy["overrides"] {
  if (item === null) return { keys: [], daysMax: null };
  item.onlyKeys(["keys", "maxDays"]);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return {
    keys: item.texts("keys").map((key) => (key.startsWith("/") ? key : `${folder}${key}`)),
    daysMax: between(item, "maxDays", 1, 90),
  };
}

function between(item: ConfigMap, key: string, min: number, max: number): number | null {
  const value = item.number(key);
  if (value === null || (value >= min && value <= max)) return value;
  return item.failAt(key, `is ${value}, not between ${min} and ${max}`);
}

/** `36h`, `7d`. */
function hoursOf(item: ConfigMap, key: string): number | null {
  const written = item.text(key);
  if (written === null) return null;
  const [, number = "", unit] = /^(\d{1,5})(h|d)$/.exec(written) ?? [];
  const hours = Number(number) * (unit === "d" ? 24 : 1);
  return number !== "" && hours > 0
    ? hours
    : item.failAt(key, `is ${JSON.stringify(written.slice(0, 60))}, not like 36h or 7d`);
}
