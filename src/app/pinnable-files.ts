// The files below what the user named, in which images and actions can be pinned.
import { mayBePinnable, type Pinnable, pinnableName, readPinnable } from "../formats/pinnable.ts";
import { filesBelow, lookAt } from "../io/look.ts";
import { readNamed } from "../io/named-file.ts";
import { trueName } from "../io/replace-file.ts";
import { AppError } from "../kit/error.ts";
import { decodedText, encodedText } from "./file-text.ts";

/** A file with what can be pinned in it. */
export interface PinnableFile extends Pinnable {
  readonly path: string;
  readonly bytes: Buffer;
  /** Decoded, without its byte order mark. */
  readonly text: string;
}

/** What could not be looked at. */
export interface UnreadFile {
  readonly path: string;
  readonly reason: string;
}

export interface PinnableFiles {
  readonly files: readonly PinnableFile[];
  readonly problems: readonly UnreadFile[];
}

const FILES_MAX = { max: 20_000, depth: 16 };

/**
 * Finds and reads the files. A file that is named is of a kind that can be pinned, or the command line is wrong; in folders
 * others are passed over.
 *
 * @throws {AppError} `not-found`, `unreadable`, `usage`.
 */
export async function pinnableFiles(paths: readonly string[]): Promise<PinnableFiles> {
  const files: PinnableFile[] = [];
  const problems: UnreadFile[] = [];
  const seen = new Set<string>();
  for (const { path, isNamed, isWhole } of await candidates(paths)) {
    if (!isWhole) {
      problems.push({ path, reason: UNSEEN });
      continue;
    }
    const name = await trueName(path);
    if (seen.has(name)) continue;
    seen.add(name);
    const read = await readOrReason(path, isNamed);
    if (typeof read === "string") problems.push({ path, reason: read });
    else if (read !== null) files.push(read);
  }
  return { files, problems };
}

/** What hinders us to read a file is a reason; a file that was named must be there and of our kinds. */
async function readOrReason(path: string, isNamed: boolean): Promise<PinnableFile | string | null> {
  try {
    return await readFile(path, isNamed);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal" || error.code === "usage")
      throw error;
    if (isNamed && error.code !== "config-invalid" && error.code !== "limit-exceeded") throw error;
    return error.message;
  }
}

const UNSEEN =
  "not all folders and files below it were looked at: there are too many, or they may not be read";

interface Candidate {
  readonly path: string;
  readonly isNamed: boolean;
  /** false for a folder in which not everything was seen. */
  readonly isWhole: boolean;
}

async function candidates(paths: readonly string[]): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (const path of paths) {
    const look = await lookAt(path);
    if (look.kind === "nothing")
      throw new AppError(
        "not-found",
        `cannot pin ${JSON.stringify(path)}: no such file or folder`,
        {
          hint: "name a file, or a folder to look for files in",
          subject: path,
        },
      );
    if (look.kind === "file") {
      found.push({ path, isNamed: true, isWhole: true });
      continue;
    }
    const wants = (file: string): boolean => pinnableName(file) !== null;
    const below = await filesBelow(path, { wants, ...FILES_MAX });
    for (const file of below.paths) found.push({ path: file, isNamed: false, isWhole: true });
    if (!below.isWhole) found.push({ path, isNamed: false, isWhole: false });
  }
  return found;
}

async function readFile(path: string, isNamed: boolean): Promise<PinnableFile | null> {
  const { bytes } = await readNamed("file", path);
  // A file that is named and has no telling name is a Dockerfile, as for docker build -f.
  const name = pinnableName(path) ?? "dockerfile";
  const text = decoded(bytes, name === "dockerfile");
  if (text === null)
    throw new AppError("config-invalid", `cannot read ${JSON.stringify(path)}: it is not UTF-8`);
  const isOurs = isNamed || name === "dockerfile" || mayBePinnable(text, path);
  const found = isOurs ? readPinnable(text, { name, path }) : null;
  if (found !== null) return { path, bytes, text, ...found };
  if (!isNamed) return null;
  throw new AppError("usage", `cannot pin ${JSON.stringify(path)}: it is no kind of file we pin`, {
    hint: "name a Dockerfile, a Compose or Kubernetes file, a workflow or action of GitHub, or a pipeline of GitLab",
    subject: path,
  });
}

/** Comments in Dockerfiles may be in any 8-bit encoding. */
function decoded(bytes: Buffer, isAnyEncoding: boolean): string | null {
  return decodedText(bytes) ?? (isAnyEncoding ? bytes.toString("latin1") : null);
}

/** The bytes of a new text for a file, in its encoding and with its byte order mark. */
export function encodedFor({ bytes }: PinnableFile, replaced: string): Buffer {
  const isUtf8 = decodedText(bytes) !== null;
  return isUtf8 ? encodedText(replaced, bytes) : Buffer.from(replaced, "latin1");
}
