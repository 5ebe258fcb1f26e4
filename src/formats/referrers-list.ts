import { complain, items, member, parseJson } from "./json-shape.ts";
import type { Descriptor } from "./oci.ts";

/** What is used of a list of referrers. Kinds and annotations in it are often wrong, so that each manifest is opened anyway. */
export interface ListedReferrers {
  /** Each once, in the list's order. */
  readonly digests: readonly Descriptor["digest"][];
  /** Entries without a digest that we accept. */
  readonly malformed: number;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const ENTRIES_MAX = 100_000;

/**
 * Reads an index as a list of what is attached. One entry that makes no sense does not hide the others.
 *
 * @throws {AppError} `archive-invalid` when it is no index.
 * @see OCI distribution specification 1.1, "Listing Referrers" and "Referrers Tag Schema"
 */
export function parseReferrersList(bytes: Uint8Array): ListedReferrers {
  const top = parseJson(bytes, { what: "list of referrers", code: "archive-invalid" });
  const list = member(top, "manifests");
  // Some registries write null for "none".
  if (member(top, "schemaVersion").value !== 2) complain(top, "is no index");
  const digests = new Set<Descriptor["digest"]>();
  let malformed = 0;
  for (const { value } of items(list, ENTRIES_MAX)) {
    const digest = digestOf(value);
    if (digest === null) malformed += 1;
    else digests.add(digest);
  }
  return { digests: [...digests], malformed };
}

function digestOf(entry: unknown): Descriptor["digest"] | null {
  if (typeof entry !== "object" || entry === null || !("digest" in entry)) return null;
  const { digest } = entry;
  return typeof digest === "string" && DIGEST.test(digest)
    ? (digest as Descriptor["digest"])
    : null;
}
