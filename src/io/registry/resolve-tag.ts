// What a tag means at present.
import { parseManifestOrIndex } from "../../formats/oci.ts";
import { MANIFEST_TYPES } from "../../formats/oci-media-type.ts";
import { pickPlatform } from "../../formats/oci-platform.ts";
import { AppError } from "../../kit/error.ts";
import type { Platform } from "../../model/artifact.ts";
import { type Digest, isDigest } from "../../model/digest.ts";
import { printReference, type Reference } from "../../model/reference.ts";
import { getManifest } from "./pull.ts";
import { type RegistryClient, type RegistryOptions, registryClients } from "./registry-client.ts";

export interface ResolveOptions extends RegistryOptions {
  /** Of an image for several platforms, the digest of this one's; null for that of the whole index. */
  readonly platform: Platform | null;
  readonly signal: AbortSignal;
}

/**
 * Asks a registry, or a mirror of it, for the digest of a tag.
 *
 * Without a platform only the head of the answer is asked for, which costs nothing at registries that count pulls; the digest
 * is then what the registry says. With one, the index is read and compared with its digest.
 *
 * @throws {AppError} `registry-*`, `credential-helper`, `offline`, `platform-not-found`, `archive-invalid`, `digest-mismatch`,
 *   `config-invalid`; the signal's reason.
 */
export async function resolveTag(reference: Reference, options: ResolveOptions): Promise<Digest> {
  for (const client of await registryClients(reference, options)) {
    try {
      return await digestAt(client, reference.tag ?? "latest", options);
    } catch (error) {
      const isOver = !(error instanceof AppError) || error.code === "offline";
      if (isOver || !client.place.isMirror) throw error;
    }
  }
  const name = printReference(reference);
  throw new AppError("registry-not-found", `cannot resolve ${name}: no place has it`);
}

async function digestAt(
  client: RegistryClient,
  tag: string,
  { platform, signal }: ResolveOptions,
): Promise<Digest> {
  if (platform === null) {
    const said = await digestSaid(client, tag, signal);
    if (said !== null) return said;
  }
  const { bytes, digest } = await getManifest(client, tag, signal);
  const document = parseManifestOrIndex(bytes);
  if (document.kind === "manifest" || platform === null) return digest;
  return pickPlatform(document, platform).digest;
}

/** null when the registry does not say, or fails: whoever asks for the whole document gets the reason. */
async function digestSaid(
  client: RegistryClient,
  tag: string,
  signal: AbortSignal,
): Promise<Digest | null> {
  const response = await client.send({
    method: "HEAD",
    path: `manifests/${tag}`,
    headers: { accept: MANIFEST_TYPES.join(", ") },
    action: `resolve ${JSON.stringify(`${client.name}:${tag}`)}`,
    signal,
  });
  response.close();
  const type = (response.header("content-type") ?? "").split(";", 1)[0] ?? "";
  const digest = response.header("docker-content-digest") ?? "";
  const isSaid = response.isOk && MANIFEST_TYPES.includes(type.trim()) && isDigest(digest);
  return isSaid ? digest : null;
}
