// From a policy's name or file to questions that can be asked.
import { type ReadableFile, readNamed, readOptional } from "../io/named-file.ts";
import { sha256Of } from "../io/sha256.ts";
import { AppError } from "../kit/error.ts";
import { count, list } from "../kit/phrase.ts";
import type { PolicySummary } from "../model/gate.ts";
import {
  ABOUTS,
  type CheckRule,
  EFFECTS,
  FAIL_MODES,
  FINDING_KINDS,
  type Policy,
  PROBLEM_EFFECTS,
  type Rule,
  STAGES,
  type Stage,
} from "../model/policy.ts";
import { PROBLEM_CODES, type ProblemCode } from "../model/problem.ts";
import { THRESHOLDS } from "../model/severity.ts";
import { checks } from "../plugins/checks/index.ts";
import { packs } from "../plugins/packs/index.ts";
import type { CheckSettings } from "../stages/check/contract.ts";
import { packs as checkPacks } from "../stages/check/packs.data.ts";
import { checkRulesOf, isCheckPack, MINOR_VERSION_MAX } from "../stages/check/packs.ts";
import { type ReadyCheck, readied } from "../stages/check/run.ts";
import { attachedClause } from "../stages/decide/attached-clause.ts";
import type { Clause } from "../stages/decide/clause.ts";
import type { Question } from "../stages/decide/decide.ts";
import { verdictRule } from "../stages/decide/verdict-rule.ts";
import { PINNED } from "../stages/pin/unpinned.ts";
import { compiledRules, type Refuse } from "./compile-rules.ts";

/** The file that is read when none is named. */
export const POLICY_FILE = "bulwark.yaml";
/** What is asked where there is neither. */
const DEFAULT_PACK = "startup";

/** A policy that was read, checked and compiled. */
export interface LoadedPolicy {
  readonly summary: PolicySummary;
  /** All rules that count, those of packs first. */
  readonly rules: readonly Rule[];
  readonly policy: Policy;
  /** Whether it asks about signatures, attestations or verdicts at a stage. */
  asksAttached(stage: Stage): boolean;
  /** What it asks of an artifact at a stage. */
  questionAt(stage: Stage): Question;
  /** Whether a rule at a stage names secrets. */
  asksSecrets(stage: Stage): boolean;
  /** What it asks of an image that is about to run, without looking inside; null when it asks nothing of images there. */
  imagesAt(stage: Stage): Question | null;
  /** The checks that it asks of workloads at a stage, and what their answers mean. */
  checksAt(stage: Stage): {
    readonly checks: readonly ReadyCheck[];
    /** Whether it demands of files that what they name is pinned. */
    readonly demandsPins: boolean;
    readonly question: Question;
  };
}

/**
 * Loads a policy: a file, or a built-in pack by its name.
 *
 * @param named null for `bulwark.yaml`, and where there is none for the pack `startup`.
 * @throws {AppError} `usage` for a word that is no pack, `not-found`, `config-invalid` naming file, line and what is wrong.
 */
export async function loadPolicy(named: string | null): Promise<LoadedPolicy> {
  if (named !== null && isPack(named)) return loaded(ofPack(named), null);
  const file = named === null ? await readOptional(POLICY_FILE) : await policyFile(named);
  if (file === null) return loaded(ofPack(DEFAULT_PACK), null);
  const { parsePolicy } = await import("../formats/policy.ts");
  return loaded(parsePolicy(file.bytes, file.path, WORDS), file.path);
}

/** A word that is no path was meant as the name of a pack. */
async function policyFile(named: string): Promise<ReadableFile> {
  try {
    return await readNamed("policy", named);
  } catch (error) {
    const isName = error instanceof AppError && error.code === "not-found" && !/[./]/.test(named);
    if (!isName) throw error;
    const message = `cannot find policy ${JSON.stringify(named)}: it is no file, and no built-in pack`;
    throw new AppError("usage", message, { hint: `there are ${packNames()}`, subject: named });
  }
}

function packNames(): string {
  return list([...packs, ...checkPacks].map(({ id }) => id).sort());
}

/** Whether a name is that of a built-in pack. */
export function isPack(name: string): boolean {
  return packs.some(({ id }) => id === name) || isCheckPack(name);
}

const WORDS = {
  stages: STAGES,
  effects: EFFECTS,
  failModes: FAIL_MODES,
  abouts: ABOUTS,
  thresholds: THRESHOLDS,
  findingKinds: FINDING_KINDS,
  problemEffects: PROBLEM_EFFECTS,
  problemCodes: Object.keys(PROBLEM_CODES) as ProblemCode[],
};

function ofPack(name: string): Policy {
  return {
    name,
    ask: null,
    packs: [name],
    without: [],
    rules: [],
    registries: null,
    problems: {},
    maxAgeHours: 7 * 24,
    overrides: { keys: [], daysMax: null },
    lastKnownGoodHours: 24,
    trust: null,
  };
}

async function loaded(policy: Policy, path: string | null): Promise<LoadedPolicy> {
  const refuse: Refuse = (rule, state) => {
    const line = rule.line === 0 ? "" : `line ${rule.line}: `;
    throw invalid(path, `${line}rule ${rule.id}: ${state}`);
  };
  const rules = rulesOf(policy, path);
  const clauses = await compiledRules(rules, refuse);
  const settings: CheckSettings = { registries: policy.registries };
  for (const rule of rules) readyChecks(rule, settings, refuse);
  const attached = new Set(rules.flatMap(({ kind, id }) => (kind === "attached" ? [id] : [])));
  const { name, ask, problems, maxAgeHours } = policy;
  const asked = rules.map(({ line: _, owner: __, ...rule }) => rule);
  const at = (stage: Stage): Clause[] => clauses.filter(({ head }) => head.stages.includes(stage));
  return {
    policy,
    rules,
    asksSecrets: (stage) =>
      rules.some(
        (rule) =>
          rule.kind === "findings" &&
          rule.findings.kind === "secret" &&
          rule.stages.includes(stage),
      ),
    asksAttached: (stage) => at(stage).some(({ head }) => attached.has(head.id)),
    summary: {
      name,
      digest: sha256Of(
        JSON.stringify({ name, problems, maxAgeHours, rules: asked, ...saidOf(settings) }),
      ),
      path,
      rules: rules.length,
      ask,
    },
    questionAt: (stage) => {
      const asking = at(stage);
      const asks = count(asking.length, "rule");
      return {
        clauses: asking,
        problems,
        content: `nothing objects to it, of ${asks} of policy ${name}`,
      };
    },
    imagesAt: (stage) => {
      const outside = at(stage).filter(({ head }) => attached.has(head.id));
      const standIn = verdictRule(policy, rules, stage);
      const asking = standIn === null ? outside : [...outside, attachedClause(standIn, NO_CONTEXT)];
      return asking.length === 0
        ? null
        : { clauses: asking, problems: {}, content: `nothing objects to it, by policy ${name}` };
    },
    checksAt: (stage) => {
      const asking = rules.filter((rule) => rule.kind === "check" && rule.stages.includes(stage));
      const ids = new Set(asking.map(({ id }) => id));
      return {
        checks: distinct(asking.flatMap((rule) => readyChecks(rule, settings, refuse))),
        demandsPins: asking.some(isDemandForPins),
        question: {
          clauses: at(stage).filter(({ head }) => ids.has(head.id)),
          problems,
          content: `nothing found against ${name}`,
        },
      };
    },
  };
}

const NO_CONTEXT = { types: [], where: null };

/** The rules of packs that are not left out, unless the policy has its own under the same id; then its own. */
function rulesOf(policy: Policy, path: string | null): Rule[] {
  const own = new Set(policy.rules.map(({ id }) => id));
  const without = new Set(policy.without);
  const named = policy.packs.flatMap((name): readonly Rule[] => {
    if (isCheckPack(name)) return checkRulesOf(name);
    const pack = packs.find(({ id }) => id === name);
    if (pack === undefined) {
      throw invalid(path, `there is no pack ${JSON.stringify(name)}; there are ${packNames()}`);
    }
    return pack.rules;
  });
  for (const id of without)
    if (!named.some((rule) => rule.id === id))
      throw invalid(path, `without names ${JSON.stringify(id)}, which is no rule of its packs`);
  const kept = named.filter(({ id }) => !own.has(id) && !without.has(id));
  const rules = [...new Map(kept.map((rule) => [rule.id, rule])).values(), ...policy.rules];
  return [...rules, ...rulesOfRegistries(policy, rules)];
}

/** The check that goes by the registries of a policy, and says nothing without them. */
const OF_REGISTRIES = "image-from-allowed-registry";

/** Whoever says where images may come from means it: the rule need not be written. */
function rulesOfRegistries(
  { registries, without }: Policy,
  rules: readonly Rule[],
): readonly CheckRule[] {
  const isSaid = registries !== null && (registries.allowed ?? registries.denied).length > 0;
  const isThere = rules.some((rule) => rule.kind === "check" && rule.check === OF_REGISTRIES);
  if (!isSaid || isThere || without.includes(OF_REGISTRIES)) return [];
  return [
    {
      ...{ kind: "check", id: OF_REGISTRIES, check: OF_REGISTRIES, version: null },
      ...{ effect: "deny", stages: STAGES, fix: null, owner: null, failMode: "closed", line: 0 },
    },
  ];
}

/** A policy that says nothing keeps the digest that it had. */
function saidOf({ registries }: CheckSettings): Partial<CheckSettings> {
  return registries === null ? {} : { registries };
}

/** Pins are asked of files, and not of workloads. */
function isDemandForPins(rule: Rule): boolean {
  return rule.kind === "check" && rule.check === PINNED;
}

function readyChecks(rule: Rule, settings: CheckSettings, refuse: Refuse): ReadyCheck[] {
  if (rule.kind !== "check" || isDemandForPins(rule)) return [];
  const { registries } = settings;
  if (
    rule.check === OF_REGISTRIES &&
    (registries?.allowed ?? registries?.denied ?? []).length === 0
  )
    return refuse(
      rule,
      "it asks for registries, and the policy has none: registries: { allowed: […] }",
    );
  return [readyCheck(rule, settings, refuse)];
}

/** Several rules may ask one check; it answers once. */
function distinct(ready: readonly ReadyCheck[]): ReadyCheck[] {
  return ready.filter(
    ({ check, run }, i) =>
      ready.findIndex((other) => other.check === check && other.run === run) === i,
  );
}

function readyCheck(
  { check: id, version, ...rule }: CheckRule,
  settings: CheckSettings,
  refuse: Refuse,
): ReadyCheck {
  const check = checks.find((one) => one.id === id);
  if (check === undefined) {
    const shown = JSON.stringify(id.slice(0, 60));
    return refuse(
      { ...rule, check: id, version },
      `there is no check ${shown}; see docs/reference/checks.md`,
    );
  }
  return readied(check, version ?? MINOR_VERSION_MAX, settings);
}

function invalid(path: string | null, state: string): AppError {
  const what = path === null ? "built-in policy" : `policy ${JSON.stringify(path)}`;
  return new AppError("config-invalid", `cannot use ${what}: ${state}`, {
    hint: "the form is described in docs/guide/policy.md",
    ...(path === null ? {} : { subject: path }),
  });
}
