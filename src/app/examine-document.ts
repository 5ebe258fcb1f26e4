// Documents that others wrote: an inventory (SBOM) is matched like our own, a report of findings (SARIF) enters the verdict.
import { readSarif } from "../formats/sarif.ts";
import { readSbom } from "../formats/sbom.ts";
import { readNamed } from "../io/named-file.ts";
import { type Examined, plainExamined } from "./examined.ts";

/** Beyond this nobody reads them; the largest known SBOMs have some hundred megabytes. */
const BYTES_MAX = 512 << 20;

/** @throws {AppError} `not-found`, `unreadable`, `document-invalid`. */
export async function examineSbom(path: string, target: string): Promise<Examined> {
  const { bytes } = await readNamed("SBOM", path, BYTES_MAX);
  return plainExamined({ kind: "sbom", target }, readSbom(bytes, path));
}

/** @throws {AppError} `not-found`, `unreadable`, `document-invalid`. */
export async function examineSarif(path: string, target: string): Promise<Examined> {
  const { bytes } = await readNamed("SARIF report", path, BYTES_MAX);
  const { findings, problems } = readSarif(bytes, path);
  const inventory = { distribution: null, packages: [], problems };
  return plainExamined({ kind: "sarif", target }, inventory, findings);
}
