// Kustomizations below a folder: each that no other one is built upon is rendered, and what is rendered is checked.
import { dirname, join } from "node:path";
import { isKustomizationName, readKustomization } from "../formats/kustomization.ts";
import { type ObjectFile, readObjectFile } from "../formats/object-file.ts";
import { originOf, RenderedOrigins } from "../formats/rendered-origin.ts";
import { realPath } from "../io/look.ts";
import { readNamed } from "../io/named-file.ts";
import { type Rendering, renderKustomization } from "../io/render.ts";
import { AppError } from "../kit/error.ts";
import { baseName } from "../kit/path.ts";
import type { ReadSubject } from "./file-kind.ts";
import { readDocument } from "./read-document.ts";
import { type Rendered, type RenderPlace, unrendered } from "./render-place.ts";
import type { Surroundings } from "./surroundings.ts";
import { type Survey, surveyed } from "./survey-kustomization.ts";

interface Candidate {
  /** As the user would write it. */
  readonly path: string;
  /** The real path of its folder. */
  readonly folder: string;
  readonly survey: Survey;
}

/** Renders what of the paths is a kustomization. */
export async function* renderedKustomizations(
  paths: readonly string[],
  place: RenderPlace,
  surroundings: Surroundings,
): AsyncGenerator<Rendered> {
  const candidates: Candidate[] = [];
  for (const path of paths.filter((one) => isKustomizationName(baseName(one)))) {
    surroundings.signal.throwIfAborted();
    const candidate = await candidateAt(path, place);
    if (candidate !== null) candidates.push(candidate);
  }
  for (const candidate of tops(candidates)) {
    surroundings.signal.throwIfAborted();
    yield await renderedOne(candidate, place, surroundings);
  }
}

/** null for what is not meant for Kustomize, and for parts of others. What cannot be read is told by whoever reads the file. */
async function candidateAt(path: string, place: RenderPlace): Promise<Candidate | null> {
  const folder = await realPath(dirname(path));
  if (folder === null) return null;
  try {
    const read = readKustomization((await readNamed("file", path)).bytes, path);
    if (read === null || read.isComponent) return null;
    return { path, folder, survey: await surveyed(folder, place) };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    const refusal = { path, why: error.message };
    return { path, folder, survey: { files: new Set(), folders: new Set(), refusal } };
  }
}

/** Those that no other one is built upon; of those that are built upon one another, the first. */
function tops(candidates: readonly Candidate[]): Candidate[] {
  const isBase = ({ folder }: Candidate): boolean =>
    candidates.some((one) => one.folder !== folder && one.survey.folders.has(folder));
  const found = candidates.filter((one) => !isBase(one));
  const reached = new Set(found.flatMap(({ survey }) => [...survey.folders]));
  for (const one of candidates) {
    if (reached.has(one.folder) || found.includes(one)) continue;
    found.push(one);
    for (const folder of one.survey.folders) reached.add(folder);
  }
  return found;
}

async function renderedOne(
  { path, folder, survey }: Candidate,
  place: RenderPlace,
  surroundings: Surroundings,
): Promise<Rendered> {
  const { refusal } = survey;
  if (refusal !== null) return unrendered(refusal.path, `it is not rendered: ${refusal.why}`);
  const rendering = await renderKustomization(folder, surroundings);
  const byHand = `render it first, as with kubectl kustomize ${JSON.stringify(dirname(path))}`;
  if (rendering.kind === "absent")
    return unrendered(path, `neither kustomize nor kubectl is installed: ${byHand}`);
  if (rendering.kind === "failed")
    return unrendered(path, `Kustomize cannot render it: ${rendering.why}`);
  try {
    const subjects = await subjectsOf(rendering, { path, place });
    return {
      subjects,
      problems: [],
      covered: new Set([...survey.files].map((one) => place.shown(one))),
    };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    return unrendered(path, `what Kustomize makes of it cannot be read: ${error.message}`);
  }
}

/** An object is told at the file that it is out of, and what an overlay made of it at the overlay. */
async function subjectsOf(
  { bytes, from }: Extract<Rendering, { kind: "rendered" }>,
  { path, place }: { readonly path: string; readonly place: RenderPlace },
): Promise<ReadSubject[]> {
  const sources = new Map<string, ObjectFile>();
  const subjects: ReadSubject[] = [];
  for (const document of readObjectFile(bytes, path).documents) {
    const origin = originOf(document);
    const real = origin === null ? null : await realPath(join(from, origin));
    const file = real !== null && place.holds(real) ? real : null;
    if (file !== null) sources.set(file, sources.get(file) ?? (await sourceAt(file)));
    const at = file === null ? path : place.shown(file);
    const origins = new RenderedOrigins(document, sources.get(file ?? "") ?? null);
    for (const subject of readDocument(document, () => undefined))
      subjects.push({ path: at, subject, places: (pointers) => origins.places(pointers, path) });
  }
  return subjects;
}

async function sourceAt(path: string): Promise<ObjectFile> {
  return readObjectFile((await readNamed("file", path)).bytes, path);
}
