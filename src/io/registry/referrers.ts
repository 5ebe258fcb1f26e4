// What a registry lists as attached to a manifest. Nobody vouches for these lists; io/attachments opens what they name.
// @see OCI distribution specification 1.1, "Listing Referrers" and "Referrers Tag Schema"
import { OCI_INDEX } from "../../formats/oci-media-type.ts";
import { parseReferrersList } from "../../formats/referrers-list.ts";
import { type Digest, hexOf, shortDigest } from "../../model/digest.ts";
import type { HttpResponse } from "../http/response.ts";
import type { RegistryClient } from "./registry-client.ts";
import { bodyOf, refusal } from "./registry-error.ts";

/** Registries give long lists in parts; nobody's list has more. */
const PAGES_MAX = 50;
/** Lists repeat the annotations of what they list, so they may be larger than a manifest. */
const LIST_BYTES_MAX = 32 << 20;

/** A list as a registry has it. */
export interface ReferrersList {
  readonly digests: readonly Digest[];
  /** Entries that make no sense. */
  readonly malformed: number;
  /** Whether it was read to its end. */
  readonly isWhole: boolean;
}

/** Answers of registries that do not know this part of the protocol. Others answer with a page of their own. */
const UNKNOWN: ReadonlySet<number> = new Set([400, 404, 405, 501]);

/**
 * The list that the registry keeps itself, in its order.
 *
 * @param max Where reading ends.
 * @returns null when the registry does not have this part of the protocol.
 * @throws {AppError} `registry-*`, `archive-invalid`, `limit-exceeded`.
 */
export async function referrersInApi(
  client: RegistryClient,
  { digest, max }: { readonly digest: Digest; readonly max: number },
  signal: AbortSignal,
): Promise<ReferrersList | null> {
  const action = `list what is attached to ${shortDigest(digest)} in ${JSON.stringify(client.name)}`;
  const digests: Digest[] = [];
  let malformed = 0;
  let path: string | URL = `referrers/${digest}`;
  for (let page = 0; page < PAGES_MAX && digests.length <= max; page += 1) {
    const headers = { accept: OCI_INDEX };
    const response = await client.send({ method: "GET", path, headers, action, signal });
    if (page === 0 && isUnknown(response)) {
      response.close();
      return null;
    }
    if (!response.isOk) throw await refusal(response, action);
    const bytes = await bodyOf(response, { action, bytesMax: LIST_BYTES_MAX });
    const listed = parseReferrersList(bytes);
    digests.push(...listed.digests);
    malformed += listed.malformed;
    const next = nextPage(response);
    if (next === "none") return { digests, malformed, isWhole: true };
    if (next === "elsewhere") break;
    path = next;
  }
  return { digests, malformed, isWhole: false };
}

function isUnknown(response: HttpResponse): boolean {
  const type = response.header("content-type") ?? "";
  return UNKNOWN.has(response.status) || (response.isOk && !type.startsWith(OCI_INDEX));
}

/** The rest of a list, which is followed at the same registry only. @see RFC 8288 */
function nextPage(response: HttpResponse): URL | "none" | "elsewhere" {
  const { href, origin } = response.url;
  const link = response.header("link") ?? "";
  if (!/rel="?next\b/.test(link)) return "none";
  const target = /^<([^>]{1,2000})>/.exec(link)?.[1] ?? "";
  const url = target !== "" && URL.canParse(target, href) ? new URL(target, href) : null;
  return url?.origin === origin ? url : "elsewhere";
}

/** `sha256-HEX`: the tag whose index lists what is attached, where the registry does not. */
export function fallbackTag(digest: Digest): string {
  return `sha256-${hexOf(digest)}`;
}
