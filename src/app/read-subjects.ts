// What checks look at, out of files: which files, and what each of them is.

import { dirname } from "node:path";
import { type FilesBelow, filesBelow, lookAt } from "../io/look.ts";
import { readNamed } from "../io/named-file.ts";
import { sha256Of } from "../io/sha256.ts";
import { AppError } from "../kit/error.ts";
import type { Digest } from "../model/digest.ts";
import type { Problem } from "../model/problem.ts";
import type { Workload } from "../model/workload.ts";
import type { FileKind, NamedBytes, ReadSubject } from "./file-kind.ts";
import { imageTarget, readImage } from "./image-subject.ts";
import { dockerFiles } from "./read-dockerfiles.ts";
import { objectFiles } from "./read-objects.ts";
import { pipelineFiles } from "./read-pipelines.ts";
import { quadletFiles } from "./read-quadlets.ts";
import { isRenderedName, readRendered } from "./read-rendered.ts";
import type { ImageTarget } from "./subject.ts";
import type { Surroundings } from "./surroundings.ts";

/** In the order in which they are asked; the first that knows a file reads it. */
const KINDS: readonly FileKind[] = [dockerFiles, pipelineFiles, objectFiles, quadletFiles];
const FILES_MAX = { max: 20_000, depth: 20 };

/** What one file, or the search for files, gave. */
export interface ReadFile {
  readonly subjects: readonly ReadSubject[];
  readonly problems: readonly Problem[];
  /** Pods that controllers made, which those stand for; absent where they are among the subjects. */
  readonly made?: readonly Workload[];
}

/** What is to be known for reading. */
export interface Reading {
  /** Bytes that are taken for those of a file, by its path. */
  readonly instead?: ReadonlyMap<string, Buffer>;
  /** Files with values for Helm charts, beside those that they bring. */
  readonly values?: readonly string[];
}

/**
 * Reads the files and folders named, one file after the other, so that no more than one is held at a time. Charts and
 * kustomizations are rendered first.
 *
 * @throws {AppError} `not-found`, `unreadable` for what was named; what is wrong with one file is a problem.
 */
export async function* readSubjects(
  targets: readonly string[],
  surroundings: Surroundings,
  reading: Reading = {},
): AsyncGenerator<ReadFile> {
  for (const target of targets) {
    const image = await imageNamed(target);
    if (image === null) yield* readPath(target, surroundings, reading);
    else yield { subjects: [await readImage(image, target, surroundings)], problems: [] };
  }
}

async function* readPath(
  target: string,
  surroundings: Surroundings,
  { instead, values = [] }: Reading,
): AsyncGenerator<ReadFile> {
  const { paths, isWhole, isNamed, unreadable } = await filesOf(target);
  for (const path of unreadable) yield unread(path, NOT_FOLLOWED);
  if (!isWhole) yield unread(target, "not all folders and files below it were looked at");
  const covered = new Set<string>();
  const folder = isNamed ? dirname(target) : target;
  for await (const rendered of readRendered(paths, { folder, values }, surroundings)) {
    for (const path of rendered.covered) covered.add(path);
    yield rendered;
  }
  for (const path of paths.filter((one) => !covered.has(one))) {
    surroundings.signal.throwIfAborted();
    yield await readFile({ path, isNamed, bytes: instead?.get(path) }, surroundings);
  }
}

const NOT_FOLLOWED =
  "it is a pipe or a device, or a link that leads nowhere or out of the folder: name what it leads to";

/** What lies there as a file or folder is no image, whatever it is called. */
async function imageNamed(target: string): Promise<ImageTarget | null> {
  return (await lookAt(target)).kind === "nothing" ? imageTarget(target) : null;
}

async function readFile(
  file: { readonly path: string; readonly isNamed: boolean; readonly bytes: Buffer | undefined },
  surroundings: Surroundings,
): Promise<ReadFile> {
  const { path, isNamed } = file;
  try {
    const bytes = file.bytes ?? (await readNamed("file", path)).bytes;
    if (isUtf16(bytes)) return unread(path, "it is UTF-16: save it as UTF-8");
    let known: Digest | undefined;
    const digest = (): Digest => {
      known ??= sha256Of(bytes);
      return known;
    };
    const problems: Problem[] = [];
    const miss = (problem: Problem): void => {
      problems.push(problem);
    };
    const subjects = await subjectsIn({ path, bytes, isNamed, digest, miss }, surroundings);
    // Whoever reads it may have passed over them, or taken it for nothing of ours.
    const odd = problems.length === 0 ? noText(bytes) : null;
    if (odd !== null) miss({ code: "configuration-unreadable", detail: odd, path });
    return { subjects, problems };
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    return unread(path, error.message);
  }
}

/** A file that was named is asked of every kind, those first that its name speaks for. */
async function subjectsIn(file: NamedBytes, surroundings: Surroundings): Promise<ReadSubject[]> {
  const wanting = KINDS.filter(({ wants }) => wants(file.path));
  const rest = file.isNamed ? KINDS.filter((kind) => !wanting.includes(kind)) : [];
  for (const kind of [...wanting, ...rest]) {
    const subjects = await kind.read(file, surroundings);
    if (subjects !== null) return subjects;
  }
  if (!file.isNamed) return [];
  const holds =
    "it holds no Kubernetes object, Compose file, Dockerfile, pipeline, Quadlet unit or inspection";
  throw new AppError("config-invalid", `cannot check ${JSON.stringify(file.path)}: ${holds}`, {
    subject: file.path,
  });
}

/** By the mark at its beginning; without one it holds zeros, which no format that is read here has. */
function isUtf16(bytes: Buffer): boolean {
  const [first, second] = bytes;
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** Why bytes are no text; null when they may be one. */
function noText(bytes: Buffer): string | null {
  const at = bytes.indexOf(0);
  if (at === -1) return null;
  const line = bytes.subarray(0, at).toString("latin1").split("\n").length;
  return `line ${line}: a zero byte, as in what is no text, or UTF-16`;
}

function unread(path: string, detail: string): ReadFile {
  return { subjects: [], problems: [{ code: "configuration-unreadable", detail, path }] };
}

async function filesOf(target: string): Promise<FilesBelow & { readonly isNamed: boolean }> {
  const look = await lookAt(target);
  if (look.kind === "nothing") {
    throw new AppError(
      "not-found",
      `cannot check ${JSON.stringify(target)}: no such file or folder`,
      {
        hint: "name files or folders with Kubernetes objects, Compose files, Quadlet units, Dockerfiles or pipelines",
        subject: target,
      },
    );
  }
  if (look.kind === "file")
    return { paths: [target], isWhole: true, isNamed: true, unreadable: [] };
  const wants = (path: string): boolean =>
    isRenderedName(path) || KINDS.some((kind) => kind.wants(path));
  const found = await filesBelow(target, { wants, ...FILES_MAX });
  return { ...found, isNamed: false };
}
