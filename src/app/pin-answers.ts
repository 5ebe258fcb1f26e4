// Asking what tags mean: registries for images, a file or git for actions. Every question once, several at a time.
import { commitOfRef } from "../io/git-refs.ts";
import { readNamed } from "../io/named-file.ts";
import { AppError } from "../kit/error.ts";
import type { Platform } from "../model/artifact.ts";
import type { PinAnswer, PinQuestion } from "../stages/pin/pin.ts";
import type { Surroundings } from "./surroundings.ts";

/** Where answers come from. */
export interface AnswerSources {
  readonly offline: boolean;
  /** See ResolveOptions. */
  readonly platform: Platform | null;
  /** A file with commits of actions; null for none. */
  readonly actions: string | null;
  /** Whether git may be asked for those that are not in the file. */
  readonly git: boolean;
}

const AT_A_TIME = 8;

/**
 * Asks. What cannot be answered is an answer with its reason.
 *
 * @returns Answers by the keys of their questions.
 * @throws {AppError} when the file of commits cannot be read; the signal's reason.
 */
export async function answersTo(
  questions: readonly PinQuestion[],
  sources: AnswerSources,
  surroundings: Surroundings,
): Promise<ReadonlyMap<string, PinAnswer>> {
  const commits = await commitsIn(sources.actions);
  const answers = new Map<string, PinAnswer>();
  const pending = questions.values();
  let asked = 0;
  const work = async (): Promise<void> => {
    for (const question of pending) {
      asked += 1;
      surroundings.progress(`resolving ${asked} of ${questions.length}: ${question.key}`);
      answers.set(question.key, await answerTo(question, { ...sources, commits }, surroundings));
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, questions.length) }, work));
  surroundings.progress(null);
  return answers;
}

async function commitsIn(path: string | null): Promise<ReadonlyMap<string, string>> {
  if (path === null) return new Map();
  const { bytes } = await readNamed("actions", path);
  const { parseActionCommits } = await import("../formats/action-commits.ts");
  return parseActionCommits(bytes.toString("utf8"), path);
}

interface Known extends AnswerSources {
  readonly commits: ReadonlyMap<string, string>;
}

async function answerTo(
  question: PinQuestion,
  sources: Known,
  surroundings: Surroundings,
): Promise<PinAnswer> {
  const { signal } = surroundings;
  try {
    signal.throwIfAborted();
    return { fixed: await fixedFor(question, sources, surroundings) };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    const hint = error.hint === null ? "" : `; ${error.hint}`;
    return { failure: `${error.message}${hint}` };
  }
}

async function fixedFor(
  { what, key }: PinQuestion,
  { offline, platform, commits, git }: Known,
  { env, signal }: Surroundings,
): Promise<string> {
  if (what === "image") {
    const [{ resolveTag }, { parseReference }] = await Promise.all([
      import("../io/registry/resolve-tag.ts"),
      import("../model/reference.ts"),
    ]);
    return resolveTag(parseReference(key), { env, offline, platform, signal });
  }
  const known = commits.get(key);
  if (known !== undefined) return known;
  if (offline || !git)
    throw new AppError("offline", `the commit of ${key} is not known`, {
      hint: "name it in a file with --actions, or let --git ask for it",
    });
  const at = key.indexOf("@");
  const server = (env["GITHUB_SERVER_URL"] || "https://github.com").replace(/\/+$/, "");
  return commitOfRef({ url: `${server}/${key.slice(0, at)}`, ref: key.slice(at + 1), env, signal });
}
