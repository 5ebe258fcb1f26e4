// Documents that others wrote: an inventory (SBOM) is matched like our own, a report of findings (SARIF) enters the verdict.
import { readSarif } from "../formats/sarif.ts";
import { readSbom } from "../formats/sbom.ts";
import { readNamed } from "../io/named-file.ts";
import type { Problem } from "../model/problem.ts";
import { type Examined, plainExamined } from "./examined.ts";

/** Beyond this nobody reads them; the largest known SBOMs have some hundred megabytes. */
const BYTES_MAX = 512 << 20;

/** What is asked of a document. */
interface Asked {
  /** Whether somebody asks for secrets in what it tells of. */
  readonly secrets: boolean;
}

/** @throws {AppError} `not-found`, `unreadable`, `document-invalid`. */
export async function examineSbom(
  path: string,
  target: string,
  { secrets }: Asked,
): Promise<Examined> {
  const { bytes } = await readNamed("SBOM", path, BYTES_MAX);
  const { problems, ...known } = readSbom(bytes, path);
  const inventory = { ...known, problems: [...problems, ...contentUnseen(path, secrets)] };
  return plainExamined({ kind: "sbom", target }, inventory);
}

/** @throws {AppError} `not-found`, `unreadable`, `document-invalid`. */
export async function examineSarif(
  path: string,
  target: string,
  { secrets }: Asked,
): Promise<Examined> {
  const { bytes } = await readNamed("SARIF report", path, BYTES_MAX);
  const { findings, problems } = readSarif(bytes, path);
  const inventory = {
    distribution: null,
    packages: [],
    problems: [...problems, ...contentUnseen(path, secrets)],
  };
  return plainExamined({ kind: "sarif", target }, inventory, findings);
}

/** Who asks for secrets and gets none must not take that for an answer. */
function contentUnseen(path: string, isAsked: boolean): Problem[] {
  const detail = "it tells of a content that is not here: scan the image or the folder itself";
  return isAsked ? [{ code: "secrets-unsearched", detail, path }] : [];
}
