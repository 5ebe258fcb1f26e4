// The files of a repository as they were at a commit, in a folder of their own: git itself is asked, and nothing of the
// repository changes.
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join, relative } from "node:path";
import { AppError } from "../kit/error.ts";
import { printable } from "../kit/text.ts";
import type { Environment } from "./folders.ts";
import { runProgram } from "./process.ts";

/** What is asked, and how. */
export interface GitSnapshotRequest {
  /** A folder inside of the repository. */
  readonly folder: string;
  /** A commit, tag or branch. */
  readonly revision: string;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** The files of a commit. */
export interface GitSnapshot {
  readonly commit: string;
  /**
   * Where the copy of a path lies; there may be none.
   *
   * @throws {AppError} `usage` for a path outside of the repository.
   */
  copyOf(path: string): Promise<string>;
  remove(): Promise<void>;
}

const TIMEOUT_MS = 120_000;
/** Programs that a repository's attributes may name for its files are none of ours to run. */
const NO_FILTERS = [
  "-c",
  "filter.lfs.smudge=",
  "-c",
  "filter.lfs.process=",
  "-c",
  "filter.lfs.required=false",
];

/**
 * Takes the files of the last commit that a revision and what is checked out have in common: what the revision got since then is
 * nobody's change here.
 *
 * @throws {AppError} `usage` outside of a repository or for a revision that it has not, `fetch-failed` when git is missing or fails.
 */
export async function gitSnapshot(request: GitSnapshotRequest): Promise<GitSnapshot> {
  const action = `cannot compare with ${JSON.stringify(request.revision)}`;
  const shown = JSON.stringify(request.folder);
  const found = await git(request, ["rev-parse", "--show-toplevel"], {
    state: `${action}: ${shown} is in no git repository that may be read`,
    hint: "compare with a file that --format json wrote: --baseline FILE",
  });
  const top = await realpath(found.trimEnd());
  const commit = await commonCommit(request, action);
  const folder = await mkdtemp(join(await realpath(tmpdir()), "bulwark-git-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const env = { ...request.env, GIT_INDEX_FILE: join(folder, INDEX) };
    const inTop = { folder: top, env, signal: request.signal };
    const failure = { state: action, hint: "look at what git says" };
    await git(inTop, ["read-tree", commit], failure);
    await git(inTop, [...NO_FILTERS, "checkout-index", "--all", `--prefix=${folder}/`], failure);
  } catch (error) {
    await remove();
    throw error;
  }
  const copyOf = async (path: string): Promise<string> => {
    const inside = relative(top, await realpath(path));
    if (!inside.startsWith("..") && !isAbsolute(inside)) return join(folder, inside);
    const state = `${action}: ${JSON.stringify(path)} lies outside of ${JSON.stringify(top)}`;
    throw new AppError("usage", state, { hint: "compare each repository in a run of its own" });
  };
  return { commit, copyOf, remove };
}

/** The index of the copy: beside the files, under a name that git takes for no file's. */
const INDEX = ".git";

async function commonCommit(request: GitSnapshotRequest, action: string): Promise<string> {
  const hint =
    "in a shallow clone, fetch the history first: git fetch --unshallow, or fetch-depth: 0";
  const { revision } = request;
  const named = await git(
    request,
    ["rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`],
    { state: `${action}: the repository has no such commit, tag or branch`, hint },
  );
  const common = await git(request, ["merge-base", named.trim(), "HEAD"], {
    state: `${action}: it has no commit in common with what is checked out`,
    hint,
  });
  return common.trim();
}

/** What git says. @param failure What to say when it ends with an error. */
async function git(
  { folder, env, signal }: Pick<GitSnapshotRequest, "folder" | "env" | "signal">,
  args: readonly string[],
  { state, hint }: { readonly state: string; readonly hint: string },
): Promise<string> {
  const run = await runProgram("git", args, { folder, env, signal, timeoutMs: TIMEOUT_MS });
  if (run.kind === "absent")
    throw new AppError("fetch-failed", `${state}: git is not installed`, {
      hint: "install git, or compare with --baseline FILE",
    });
  if (run.kind !== "ended") throw new AppError("fetch-failed", `${state}: git ${run.kind}`);
  if (run.exitCode === 0) return run.stdout.toString("utf8");
  const said = printable(run.stderr.toString("utf8").trim(), 200);
  throw new AppError("usage", said === "" ? state : `${state} (${said})`, { hint });
}
