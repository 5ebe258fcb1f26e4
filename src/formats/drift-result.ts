import { AppError } from "../kit/error.ts";
import type { Digest } from "../model/digest.ts";
import type { InUseRecord } from "../model/in-use.ts";
import { items, type JsonDocument, type JsonPlace, member, parseJson, text } from "./json-shape.ts";

const TEXT_MAX = 4096;
const LIST_MAX = 1_000_000;

/**
 * What `bulwark drift --format json` wrote, as far as it tells what of an image is in use.
 *
 * @throws {AppError} `document-invalid`, naming the file and what is wrong.
 */
export function readInUse(bytes: Uint8Array, path: string): InUseRecord {
  const { document, top } = driftResult(bytes, path);
  const baseline = member(top, "baseline").value;
  if (typeof baseline !== "string" || !isDigest(baseline))
    throw other(document, "the container was compared with no image");
  const container = member(top, "container");
  const inUse = member(top, "inUse");
  return {
    digest: baseline,
    container: text(member(container, "name"), TEXT_MAX),
    owners: new Set(list(member(inUse, "packages")).map((one) => words(member(one, "owner")))),
    files: new Set([
      ...list(member(inUse, "unowned")).map(words),
      ...list(member(inUse, "packages")).flatMap((one) => list(member(one, "files")).map(words)),
    ]),
  };
}

/**
 * The ids of the differences that `bulwark drift --format json` wrote.
 *
 * @throws {AppError} `document-invalid`, naming the file and what is wrong.
 */
export function readKnownDrift(bytes: Uint8Array, path: string): ReadonlySet<string> {
  const { top } = driftResult(bytes, path);
  const lists = ["drift", "known"].flatMap((name) => list(member(top, name)));
  return new Set(lists.map((one) => words(member(one, "id"))));
}

function driftResult(
  bytes: Uint8Array,
  path: string,
): { readonly document: JsonDocument; readonly top: JsonPlace } {
  const document: JsonDocument = {
    what: `drift result ${JSON.stringify(path)}`,
    code: "document-invalid",
    hint: "name a file that bulwark drift --format json wrote",
  };
  const top = parseJson(bytes, document);
  const schema = member(top, "schema").value;
  if (schema !== "bulwark.dev/drift/v1") throw other(document, "it is of another kind");
  return { document, top };
}

function isDigest(written: string): written is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(written);
}

function list(place: JsonPlace): JsonPlace[] {
  return items(place, LIST_MAX);
}

function words(place: JsonPlace): string {
  return text(place, TEXT_MAX);
}

function other({ what, code, hint = "" }: JsonDocument, state: string): AppError {
  return new AppError(code, `cannot read ${what}: ${state}`, { hint });
}
