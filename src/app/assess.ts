// From what an artifact holds to what is wrong with it: advisories, priority, what was decided not to count, the verdict.
import { version } from "../kit/build.ts";
import { age } from "../kit/phrase.ts";
import type { AdvisoryData } from "../model/advisory.ts";
import { artifactName, needsData } from "../model/answer.ts";
import type { ArtifactSummary } from "../model/artifact.ts";
import type { EndOfLife } from "../model/distribution.ts";
import type { InUseRecord } from "../model/in-use.ts";
import type { AppliedOverride } from "../model/override.ts";
import type { Problem } from "../model/problem.ts";
import { SCAN_SCHEMA, type ScanResult } from "../model/scan.ts";
import type { Suppression, VexStatement } from "../model/suppression.ts";
import type { ExemptedAnswer, RuleAnswer } from "../model/verdict.ts";
import { endOfLifeOf } from "../stages/catalog/end-of-life.ts";
import type { Baseline } from "../stages/decide/baseline.ts";
import type { ImageFacts } from "../stages/decide/clause.ts";
import { decide, type Question } from "../stages/decide/decide.ts";
import { overridden } from "../stages/decide/override.ts";
import { suppress } from "../stages/decide/suppress.ts";
import type { AdvisorySource } from "../stages/match/contract.ts";
import { unreadSystem } from "../stages/match/unread-system.ts";
import type { AttachedReader } from "./attached-facts.ts";
import type { Examined } from "./examined.ts";

/** What a result is measured by. */
export interface Assessment {
  readonly source: AdvisorySource;
  readonly data: AdvisoryData;
  /** null when nobody asks for a verdict. */
  readonly question: Question | null;
  readonly onlyFixable: boolean;
  readonly exceptions: readonly Suppression[];
  readonly vex: readonly VexStatement[];
  /** What an earlier scan had found; null without a baseline. */
  readonly baseline: Baseline | null;
  /** The override that holds for an artifact, if one does. */
  readonly overrideFor: OverrideFor;
  /** Tells what is attached to it; null when nobody asks. */
  readonly attached: AttachedReader | null;
  /** What containers were seen to run; absent when nobody looked. */
  readonly inUse?: readonly InUseRecord[];
  /** RFC 3339, UTC. */
  readonly now: string;
}

export type OverrideFor = (artifact: ArtifactSummary) => AppliedOverride | null;

/** The result of a scan, what the rules say of it, and which exceptions it made use of. */
export interface Assessed {
  readonly result: ScanResult;
  readonly users: Examined["users"];
  readonly answers: readonly RuleAnswer[];
  /** What rules had to say and was decided not to count. */
  readonly exempted: readonly ExemptedAnswer[];
  /** What let it through; null when nothing had to. */
  readonly override: AppliedOverride | null;
  readonly used: ReadonlySet<Suppression>;
}

/** Older data is still used, and said to be old. */
const DATA_AGE_HOURS_MAX = 48;

/** Weighs what was examined. */
export async function assess(examined: Examined, by: Assessment): Promise<Assessed> {
  const { artifact, inventory } = examined;
  const matched = await matchedBy(examined, by);
  const sorted = [...matched.findings, ...examined.code].sort(
    (a, b) => b.priority.score - a.priority.score || (a.id < b.id ? -1 : 1),
  );
  const today = by.now.slice(0, 10);
  const { users } = examined;
  const aside = suppress({ ...by, artifact, users, findings: sorted, today });
  const problems = [
    ...inventory.problems,
    ...unreadSystem(inventory, artifact.platform),
    ...matched.problems,
    ...dataProblems(by.data, !needsData(artifact)),
    ...aside.problems,
  ];
  const distribution = withEnd(inventory.distribution, today);
  const facts: ImageFacts = {
    artifact,
    users,
    settings: examined.settings,
    distribution,
    packages: inventory.packages,
    findings: aside.findings,
    problems,
    data: needsData(artifact) ? by.data.kind : "not-needed",
    attached: (await by.attached?.(artifact)) ?? { state: "unasked" },
    today,
  };
  const { question, exceptions } = by;
  const decision = decide(facts, question === null ? null : { ...question, exceptions });
  const override = decision.exitCode === 0 ? null : by.overrideFor(artifact);
  const { verdict, exitCode, answers } =
    override === null ? decision : overridden(decision, override);
  const result: ScanResult = {
    schema: SCAN_SCHEMA,
    tool: { name: "bulwark", version },
    scannedAt: by.now,
    artifact,
    distribution,
    data: by.data,
    packages: inventory.packages,
    findings: aside.findings,
    suppressed: aside.suppressed,
    problems: [...problems, ...decision.problems],
    verdict,
    exitCode,
  };
  const { exempted } = decision;
  const used = new Set([...aside.used, ...decision.used]);
  return { result, users, answers, exempted, override, used };
}

type Matched = Pick<ScanResult, "findings" | "problems">;

/** The matcher and its version orders are loaded only when there is something to match. */
async function matchedBy({ artifact, inventory }: Examined, by: Assessment): Promise<Matched> {
  if (inventory.packages.length === 0) return { findings: [], problems: [] };
  const [{ matchPackages }, { schemes }, { useOf }] = await Promise.all([
    import("../stages/match/match.ts"),
    import("../plugins/schemes/index.ts"),
    import("../stages/match/in-use.ts"),
  ]);
  const factsOf = useOf(artifact, by.inUse ?? []);
  return matchPackages({
    packages: inventory.packages,
    distribution: inventory.distribution,
    source: by.source,
    schemes,
    artifactName: artifactName(artifact),
    complete: by.data.kind === "full",
    today: by.now.slice(0, 10),
    ...(factsOf === null ? {} : { factsOf }),
  });
}

function dataProblems(data: AdvisoryData, isUnneeded: boolean): Problem[] {
  if (isUnneeded) return [];
  if (data.kind !== "full") {
    return [
      {
        code: "data-partial",
        detail:
          "only the built-in starter data answered, which knows famous flaws alone; run bulwark db update",
      },
    ];
  }
  if (data.ageHours === null || data.ageHours <= DATA_AGE_HOURS_MAX) return [];
  const old = age(data.ageHours);
  return [{ code: "data-old", detail: `the advisory data is ${old}; run bulwark db update` }];
}

type DistributionWithEnd = ScanResult["distribution"];

function withEnd(
  distribution: Examined["inventory"]["distribution"],
  today: string,
): DistributionWithEnd {
  if (distribution === null) return null;
  const endOfLife: EndOfLife | null = endOfLifeOf(distribution, today);
  return { ...distribution, endOfLife };
}
