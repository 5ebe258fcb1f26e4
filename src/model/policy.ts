import type { ProblemCode } from "./problem.ts";
import type { Threshold } from "./severity.ts";

/** When a policy is asked: before an image is published, before it starts, while it runs. */
export const STAGES = ["build", "deploy", "run"] as const;
export type Stage = (typeof STAGES)[number];

/** `deny` decides; `warn` is said to who asks; `audit` is only written down. */
export const EFFECTS = ["deny", "warn", "audit"] as const;
export type Effect = (typeof EFFECTS)[number];

/**
 * What it means at admission that a rule cannot be answered. `closed`: what asks does not start. `open`: it starts, and that is
 * said. `last-known-good`: it starts if the same image was allowed not long ago. Elsewhere what is unknown is undecided.
 */
export const FAIL_MODES = ["closed", "open", "last-known-good"] as const;
export type FailMode = (typeof FAIL_MODES)[number];

/** What a written condition is asked about: each of the image's findings or packages in turn, or the image as a whole. */
export const ABOUTS = ["finding", "package", "image"] as const;
export type About = (typeof ABOUTS)[number];

/** What all rules have in common. */
export interface RuleHead {
  /** Stable; reports, exceptions and evidence name it. */
  readonly id: string;
  readonly effect: Effect;
  readonly stages: readonly Stage[];
  /** What to do about it; null where the finding itself says. */
  readonly fix: string | null;
  /** Who answers for the rule. */
  readonly owner: string | null;
  readonly failMode: FailMode;
  /** 1-based line in the policy's file; 0 in a built-in pack. */
  readonly line: number;
}

/** What a rule about findings can be narrowed to. Those of checks have rules of their own. */
export const FINDING_KINDS = ["vulnerability", "code", "secret"] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** Which findings a rule objects to: all that is given must hold. */
export interface FindingSelector {
  /** null for any. A rule that names secrets has them searched for. */
  readonly kind: FindingKind | null;
  /** At least so bad. */
  readonly atLeast: Threshold | null;
  /** Whether an upgrade closes it; null for both. */
  readonly fixable: boolean | null;
  /** Whether attackers are known to use it; null for both. */
  readonly knownExploited: boolean | null;
  /** Urgency from 0 to 100; null for any. */
  readonly priorityMin: number | null;
  /** Days since it was published; what has no date counts as old. */
  readonly olderThanDays: number | null;
}

/** Selects every finding. */
export const ANY_FINDING: FindingSelector = {
  kind: null,
  atLeast: null,
  fixable: null,
  knownExploited: null,
  priorityMin: null,
  olderThanDays: null,
};

/** A rule that counts findings: the short form, and what `--fail-on` stands for. */
export interface FindingsRule extends RuleHead {
  readonly kind: "findings";
  readonly findings: FindingSelector;
}

/** A rule in the words of its author. */
export interface WrittenRule extends RuleHead {
  readonly kind: "written";
  readonly about: About;
  /** CEL; true where the rule is violated. */
  readonly when: string;
  /** What is said then; `{expression}` is replaced by its value. */
  readonly message: string;
}

/** A rule that a check of ours answers, about workloads. */
export interface CheckRule extends RuleHead {
  readonly kind: "check";
  /** Id of the check. */
  readonly check: string;
  /** Minor version of Kubernetes whose form of the check counts; null for the latest. */
  readonly version: number | null;
}

/** A rule about what is attached to an image: somebody who is believed has signed it, or stated something about it. */
export interface AttachedRule extends RuleHead {
  readonly kind: "attached";
  readonly wants: AttachedSelector;
}

/** What must be attached: all that is given must hold of one and the same statement. */
export interface AttachedSelector {
  /** `verdict` is an attestation of this program's, or of others who write SLSA's verification summaries. */
  readonly what: "signature" | "attestation" | "verdict";
  /** A short name (`slsaprovenance1`) or address of a type of predicate; null for those of signatures and verdicts. */
  readonly type: string | null;
  /** Names in the trust file; null for anybody in it. */
  readonly by: readonly string[] | null;
  /** CEL over `predicate`; true of what counts. */
  readonly where: string | null;
  /** Hours since it was proved to be signed; of a verdict, since it was reached. null for any. */
  readonly maxAgeHours: number | null;
  /** The policy that a verdict must be by; null for any. */
  readonly policy: string | null;
  /** The stages one of which a verdict must be of; null for any. */
  readonly stages: readonly Stage[] | null;
}

export type Rule = FindingsRule | WrittenRule | CheckRule | AttachedRule;

/**
 * Where images may come from. An entry is a host, perhaps with the beginning of a path in whole parts (`registry.example/team`);
 * `*.` before the host stands for every host below it, and a name without a host is one of Docker Hub.
 */
export interface Registries {
  /** From nowhere else; null for from anywhere. */
  readonly allowed: readonly string[] | null;
  /** From there never, whatever is allowed. */
  readonly denied: readonly string[];
  /** Those whose tags nobody can move: what is named there by a tag is named well. */
  readonly immutable: readonly string[];
}

/** What is acceptable: a document with an owner. */
export interface Policy {
  readonly name: string;
  /** How to ask for an exception: a sentence, or an address. */
  readonly ask: string | null;
  /** Built-in packs, as they were named. */
  readonly packs: readonly string[];
  /** Ids of rules of packs that do not count here. */
  readonly without: readonly string[];
  readonly rules: readonly Rule[];
  /** Where images may come from; null where the policy does not say. */
  readonly registries: Registries | null;
  /** What a problem of a kind means here; what is not named is as `PROBLEM_CODES` says. */
  readonly problems: Readonly<Partial<Record<ProblemCode, ProblemEffect>>>;
  /** How long the verdict about an image is good for, in hours. */
  readonly maxAgeHours: number;
  /** Whose overrides count. */
  readonly overrides: {
    /** Files of public keys. */
    readonly keys: readonly string[];
    /** How many days one may last; null for what is usual. */
    readonly daysMax: number | null;
  };
  /** How long an image that was allowed may go on starting while it cannot be asked again, in hours. */
  readonly lastKnownGoodHours: number;
  /** The trust file, as it is named: relative to the policy; null for `bulwark.trust.yaml`, where there is one. */
  readonly trust: string | null;
}

/** `undecided` is the rule for what hides something; `allow` is for teams that looked and know. */
export const PROBLEM_EFFECTS = ["deny", "undecided", "warn", "allow"] as const;
export type ProblemEffect = (typeof PROBLEM_EFFECTS)[number];
