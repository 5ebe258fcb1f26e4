// `bulwark pin`: tags become digests, in the files in which images and actions are named.
import { type PinnableKind, readPinnable } from "../formats/pinnable.ts";
import { replaceFile } from "../io/replace-file.ts";
import { AppError } from "../kit/error.ts";
import { withSplices } from "../kit/splice.ts";
import {
  type PinAnswer,
  type PinPlace,
  type PinPlan,
  pinQuestions,
  planPins,
} from "../stages/pin/pin.ts";
import { type AnswerSources, answersTo } from "./pin-answers.ts";
import { encodedFor, type PinnableFile, pinnableFiles, type UnreadFile } from "./pinnable-files.ts";
import type { Surroundings } from "./surroundings.ts";

export interface PinRequest extends AnswerSources {
  readonly paths: readonly string[];
  /** `write` rewrites files, `preview` tells how, `check` tells whether there is something to rewrite. */
  readonly mode: "write" | "preview" | "check";
  /** Whether pins are compared with what their tags mean at present. */
  readonly update: boolean;
}

/** What became of one file. */
export interface PinnedFile {
  readonly path: string;
  readonly kind: PinnableKind;
  readonly places: readonly PinPlace[];
  readonly isWritten: boolean;
  /** Why it could not be written; null when it was, or was not to be. */
  readonly failure: string | null;
}

/** Version 1 of what `--format json` prints. */
export interface PinRun {
  readonly files: readonly PinnedFile[];
  readonly problems: readonly UnreadFile[];
  readonly exitCode: number;
}

/**
 * Pins, or tells what there is to pin.
 *
 * Everything is asked before anything is written; each file is written whole or not at all, and only if nobody changed it
 * meanwhile.
 *
 * @throws {AppError} `not-found`, `unreadable`, `usage` for a path that is named; the signal's reason.
 */
export async function pin(request: PinRequest, surroundings: Surroundings): Promise<PinRun> {
  const { mode, update } = request;
  if (mode === "check" && !update) return unpinned(request.paths);
  const { files, problems } = await pinnableFiles(request.paths);
  const questions = pinQuestions(
    files.flatMap(({ spots }) => spots),
    { update },
  );
  const answers = await answersTo(questions, request, surroundings);
  const pinned: PinnedFile[] = [];
  for (const file of files) {
    const plan = planPins(file.spots, { answers, update });
    surroundings.signal.throwIfAborted();
    pinned.push(await finished(file, plan, request));
  }
  return { files: pinned, problems, exitCode: exitCodeOf(pinned, problems, mode) };
}

/**
 * What is named by a tag or branch, which may mean something else tomorrow, in files and below folders. Asks nobody: it is what
 * a policy can demand.
 *
 * @returns Exit code 0 when all is pinned, 3 when something is not, 4 when only something is that cannot be told.
 * @throws {AppError} `not-found`, `unreadable`, `usage`.
 */
export async function unpinned(paths: readonly string[]): Promise<PinRun> {
  const { files, problems } = await pinnableFiles(paths);
  const none: ReadonlyMap<string, PinAnswer> = new Map();
  const looked = files.map(({ path, kind, spots }): PinnedFile => {
    const { places } = planPins(spots, { answers: none, update: false });
    return { path, kind, places, isWritten: false, failure: null };
  });
  return { files: looked, problems, exitCode: exitCodeOf(looked, problems, "check") };
}

async function finished(
  file: PinnableFile,
  { places, edits }: PinPlan,
  { mode }: PinRequest,
): Promise<PinnedFile> {
  const { path, kind } = file;
  const base = { path, kind, places, isWritten: false, failure: null };
  if (edits.length === 0 || mode === "check") return base;
  const text = withSplices(file.text, edits);
  if (!isAsMeant(file, text, places)) {
    const failure = "what it would become does not read as it is meant; nothing was written";
    return { ...base, failure };
  }
  if (mode === "preview") return base;
  try {
    const after = encodedFor(file, text);
    const isWritten = await replaceFile(path, { before: file.bytes, after });
    const failure = isWritten ? null : "it was changed meanwhile; nothing was written";
    return { ...base, isWritten, failure };
  } catch (error) {
    if (error instanceof AppError && error.code !== "internal")
      return { ...base, failure: error.message };
    throw error;
  }
}

/** The file is read again before it is written: it must name what it named, pinned where it was to be, and nothing else. */
function isAsMeant(
  { path, kind }: PinnableFile,
  text: string,
  places: readonly PinPlace[],
): boolean {
  const name = kind === "dockerfile" ? "dockerfile" : "yaml";
  const again = readPinnable(text, { name, path });
  if (again === null || again.spots.length !== places.length) return false;
  return again.spots.every((spot, index) => {
    const place = places[index];
    const wanted = (place?.becomes ?? place?.name ?? "").replace(/ # .*$/, "");
    return (spot.name ?? spot.written) === wanted;
  });
}

function exitCodeOf(
  files: readonly PinnedFile[],
  problems: readonly UnreadFile[],
  mode: PinRequest["mode"],
): number {
  const states = new Set(files.flatMap(({ places }) => places.map(({ state }) => state)));
  const isOpen = states.has("unpinned");
  if (mode === "check" && (isOpen || states.has("new") || states.has("moved"))) return 3;
  if (files.some(({ failure }) => failure !== null)) return 1;
  return isOpen || states.has("unknown") || problems.length > 0 ? 4 : 0;
}
