import type { Digest } from "../model/digest.ts";
import type { InUseRecord } from "../model/in-use.ts";
import { complain, items, type JsonPlace, member, parseJson, text } from "./json-shape.ts";

const TEXT_MAX = 4096;
const LIST_MAX = 1_000_000;

/**
 * What `bulwark drift --format json` wrote, of one container or of several, as far as it tells what of images is in use. Containers
 * whose image was gone tell nothing.
 *
 * @throws {AppError} `document-invalid`, naming the file and what is wrong.
 */
export function readInUse(bytes: Uint8Array, path: string): InUseRecord[] {
  return driftResults(bytes, path).flatMap((result) => inUseIn(result) ?? []);
}

function inUseIn(result: JsonPlace): InUseRecord | null {
  const place = member(result, "baseline");
  if (place.value === undefined) return null;
  const digest = words(place);
  if (!isDigest(digest)) complain(place, "is no digest");
  const inUse = member(result, "inUse");
  const packages = list(member(inUse, "packages"));
  return {
    digest,
    container: words(member(member(result, "container"), "name")),
    how: "snapshot",
    owners: new Set(packages.map((one) => words(member(one, "owner")))),
    files: new Set([
      ...list(member(inUse, "unowned")).map(words),
      ...packages.flatMap((one) => list(member(one, "files")).map(words)),
    ]),
  };
}

/**
 * The ids of the differences that `bulwark drift --format json` wrote, of one container or of several.
 *
 * @throws {AppError} `document-invalid`, naming the file and what is wrong.
 */
export function readKnownDrift(bytes: Uint8Array, path: string): ReadonlySet<string> {
  const lists = driftResults(bytes, path).flatMap((result) =>
    ["drift", "known"].flatMap((name) => list(member(result, name))),
  );
  return new Set(lists.map((one) => words(member(one, "id"))));
}

function driftResults(bytes: Uint8Array, path: string): JsonPlace[] {
  const top = parseJson(bytes, {
    what: `drift result ${JSON.stringify(path)}`,
    code: "document-invalid",
    hint: "name a file that bulwark drift --format json wrote",
  });
  const schema = member(top, "schema");
  if (schema.value === "bulwark.dev/drifts/v1") return list(member(top, "results"));
  if (schema.value === "bulwark.dev/drift/v1") return [top];
  complain(schema, "is of another kind");
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
