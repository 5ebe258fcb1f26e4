// What the tags and branches of a repository elsewhere are: git itself is asked.
import { AppError } from "../kit/error.ts";
import { printable } from "../kit/text.ts";
import type { Environment } from "./folders.ts";
import { runProgram } from "./process.ts";

/** What is asked, and how. */
export interface GitRefRequest {
  /** `https://…`, or another address that git takes. */
  readonly url: string;
  /** A tag or branch by its short name. */
  readonly ref: string;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

const REF = /^[\w][\w./+-]*$/;

/**
 * Asks for the commit of a tag, or of a branch when there is no such tag. Git asks nobody for a password.
 *
 * @throws {AppError} `fetch-failed` when git is missing or fails, `not-found` when the repository has no such tag or branch.
 */
export async function commitOfRef({ url, ref, env, signal }: GitRefRequest): Promise<string> {
  const action = `cannot ask for ${JSON.stringify(ref)} of ${url}`;
  if (!REF.test(ref) || ref.includes(".."))
    throw new AppError("not-found", `${action}: that is no name of a tag or branch`);
  const names = [`refs/tags/${ref}`, `refs/tags/${ref}^{}`, `refs/heads/${ref}`];
  const run = await runProgram(
    "git",
    ["-c", "protocol.ext.allow=never", "ls-remote", "--", url, ...names],
    { env: { ...env, GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "" }, signal, timeoutMs: 60_000 },
  );
  if (run.kind === "absent")
    throw new AppError("fetch-failed", `${action}: git is not installed`, {
      hint: "install git, or name the commits in a file with --actions",
    });
  if (run.kind !== "ended" || run.exitCode !== 0) {
    const said = run.kind === "ended" ? run.stderr.toString("utf8") : run.kind;
    throw new AppError("fetch-failed", `${action}: ${printable(said, 200)}`);
  }
  const commit = commitIn(run.stdout.toString("utf8"), names);
  if (commit !== null) return commit;
  throw new AppError("not-found", `${action}: it has no such tag or branch`);
}

/** A tag of its own (annotated) names a commit through `^{}`. */
function commitIn(listed: string, [tag = "", peeled = "", branch = ""]: string[]): string | null {
  const found = new Map<string, string>();
  for (const line of listed.split("\n")) {
    const [, commit, name] = /^([0-9a-f]{40}(?:[0-9a-f]{24})?)\t(\S+)$/.exec(line) ?? [];
    if (commit !== undefined && name !== undefined) found.set(name, commit);
  }
  return found.get(peeled) ?? found.get(tag) ?? found.get(branch) ?? null;
}
