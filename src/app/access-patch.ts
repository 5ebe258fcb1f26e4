// The changes that end ways, as a patch of the files in which they are written.
import { readNamed } from "../io/named-file.ts";
import { AppError } from "../kit/error.ts";
import { unifiedDiff } from "../kit/unified-diff.ts";
import type { Edit } from "../model/edit.ts";
import type { Cause } from "../stages/access/graph.ts";
import { decodedText } from "./file-text.ts";
import type { ReadCluster } from "./read-cluster.ts";

export interface AccessPatch {
  /** A unified diff; `""` when there is nothing in it. */
  readonly diff: string;
  /** Changes that are not in it, each with why. */
  readonly left: readonly { readonly fix: string; readonly reason: string }[];
}

interface Wanted {
  readonly fix: string;
  readonly document: number;
  readonly edits: readonly Edit[];
}

/** Reads the files again; writes nothing. A change is made whole, or left. */
export async function accessPatch(
  causes: readonly Cause[],
  cluster: ReadCluster,
): Promise<AccessPatch> {
  const left: { fix: string; reason: string }[] = [];
  const byPath = new Map<string, Wanted[]>();
  for (const { fix, edits, evidence } of causes) {
    const document = evidence === null ? null : cluster.documentOf(evidence.of);
    if (edits === undefined || edits.length === 0) left.push({ fix, reason: UNDECIDED });
    else if (evidence === null || document === null) left.push({ fix, reason: NO_FILE });
    else {
      const { path } = cluster.placeOf(evidence.of);
      byPath.set(path, [...(byPath.get(path) ?? []), { fix, document, edits }]);
    }
  }
  const diffs: string[] = [];
  for (const [path, wanted] of byPath) {
    const made = await patched(path, wanted);
    diffs.push(made.diff);
    left.push(...made.left);
  }
  return { diff: diffs.join(""), left };
}

const UNDECIDED = "somebody has to decide how, as where a rule gives more than that";
const NO_FILE = "no file that can be edited has it";

async function patched(path: string, wanted: readonly Wanted[]): Promise<AccessPatch> {
  const allLeft = (reason: string): AccessPatch => {
    return { diff: "", left: wanted.map(({ fix }) => ({ fix, reason })) };
  };
  try {
    const before = decodedText((await readNamed("file", path)).bytes);
    if (before === null) return allLeft("the file is not in UTF-8");
    const { editYaml } = await import("../formats/edit/yaml-edit.ts");
    const left: { fix: string; reason: string }[] = [];
    let now = wanted;
    for (;;) {
      const placed = now.flatMap(({ document, edits, fix }) =>
        edits.flatMap((edit) =>
          edit.kind === "text" ? [] : [{ fix, placed: { document, edit } as const }],
        ),
      );
      const done = editYaml(
        before,
        placed.map((one) => one.placed),
        path,
      );
      const [first] = done.left;
      const fix = placed.find((one) => one.placed === first?.edit)?.fix;
      if (first === undefined || fix === undefined)
        return { diff: unifiedDiff(before, done.text, path), left };
      left.push({ fix, reason: first.reason });
      now = now.filter((one) => one.fix !== fix);
    }
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    return allLeft(error.message);
  }
}
