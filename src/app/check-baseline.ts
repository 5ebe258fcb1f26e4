// What was there before: the findings that a check leaves out, from a file or from another commit.
import { dirname, join, relative } from "node:path";
import { gitSnapshot } from "../io/git-snapshot.ts";
import { lookAt } from "../io/look.ts";
import { readCheckFile } from "../io/record.ts";
import type { ConfigFinding } from "../model/finding.ts";
import { movedTo } from "../stages/check/findings.ts";
import { type Baseline, baselineOf } from "../stages/decide/baseline.ts";
import { checkedFiles, type FilesAsked } from "./examine-configuration.ts";
import type { Surroundings } from "./surroundings.ts";

/** Where what was there before is to be had. */
export type Before =
  /** A result of `bulwark check --format json`. */
  | { readonly kind: "file"; readonly path: string }
  /** What the same checks say of the files as they were at a commit, tag or branch. */
  | { readonly kind: "revision"; readonly revision: string }
  /** Looked up already. */
  | { readonly kind: "known"; readonly baseline: Baseline };

/** @throws {AppError} `config-invalid` for a file that is no result, and as {@link gitSnapshot}. */
export async function baselineFor(
  before: Before,
  targets: readonly string[],
  asked: FilesAsked,
  surroundings: Surroundings,
): Promise<Baseline> {
  if (before.kind === "known") return before.baseline;
  if (before.kind === "file") return baselineOf([await readCheckFile(before.path)]);
  const findings = await findingsAt(before.revision, targets, asked, surroundings);
  return baselineOf([{ findings, suppressed: [] }]);
}

async function findingsAt(
  revision: string,
  targets: readonly string[],
  asked: FilesAsked,
  surroundings: Surroundings,
): Promise<readonly ConfigFinding[]> {
  const [first = "."] = targets;
  const folder = (await lookAt(first)).kind === "folder" ? first : dirname(first);
  const { env, signal } = surroundings;
  const snapshot = await gitSnapshot({ folder, revision, env, signal });
  const findings: ConfigFinding[] = [];
  try {
    for (const target of targets) {
      const copy = await snapshot.copyOf(target);
      if ((await lookAt(copy)).kind === "nothing") continue;
      const before = await checkedFiles([copy], asked, surroundings);
      const renamed = (path: string): string =>
        path === copy ? target : join(target, relative(copy, path));
      findings.push(...before.findings.map((finding) => movedTo(finding, renamed)));
    }
    return findings;
  } finally {
    await snapshot.remove();
  }
}
