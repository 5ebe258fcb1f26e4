// What people have decided beforehand: exceptions and VEX documents.
import { type ReadableFile, readNamed, readOptional } from "../io/named-file.ts";
import type { InUseRecord } from "../model/in-use.ts";
import type { Suppression, VexStatement } from "../model/suppression.ts";

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

/**
 * Reads what `bulwark drift` has seen to be in use.
 *
 * @throws {AppError} `not-found`, `document-invalid`.
 */
export async function readInUseFiles(paths: readonly string[]): Promise<readonly InUseRecord[]> {
  if (paths.length === 0) return [];
  const { readInUse } = await import("../formats/drift-result.ts");
  const records = await Promise.all(
    paths.map(async (path) => {
      const { bytes } = await readNamed("drift result", path, DRIFT_BYTES_MAX);
      return readInUse(bytes, path);
    }),
  );
  return records.flat();
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
