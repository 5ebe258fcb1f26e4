import { complain, items, member, parseJson, shallow } from "./json-shape.ts";
import type { Descriptor } from "./oci.ts";
import { OCI_INDEX } from "./oci-media-type.ts";

/** What is used of a list of referrers. Kinds and annotations in it are often wrong, so that each manifest is opened anyway. */
export interface ListedReferrers {
  /** Each once, in the list's order. */
  readonly digests: readonly Descriptor["digest"][];
  /** Entries without a digest that we accept. */
  readonly malformed: number;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const ENTRIES_MAX = 100_000;
const LIST = { what: "list of referrers", code: "archive-invalid" } as const;

/**
 * Reads an index as a list of what is attached. One entry that makes no sense does not hide the others.
 *
 * @throws {AppError} `archive-invalid` when it is no index.
 * @see OCI distribution specification 1.1, "Listing Referrers" and "Referrers Tag Schema"
 */
export function parseReferrersList(bytes: Uint8Array): ListedReferrers {
  const top = parseJson(bytes, LIST);
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

/** What a list says of one manifest. */
export interface ReferrerEntry {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly artifactType: string | null;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * The list with another entry. Entries of others stay as they are, whatever they hold.
 *
 * @param lists States of the list that were seen, the newest last; entries that are only in older ones are taken over, because
 *   what is read may be stale, and because somebody else may have written without having read them.
 * @throws {AppError} `archive-invalid` when one is no index.
 */
export function withReferrer(lists: readonly Uint8Array[], entry: ReferrerEntry): Buffer {
  const entries = new Map<string, unknown>();
  let members: object = {};
  for (const bytes of lists) {
    const top = shallow(parseJson(bytes, LIST));
    if (member(top, "schemaVersion").value !== 2) complain(top, "is no index");
    members = { ...(top.value as object) };
    for (const { value } of items(member(top, "manifests"), ENTRIES_MAX)) {
      const digest = digestOf(value);
      if (digest !== null) entries.set(digest, value);
    }
  }
  const { mediaType, digest, size, artifactType, annotations } = entry;
  const kind = artifactType === null ? {} : { artifactType };
  entries.set(digest, { mediaType, digest, size, ...kind, annotations });
  const manifests = [...entries.values()];
  const index = { ...members, schemaVersion: 2, mediaType: OCI_INDEX, manifests };
  return Buffer.from(JSON.stringify(index), "utf8");
}

function digestOf(entry: unknown): Descriptor["digest"] | null {
  if (typeof entry !== "object" || entry === null || !("digest" in entry)) return null;
  const { digest } = entry;
  return typeof digest === "string" && DIGEST.test(digest)
    ? (digest as Descriptor["digest"])
    : null;
}
