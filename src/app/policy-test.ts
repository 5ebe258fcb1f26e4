// `bulwark policy test`: whether a policy says what its authors think it says.
import { dirname, resolve } from "node:path";
import type { PolicyCase } from "../formats/policy-test.ts";
import { readNamed } from "../io/named-file.ts";
import { readScanFile } from "../io/record.ts";
import { AppError } from "../kit/error.ts";
import { needsData } from "../model/answer.ts";
import { STAGES } from "../model/policy.ts";
import type { Verdict } from "../model/verdict.ts";
import { decide } from "../stages/decide/decide.ts";
import { isPack, type LoadedPolicy, loadPolicy } from "./policy.ts";
import { supposedAttached } from "./supposed-attached.ts";

/** What came of one case. */
export interface CaseOutcome {
  readonly name: string;
  readonly line: number;
  readonly passed: boolean;
  readonly wanted: string;
  readonly got: string;
  readonly reasons: Verdict["reasons"];
}

/**
 * Runs a file of tests.
 *
 * @throws {AppError} for files that are missing or malformed.
 */
export async function testPolicy(path: string): Promise<readonly CaseOutcome[]> {
  const [{ bytes }, { parsePolicyTests }] = await Promise.all([
    readNamed("policy tests", path),
    import("../formats/policy-test.ts"),
  ]);
  const tests = parsePolicyTests(bytes, path, STAGES);
  const beside = (file: string): string => resolve(dirname(path), file);
  const policy = await loadPolicy(isPack(tests.policy) ? tests.policy : beside(tests.policy));
  const outcomes: CaseOutcome[] = [];
  for (const each of tests.cases) outcomes.push(await outcomeOf(each, policy, beside));
  return outcomes;
}

async function outcomeOf(
  each: PolicyCase,
  policy: LoadedPolicy,
  beside: (file: string) => string,
): Promise<CaseOutcome> {
  const scanPath = beside(each.scan);
  const [scan, ...more] = await readScanFile(scanPath);
  if (scan === undefined || more.length > 0) {
    const file = JSON.stringify(scanPath);
    throw new AppError(
      "config-invalid",
      `cannot use scan ${file}: it is not of exactly one artifact`,
      {
        hint: "a case asks about one: scan that target alone",
        subject: scanPath,
      },
    );
  }
  const { verdict, answers } = decide(
    {
      ...scan,
      settings: each.settings,
      attached: await supposedAttached(each.attached, { scan, policy, beside }),
      data: needsData(scan.artifact) ? scan.data.kind : "not-needed",
      today: scan.scannedAt.slice(0, 10),
    },
    policy.questionAt(each.stage),
  );
  const objecting = [...new Set(answers.map(({ rule }) => rule))].sort();
  const rules = each.rules === null ? null : [...each.rules].sort();
  const passed =
    verdict.outcome === each.expect && (rules === null || rules.join() === objecting.join());
  const wanted = rules === null ? each.expect : said(each.expect, rules);
  const got = rules === null ? verdict.outcome : said(verdict.outcome, objecting);
  return { name: each.name, line: each.line, passed, wanted, got, reasons: verdict.reasons };
}

function said(outcome: string, rules: readonly string[]): string {
  return rules.length === 0 ? outcome : `${outcome} by ${rules.join(", ")}`;
}
