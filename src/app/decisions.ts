// What people have decided beforehand: exceptions and VEX documents.
import type { Environment } from "../io/folders.ts";
import { type ReadableFile, readNamed, readOptional } from "../io/named-file.ts";
import { AppError } from "../kit/error.ts";
import { isDigest } from "../model/digest.ts";
import type { InUseRecord } from "../model/in-use.ts";
import type { Suppression, VexStatement } from "../model/suppression.ts";
import type { WatchedUse } from "../model/watched-record.ts";

/** The file that is read when none is named. */
export const EXCEPTIONS_FILE = "bulwark.exceptions.yaml";
const VEX_BYTES_MAX = 64 << 20;
const DRIFT_BYTES_MAX = 256 << 20;

/**
 * Reads the exceptions and the VEX documents of a run.
 *
 * @throws {AppError} `not-found` for a named file that is missing, `config-invalid`, `document-invalid`.
 */
export async function readDecisions(request: {
  readonly exceptions: string | null;
  readonly vex: readonly string[];
}): Promise<{ exceptions: readonly Suppression[]; vex: readonly VexStatement[] }> {
  const file =
    request.exceptions === null
      ? await readOptional(EXCEPTIONS_FILE)
      : await readNamed("exceptions", request.exceptions);
  return {
    exceptions: file === null ? [] : await exceptionsOf(file),
    vex: (await Promise.all(request.vex.map(statementsOf))).flat(),
  };
}

/** Instead of a file: what `bulwark watch` kept on this machine. */
const WATCHED = "watched";

/**
 * Reads what `bulwark drift` has seen to be in use, or `bulwark watch`.
 *
 * @throws {AppError} `not-found`, `document-invalid`.
 */
export async function readInUseFiles(
  paths: readonly string[],
  env: Environment,
): Promise<readonly InUseRecord[]> {
  if (paths.length === 0) return [];
  const { readInUse } = await import("../formats/drift-result.ts");
  const records = await Promise.all(
    paths.map(async (path) => {
      if (path === WATCHED) return watchedInUse(env);
      const { bytes } = await readNamed("drift result", path, DRIFT_BYTES_MAX);
      return readInUse(bytes, path);
    }),
  );
  return records.flat();
}

/** @throws {AppError} `not-found` when nothing was watched here. */
async function watchedInUse(env: Environment): Promise<InUseRecord[]> {
  const { WatchedRecords } = await import("../io/watched-records.ts");
  const records = await new WatchedRecords(env).all();
  if (records.length === 0)
    throw new AppError("not-found", "cannot tell what is in use: nothing was watched here", {
      hint: "watch it for a while: bulwark watch --observe NAME",
      subject: WATCHED,
    });
  return records.flatMap(({ digest, workload, inUse }) =>
    isDigest(digest) ? [{ digest, container: workload, how: "watched", ...usedIn(inUse) }] : [],
  );
}

function usedIn({ packages, unowned }: WatchedUse): Pick<InUseRecord, "owners" | "files"> {
  return {
    owners: new Set(packages.map(({ owner }) => owner)),
    files: new Set([...unowned, ...packages.flatMap(({ files }) => files)]),
  };
}

async function exceptionsOf({ bytes, path }: ReadableFile): Promise<Suppression[]> {
  const { parseExceptions } = await import("../formats/exceptions.ts");
  return parseExceptions(bytes, path);
}

async function statementsOf(path: string): Promise<readonly VexStatement[]> {
  const [{ bytes }, { readVex }] = await Promise.all([
    readNamed("VEX document", path, VEX_BYTES_MAX),
    import("../formats/vex.ts"),
  ]);
  return readVex(bytes, path);
}
