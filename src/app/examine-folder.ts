// Folders: a project with its lock files and what is vendored, or an unpacked root file system.
import { walkTree } from "../io/tree/walk-tree.ts";
import type { Problem } from "../model/problem.ts";
import { withoutForeignDeclarations } from "../stages/catalog/declared.ts";
import { inventoryOf } from "../stages/catalog/inventory.ts";
import { placedReadings } from "../stages/catalog/placed-readings.ts";
import { selectionOf } from "../stages/catalog/select.ts";
import { squash } from "../stages/catalog/squash.ts";
import { unknownPrograms } from "../stages/catalog/unknown-programs.ts";
import { EvidenceReader } from "./evidence-reader.ts";
import { type ExamineContext, type Examined, plainExamined } from "./examined.ts";
import { imageCatalogers } from "./image-catalogers.ts";
import { imagesNamedBeside } from "./named-beside.ts";
import type { PackedSecretReader } from "./packed-secrets.ts";
import { projectCatalogers } from "./project-catalogers.ts";

/**
 * Reads a folder. A root file system is read as an image's layer would be: installed packages only, links followed inside it
 * only. A project counts what is declared, too.
 *
 * @throws {AppError} `not-found`, `unreadable` for the folder itself; what lies in it becomes a problem.
 */
export async function examineFolder(
  folder: {
    readonly path: string;
    readonly target: string;
    readonly kind: "project" | "filesystem";
    /** Whether images that are named in it are told of, because nobody scans them, or are scanned beside it. */
    readonly images: "none" | "told" | "scanned";
  },
  context: ExamineContext,
): Promise<Examined> {
  const { signal, progress } = context;
  const catalogers = folder.kind === "project" ? projectCatalogers : imageCatalogers;
  const selection = selectionOf(catalogers);
  const secrets = context.secrets ? (await import("./secret-search.ts")).secretReader() : null;
  const reader = new EvidenceReader(selection, secrets ?? undefined);
  progress(`${folder.target}: reading`);
  const walked = await walkTree(folder.path, reader, {
    signal,
    hash: false,
    exact: selection.exact,
  });
  const squashed = squash([walked.files]);
  const readings = placedReadings(squashed, [reader.readings]).map((r) => ({ ...r, layer: null }));
  const { inventory: known } = inventoryOf({
    catalogers,
    readings: withoutForeignDeclarations(readings, catalogers),
    problems: walked.problems,
    place: (path) => squashed.links.place(path),
  });
  // A project's scripts are no programs whose origin could be missing.
  const tables = folder.kind === "filesystem" ? [walked.files] : [];
  // Objects were recognised in it, where the images that they name are scanned.
  const unknown =
    reader.hasRecognised || folder.images === "scanned"
      ? unknownPrograms(known, squashed, tables)
      : nothingIn(folder, context.secrets);
  const inventory = { ...known, problems: [...known.problems, ...unknown] };
  const examined = await withSecrets(plainExamined(folder, inventory), folder.path, {
    ...context,
    reader: secrets,
  });
  if (folder.images !== "told") return examined;
  const isEvidence = (path: string): boolean => selection.byName(path).length > 0;
  const namesImagesIn = await imagesNamedBeside(folder.path, walked.files, isEvidence);
  if (namesImagesIn.length === 0) return examined;
  return { ...examined, artifact: { ...examined.artifact, namesImagesIn } };
}

async function withSecrets(
  examined: Examined,
  path: string,
  context: ExamineContext & { readonly reader: PackedSecretReader | null },
): Promise<Examined> {
  if (context.reader === null) return examined;
  const { withSecretsIn } = await import("./folder-secrets.ts");
  return withSecretsIn(path, examined, { ...context, reader: context.reader });
}

/** A mistyped folder must not pass a gate. A search for secrets says nothing of packages, so it changes nothing here. */
function nothingIn(
  { path, kind }: { readonly path: string; readonly kind: string },
  secrets: boolean,
): Problem[] {
  const wanted =
    kind === "project"
      ? "no lock file, no manifest, nothing installed"
      : "no package database, nothing installed";
  const detail = `${JSON.stringify(path)} holds nothing that is read: ${wanted}${secrets ? ALONE : ""}`;
  return [{ code: "nothing-recognised", detail }];
}

const ALONE =
  "; where only secrets are looked for, accept that by an exception for rule: nothing-recognised";
