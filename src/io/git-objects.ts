// What a repository keeps: every object, also those that no branch leads to any more. Git itself reads them, in a repository of
// our own that borrows the other one's objects, so that nothing of its configuration, hooks or attributes is ever read.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { printable } from "../kit/text.ts";
import type { Environment } from "./folders.ts";
import { type GitStores, gitStores } from "./git-stores.ts";
import type { ContentVisitor } from "./layers/walk.ts";
import { type ProgramRun, runProgram } from "./process.ts";

export interface GitContext {
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** Where a blob was: a commit that has it, and its path there. */
export interface GitPlace {
  readonly commit: string;
  readonly path: string;
}

/** What was read, and what was not. */
export interface GitReading {
  /** Asks where blobs were; those that no commit has are missing. */
  places(blobs: ReadonlySet<string>): Promise<ReadonlyMap<string, GitPlace>>;
  readonly problems: readonly string[];
  close(): void;
}

const OBJECT_BYTES_MAX = 64 << 20;
const TOTAL_BYTES_MAX = 8 * 2 ** 30;
const OBJECTS_MAX = 4_000_000;
const LIST_BYTES_MAX = 400 << 20;
const TIMEOUT_MS = 900_000;

/**
 * Shows every blob, commit message and tag of a repository's whole history to a visitor, under the object's name.
 *
 * @returns null when the folder is no repository.
 * @throws the signal's reason.
 */
export async function readGitObjects(
  folder: string,
  visitor: ContentVisitor,
  context: GitContext,
): Promise<GitReading | null> {
  const stores = gitStores(folder);
  if (stores === null) return null;
  const problems = [...stores.problems];
  const own = borrowing(stores);
  const git = gitIn(own, context);
  const close = (): void => rmSync(own, { recursive: true, force: true });
  try {
    const objects = await listed(git, problems);
    const commits = objects.filter(({ type }) => type === "commit").map(({ id }) => id);
    await Promise.all([
      shown(git, objects, { visitor, problems }),
      stores.isPartial
        ? undefined
        : connected(git, { commits: [...commits, ...stores.tips], problems }),
    ]);
    return { problems, close, places: (blobs) => placesOf(git, { blobs, commits }) };
  } catch (error) {
    close();
    throw error;
  }
}

/** Asks whether everything that commits lead to is there: an object that is gone is in no list. */
async function connected(
  git: Git,
  { commits, problems }: { readonly commits: readonly string[]; readonly problems: string[] },
): Promise<void> {
  if (commits.length === 0) return;
  const args = ["rev-list", "--objects", "--quiet", "--stdin"];
  const run = await git(args, { input: `${commits.join("\n")}\n` });
  if (run.kind !== "ended" || run.exitCode !== 0)
    problems.push(`some of its history is not there and was not searched: ${stateOf(run)}`);
}

/** An empty repository that has the other ones' objects. */
function borrowing({ paths, isSha256, shallow }: GitStores): string {
  const own = mkdtempSync(join(tmpdir(), "bulwark-git-"));
  for (const name of ["refs", "objects/info"]) mkdirSync(join(own, name), { recursive: true });
  writeFileSync(join(own, "HEAD"), "ref: refs/heads/none\n");
  const lent = paths.map((path) => `${JSON.stringify(join(path, "objects"))}\n`);
  writeFileSync(join(own, "objects/info/alternates"), lent.join(""));
  const format = isSha256
    ? "\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = sha256\n"
    : "\trepositoryformatversion = 0\n";
  writeFileSync(join(own, "config"), `[core]\n\tbare = true\n${format}`);
  if (shallow !== "") writeFileSync(join(own, "shallow"), shallow);
  return own;
}

type Git = (
  args: readonly string[],
  options: { readonly input?: string; readonly onOutput?: (piece: Buffer) => void },
) => Promise<ProgramRun>;

function gitIn(own: string, { env, signal }: GitContext): Git {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith("GIT_"));
  const safe = {
    ...Object.fromEntries(kept),
    GIT_DIR: own,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ATTR_NOSYSTEM: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_TERMINAL_PROMPT: "0",
    LC_ALL: "C",
  };
  const bounds = { timeoutMs: TIMEOUT_MS, outputBytesMax: LIST_BYTES_MAX };
  return (args, options) => runProgram("git", args, { env: safe, signal, ...bounds, ...options });
}

interface GitObject {
  readonly id: string;
  readonly type: string;
  readonly sizeBytes: number;
}

async function listed(git: Git, problems: string[]): Promise<GitObject[]> {
  const format = "--batch-check=%(objectname) %(objecttype) %(objectsize)";
  const run = await git(["cat-file", "--batch-all-objects", "--unordered", format], {});
  if (run.kind !== "ended" || run.exitCode !== 0) {
    problems.push(`its history was not searched for secrets: ${stateOf(run)}`);
    return [];
  }
  const text = run.stdout.toString("latin1");
  const unread = text.match(UNREAD)?.length ?? 0;
  if (unread > 0)
    problems.push(
      `${unread} objects of its history cannot be read and were not searched for secrets`,
    );
  const objects: GitObject[] = [];
  for (const [, id = "", type = "", size] of text.matchAll(LISTED)) {
    if (type !== "tree") objects.push({ id, type, sizeBytes: Number(size) });
    if (objects.length < OBJECTS_MAX) continue;
    problems.push(`only ${OBJECTS_MAX} objects of its history were searched for secrets`);
    break;
  }
  return objects;
}

/** What git cannot open has a word instead. */
const UNREAD = /^[0-9a-f]{40,64} [a-z]+$/gm;
const LISTED = /^([0-9a-f]{40,64}) (blob|commit|tag|tree) (\d+)$/gm;

function stateOf(run: ProgramRun): string {
  if (run.kind === "absent") return "git is not installed";
  if (run.kind !== "ended") return `git ${run.kind}`;
  return `git says ${JSON.stringify(printable(run.stderr.toString("utf8"), 200))}`;
}

async function shown(
  git: Git,
  objects: readonly GitObject[],
  { visitor, problems }: { readonly visitor: ContentVisitor; readonly problems: string[] },
): Promise<void> {
  let total = 0;
  const wanted: string[] = [];
  let left = 0;
  for (const { id, sizeBytes } of objects) {
    if (sizeBytes === 0) continue;
    if (sizeBytes > OBJECT_BYTES_MAX || total + sizeBytes > TOTAL_BYTES_MAX) left += 1;
    else {
      total += sizeBytes;
      wanted.push(id);
    }
  }
  if (left > 0) problems.push(`${left} large objects of its history were not searched for secrets`);
  if (wanted.length === 0) return;
  const stream = new ObjectStream(visitor);
  const input = `${wanted.join("\n")}\n`;
  const onOutput = (piece: Buffer): void => stream.push(piece);
  const run = await git(["cat-file", "--batch", "--buffer"], { input, onOutput });
  const missing = wanted.length - stream.objects;
  if (run.kind !== "ended" || run.exitCode !== 0)
    problems.push(`not all of its history was searched for secrets: ${stateOf(run)}`);
  else if (missing > 0)
    problems.push(
      `${missing} objects of its history cannot be read and were not searched for secrets`,
    );
}

const NEWLINE = 10;
const HEADER_MAX = 200;

/** Takes apart what `cat-file --batch` writes: a line with name, type and size, the content, a line end. */
class ObjectStream {
  readonly #visitor: ContentVisitor;
  #header: Buffer = Buffer.alloc(0);
  /** Bytes of the content still to come, the line end among them; 0 between objects. */
  #rest = 0;
  objects = 0;

  constructor(visitor: ContentVisitor) {
    this.#visitor = visitor;
  }

  push(piece: Buffer): void {
    for (let at = 0; at < piece.length; )
      at = this.#rest > 0 ? this.#content(piece, at) : this.#begin(piece, at);
  }

  #content(piece: Buffer, at: number): number {
    const to = Math.min(piece.length, at + this.#rest);
    const isEnd = to - at === this.#rest;
    const bytes = piece.subarray(at, isEnd ? to - 1 : to);
    if (bytes.length > 0) this.#visitor.piece(bytes);
    this.#rest -= to - at;
    if (isEnd) {
      this.#visitor.end();
      this.objects += 1;
    }
    return to;
  }

  #begin(piece: Buffer, at: number): number {
    const newline = piece.indexOf(NEWLINE, at);
    const to = newline === -1 ? piece.length : newline;
    this.#header = Buffer.concat([this.#header, piece.subarray(at, to)]).subarray(0, HEADER_MAX);
    if (newline === -1) return to;
    const [, id = "", size] = /^([0-9a-f]+) \w+ (\d+)$/.exec(this.#header.toString("latin1")) ?? [];
    this.#header = Buffer.alloc(0);
    // Objects that are missing have a line and nothing else.
    if (size === undefined) return newline + 1;
    this.#rest = Number(size) + 1;
    this.#visitor.begin(id, Number(size));
    return newline + 1;
  }
}

async function placesOf(
  git: Git,
  { blobs, commits }: { readonly blobs: ReadonlySet<string>; readonly commits: readonly string[] },
): Promise<ReadonlyMap<string, GitPlace>> {
  const places = new Map<string, GitPlace>();
  if (blobs.size === 0 || commits.length === 0) return places;
  let commit = "";
  const use = (line: string): void => {
    const space = line.indexOf(" ");
    if (space === -1) commit = line;
    else if (blobs.has(line.slice(0, space)) && !places.has(line.slice(0, space)))
      places.set(line.slice(0, space), { commit, path: line.slice(space + 1) });
  };
  let open = "";
  const onOutput = (piece: Buffer): void => {
    const lines = (open + piece.toString("utf8")).split("\n");
    open = lines.pop() ?? "";
    for (const line of lines) use(line);
  };
  const args = ["rev-list", "--objects", "--in-commit-order", "--stdin"];
  // What this cannot tell is said under the object's name; it hides nothing.
  await git(args, { input: `${commits.join("\n")}\n`, onOutput });
  return places;
}
