// What is attached to a manifest: signatures, attestations, bills of materials.
// @see OCI distribution specification 1.1, "Listing Referrers" and "Referrers Tag Schema"
import {
  type Descriptor,
  DOCUMENT_BYTES_MAX,
  type Index,
  type Manifest,
  parseIndex,
  parseManifestOrIndex,
} from "../../formats/oci.ts";
import { OCI_INDEX } from "../../formats/oci-media-type.ts";
import { AppError } from "../../kit/error.ts";
import { type Digest, hexOf, shortDigest } from "../../model/digest.ts";
import type { HttpResponse } from "../http/response.ts";
import { digestOf, getManifest, type PulledManifest } from "./pull.ts";
import type { RegistryClient } from "./registry-client.ts";
import { bodyOf, refusal } from "./registry-error.ts";

/** Registries give long lists in parts; nobody's list has more. */
const PAGES_MAX = 20;

/**
 * The manifests whose subject is `digest`, in the registry's order; of one kind if `artifactType` says so. Empty when there is
 * none. What the list says is not verified; what is then read by digest is.
 *
 * @throws {AppError} `registry-*`, `archive-invalid`.
 */
export async function listReferrers(
  client: RegistryClient,
  {
    digest,
    artifactType = null,
  }: { readonly digest: Digest; readonly artifactType?: string | null },
  signal: AbortSignal,
): Promise<Descriptor[]> {
  const found = (await fromApi(client, digest, signal)) ?? (await fromTag(client, digest, signal));
  // Registries may leave the filter to us.
  return found.filter((d) => artifactType === null || d.artifactType === artifactType);
}

/** null when the registry does not have this part of the protocol. */
async function fromApi(
  client: RegistryClient,
  digest: Digest,
  signal: AbortSignal,
): Promise<Descriptor[] | null> {
  const action = `list what is attached to ${shortDigest(digest)} in ${JSON.stringify(client.name)}`;
  const found: Descriptor[] = [];
  let path: string | URL = `referrers/${digest}`;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const headers = { accept: OCI_INDEX };
    const response = await client.send({ method: "GET", path, headers, action, signal });
    const type = response.header("content-type") ?? "";
    // Registries that do not know it answer 404, or with a page of their own.
    if (page === 0 && (response.status === 404 || (response.isOk && !type.startsWith(OCI_INDEX)))) {
      response.close();
      return null;
    }
    if (!response.isOk) throw await refusal(response, action);
    const bytes = await bodyOf(response, { action, bytesMax: DOCUMENT_BYTES_MAX });
    found.push(...parseIndex(bytes).manifests);
    const next = nextPage(response);
    if (next === null) break;
    path = next;
  }
  return found;
}

/** The rest of a list, at the same registry. @see RFC 8288 */
function nextPage(response: HttpResponse): URL | null {
  const { href, origin } = response.url;
  const link = /^<([^>]{1,2000})>; *rel="?next"?/.exec(response.header("link") ?? "")?.[1] ?? "";
  const url = link !== "" && URL.canParse(link, href) ? new URL(link, href) : null;
  return url?.origin === origin ? url : null;
}

/** `sha256-HEX`: a tag whose index lists them. */
function fallbackTag(digest: Digest): string {
  return `sha256-${hexOf(digest)}`;
}

async function fromTag(
  client: RegistryClient,
  digest: Digest,
  signal: AbortSignal,
): Promise<readonly Descriptor[]> {
  const pulled = await tagged(client, digest, signal);
  return pulled === null ? [] : parseIndex(pulled.bytes).manifests;
}

async function tagged(
  client: RegistryClient,
  digest: Digest,
  signal: AbortSignal,
): Promise<PulledManifest | null> {
  try {
    return await getManifest(client, fallbackTag(digest), signal);
  } catch (error) {
    if (error instanceof AppError && error.code === "registry-not-found") return null;
    throw error;
  }
}

/**
 * Enters a pushed manifest in the list of its subject's referrers, where the registry does not do that itself. Nothing happens
 * for a manifest without a subject. Two who do this at once may lose one entry; the protocol has no means against that.
 */
export async function addReferrer(
  client: RegistryClient,
  pushed: { readonly bytes: Uint8Array },
  signal: AbortSignal,
): Promise<void> {
  const document = parseManifestOrIndex(pushed.bytes);
  if (document.subject === null) return;
  const subject = document.subject.digest;
  const known = await fromTag(client, subject, signal);
  const digest = digestOf(pushed.bytes);
  if (known.some((descriptor) => descriptor.digest === digest)) return;
  const entry = {
    mediaType: document.mediaType,
    digest,
    size: pushed.bytes.length,
    artifactType: artifactTypeOf(document),
    annotations: Object.fromEntries(document.annotations),
  };
  const manifests = [...known.map(written), entry];
  const index = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  const action = `push list of what is attached to ${shortDigest(subject)} to ${JSON.stringify(client.name)}`;
  const response = await client.send({
    method: "PUT",
    path: `manifests/${fallbackTag(subject)}`,
    headers: { "content-type": OCI_INDEX },
    body: Buffer.from(index, "utf8"),
    action,
    signal,
  });
  if (!response.isOk) throw await refusal(response, action);
  response.close();
}

/** What it is an artifact of: an image manifest without a word about it has that of its configuration. */
function artifactTypeOf(document: Manifest | Index): string | undefined {
  if (document.artifactType !== null) return document.artifactType;
  return document.kind === "manifest" ? document.config.mediaType : undefined;
}

function written(descriptor: Descriptor): object {
  return {
    mediaType: descriptor.mediaType,
    digest: descriptor.digest,
    size: descriptor.sizeBytes,
    ...(descriptor.artifactType === null ? {} : { artifactType: descriptor.artifactType }),
    annotations: Object.fromEntries(descriptor.annotations),
    ...(descriptor.platform === null ? {} : { platform: descriptor.platform }),
  };
}
