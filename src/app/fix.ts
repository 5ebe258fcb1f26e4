// `bulwark check --fix`: edits of files by which findings go away, asked again of the same checks afterwards.
import type { PlacedEdit } from "../formats/edit/yaml-edit.ts";
import { readNamed } from "../io/named-file.ts";
import { replaceFile } from "../io/replace-file.ts";
import { sha256Of } from "../io/sha256.ts";
import { AppError } from "../kit/error.ts";
import { type Splice, withSplices } from "../kit/splice.ts";
import type { CheckResult } from "../model/check-result.ts";
import type { ConfigFinding, ConfigRepair } from "../model/finding.ts";
import { type CheckRequest, runCheck, withBaseline } from "./check.ts";
import { decodedText, encodedText } from "./file-text.ts";
import type { Surroundings } from "./surroundings.ts";

export interface FixRun {
  /** Those that are others than before, or were to be. */
  readonly files: readonly FixedFile[];
  readonly fixed: readonly ConfigFinding[];
  /** What is still found, each with why nothing was done about it. */
  readonly left: readonly LeftFinding[];
  /** What the checks say of the files as they are now; of a preview, as they would be. */
  readonly result: CheckResult;
  readonly exitCode: number;
}

export interface FixedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly isWritten: boolean;
  /** Why it could not be written; null when it was, or was not to be. */
  readonly failure: string | null;
}

export interface LeftFinding {
  readonly finding: ConfigFinding;
  readonly reason: string;
}

/** One edit may be possible only after another; more than a few times nothing follows from anything. */
const ROUNDS_MAX = 4;
const UNDECIDED = "what is right depends on what it is for";

/**
 * Fixes what can be fixed without asking anybody, in the files in which the checks found it and in no others.
 *
 * Files are written at the end, each whole or not at all, and not when somebody changed it meanwhile.
 *
 * @param isPreview Whether nothing is written.
 * @throws {AppError} As `runCheck` does.
 */
export async function fix(
  asked: CheckRequest,
  { isPreview }: { readonly isPreview: boolean },
  surroundings: Surroundings,
): Promise<FixRun> {
  const drafts = new Drafts();
  const request = await withBaseline(asked, surroundings);
  const first = await runCheck(request, surroundings);
  let result = first;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const isChanged = await drafts.edit(result.findings);
    if (!isChanged) break;
    surroundings.signal.throwIfAborted();
    result = await runCheck(request, surroundings, drafts.bytes());
  }
  const files = await drafts.finish(isPreview);
  if (!isPreview) result = await runCheck(request, surroundings);
  const still = new Set(result.findings.map(({ id }) => id));
  const failures = new Map(files.map(({ path, failure }) => [path, failure]));
  return {
    files,
    fixed: first.findings.filter(({ id }) => !still.has(id)),
    left: result.findings.map((finding) => {
      const reason = drafts.reasons.get(finding.id) ?? UNDECIDED;
      return { finding, reason: failures.get(pathOf(finding)) ?? reason };
    }),
    result,
    exitCode: files.some(({ failure }) => failure !== null) ? 1 : result.exitCode,
  };
}

function pathOf({ locations }: ConfigFinding): string {
  return locations[0]?.path ?? "";
}

interface Draft {
  /** As the file was when it was read. */
  readonly bytes: Buffer;
  readonly before: string;
  after: string;
}

/** The files that are to be others. */
class Drafts {
  /** Why a finding is left, by its id. */
  readonly reasons = new Map<string, string>();
  readonly #drafts = new Map<string, Draft>();

  /** @returns Whether something changed. */
  async edit(findings: readonly ConfigFinding[]): Promise<boolean> {
    const byPath = new Map<string, Repairable[]>();
    for (const finding of findings) {
      if (finding.repair === undefined) continue;
      const path = pathOf(finding);
      const others = byPath.get(path) ?? [];
      others.push({ finding, repair: finding.repair });
      byPath.set(path, others);
    }
    let isChanged = false;
    for (const [path, repairable] of byPath)
      if (await this.#editFile(path, repairable)) isChanged = true;
    return isChanged;
  }

  async #editFile(path: string, repairable: readonly Repairable[]): Promise<boolean> {
    const draft = this.#drafts.get(path) ?? (await this.#read(path, repairable));
    if (draft === null) return false;
    const bytes = encodedText(draft.after, draft.bytes);
    const of = sha256Of(bytes);
    const fitting = repairable.filter(({ repair }) => repair.of === of);
    for (const { finding } of repairable)
      if (!fitting.some((one) => one.finding === finding))
        this.reasons.set(finding.id, "the file was changed meanwhile");
    const { text, left } = await repaired(draft.after, fitting, path);
    for (const { finding, reason } of left) this.reasons.set(finding.id, reason);
    if (text === draft.after) return false;
    draft.after = text;
    this.#drafts.set(path, draft);
    return true;
  }

  async #read(path: string, repairable: readonly Repairable[]): Promise<Draft | null> {
    const { bytes } = await readNamed("file", path);
    const text = decodedText(bytes);
    if (text !== null) return { bytes, before: text, after: text };
    for (const { finding } of repairable) this.reasons.set(finding.id, "the file is not in UTF-8");
    return null;
  }

  /** What is to be checked in place of the files. */
  bytes(): ReadonlyMap<string, Buffer> {
    const entries = [...this.#drafts].map(
      ([path, draft]) => [path, encodedText(draft.after, draft.bytes)] as const,
    );
    return new Map(entries);
  }

  async finish(isPreview: boolean): Promise<FixedFile[]> {
    const files: FixedFile[] = [];
    for (const [path, draft] of this.#drafts) {
      const base = { path, before: draft.before, after: draft.after };
      files.push({ ...base, ...(isPreview ? UNWRITTEN : await written(path, draft)) });
    }
    return files;
  }
}

const UNWRITTEN = { isWritten: false, failure: null };

async function written(
  path: string,
  draft: Draft,
): Promise<Pick<FixedFile, "isWritten" | "failure">> {
  try {
    const after = encodedText(draft.after, draft.bytes);
    const isWritten = await replaceFile(path, { before: draft.bytes, after });
    return { isWritten, failure: isWritten ? null : "the file was changed meanwhile" };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    return { isWritten: false, failure: error.message };
  }
}

interface Repairable {
  readonly finding: ConfigFinding;
  readonly repair: ConfigRepair;
}

/** All edits of a finding are made, or none of them. */
async function repaired(
  text: string,
  repairable: readonly Repairable[],
  path: string,
): Promise<{ readonly text: string; readonly left: readonly LeftFinding[] }> {
  const left: LeftFinding[] = [];
  let wanted = repairable;
  for (;;) {
    const done = await editedText(text, wanted, path);
    if (done.left.length === 0) return { text: done.text, left };
    left.push(...done.left);
    const findings = new Set(done.left.map(({ finding }) => finding));
    wanted = wanted.filter(({ finding }) => !findings.has(finding));
  }
}

async function editedText(
  text: string,
  repairable: readonly Repairable[],
  path: string,
): Promise<{ readonly text: string; readonly left: readonly LeftFinding[] }> {
  const placed = new Map<PlacedEdit, ConfigFinding>();
  const splices: Splice[] = [];
  for (const { finding, repair } of repairable)
    for (const edit of repair.edits) {
      if (edit.kind === "text") splices.push(edit);
      else placed.set({ document: repair.document, edit }, finding);
    }
  // No format has both kinds.
  if (placed.size === 0) return { text: withSplices(text, apart(splices)), left: [] };
  const { editYaml } = await import("../formats/edit/yaml-edit.ts");
  const edited = editYaml(text, [...placed.keys()], path);
  const left = edited.left.flatMap(({ edit, reason }) => {
    const finding = placed.get(edit);
    return finding === undefined ? [] : [{ finding, reason }];
  });
  return { text: edited.text, left };
}

/** Those that touch another are made in the next round. */
function apart(splices: readonly Splice[]): Splice[] {
  const kept: Splice[] = [];
  for (const splice of splices)
    if (kept.every(({ start, end }) => splice.start > end || splice.end < start)) kept.push(splice);
  return kept;
}
