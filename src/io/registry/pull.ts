// Reading from a repository: manifests whole, blobs as streams. What comes back has the digest that it was asked for by.
import { createHash } from "node:crypto";
import { DOCUMENT_BYTES_MAX } from "../../formats/oci.ts";
import { MANIFEST_TYPES } from "../../formats/oci-media-type.ts";
import { AppError } from "../../kit/error.ts";
import { type Digest, hexOf, isDigest, shortDigest } from "../../model/digest.ts";
import { HttpFailure } from "../http/failure.ts";
import type { HttpResponse } from "../http/response.ts";
import { resumedPieces } from "../http/resume.ts";
import type { RegistryClient } from "./registry-client.ts";
import { bodyOf, refusal, unavailable } from "./registry-error.ts";

/** A manifest or index as a registry has it. */
export interface PulledManifest {
  readonly bytes: Buffer;
  /** As the registry says, without parameters; the document's own word counts more. */
  readonly mediaType: string;
  /** Of the bytes. */
  readonly digest: Digest;
  /** Tells this state of a tag from others, for conditional writing; null where the registry gives none. */
  readonly etag: string | null;
}

/** A blob to be read. */
export interface BlobRequest {
  readonly digest: Digest;
  /** What it must have; null when that is not known, and then `bytesMax` counts. */
  readonly sizeBytes: number | null;
  readonly bytesMax?: number;
}

/**
 * Reads a manifest or index by tag or digest.
 *
 * @param headers To be sent along.
 * @throws {AppError} `registry-*`, `digest-mismatch`, `limit-exceeded`.
 */
export async function getManifest(
  client: RegistryClient,
  reference: string,
  signal: AbortSignal,
  headers: Readonly<Record<string, string>> = {},
): Promise<PulledManifest> {
  const separator = isDigest(reference) ? "@" : ":";
  const action = `read manifest of ${JSON.stringify(`${client.name}${separator}${reference}`)}`;
  const response = await client.send({
    method: "GET",
    path: `manifests/${reference}`,
    headers: { accept: MANIFEST_TYPES.join(", "), ...headers },
    action,
    signal,
  });
  if (!response.isOk) throw await refusal(response, action);
  const bytes = await bodyOf(response, { action, bytesMax: DOCUMENT_BYTES_MAX });
  const digest = digestOf(bytes);
  // For a tag the registry says which digest it means; that must agree, or something on the way changed the answer.
  const wanted = isDigest(reference) ? reference : response.header("docker-content-digest");
  if (wanted !== null && isDigest(wanted) && wanted !== digest)
    throw mismatch("manifest", wanted, digest);
  const mediaType = (response.header("content-type") ?? "").split(";", 1)[0] ?? "";
  return { bytes, mediaType: mediaType.trim(), digest, etag: response.header("etag") };
}

/**
 * Reads a blob. The stream verifies itself: it throws at its end, or as soon as it is too long, and until then its reader has
 * seen unverified bytes. A download that is cut goes on where it was, at the next client when the first fails.
 *
 * @throws {AppError} `registry-*`, `digest-mismatch`, `limit-exceeded`; the signal's reason.
 */
export async function* pullBlob(
  clients: RegistryClient | readonly RegistryClient[],
  blob: BlobRequest,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const download = new BlobDownload([clients].flat(), blob, signal);
  const hash = createHash("sha256");
  const { sizeBytes, digest } = blob;
  const max = sizeBytes ?? blob.bytesMax ?? DOCUMENT_BYTES_MAX;
  let size = 0;
  for await (const piece of download.pieces()) {
    size += piece.length;
    if (size > max) throw tooLong(blob, max);
    hash.update(piece);
    yield piece;
  }
  const computed = `sha256:${hash.digest("hex")}` as Digest;
  if (computed !== digest) throw mismatch("blob", digest, computed);
}

/** Reads a small blob whole, verified. As {@link pullBlob}. */
export async function pullBlobBytes(
  clients: RegistryClient | readonly RegistryClient[],
  blob: BlobRequest,
  signal: AbortSignal,
): Promise<Buffer> {
  const max = blob.bytesMax ?? DOCUMENT_BYTES_MAX;
  if ((blob.sizeBytes ?? 0) > max) {
    throw new AppError(
      "limit-exceeded",
      `cannot read blob ${shortDigest(blob.digest)}: it is larger than ${max} bytes`,
      { subject: blob.digest },
    );
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of pullBlob(clients, blob, signal)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Asks the places of a blob one after the other. */
class BlobDownload {
  readonly #clients: readonly RegistryClient[];
  readonly #blob: BlobRequest;
  readonly #signal: AbortSignal;
  #current = 0;

  constructor(clients: readonly RegistryClient[], blob: BlobRequest, signal: AbortSignal) {
    this.#clients = clients;
    this.#blob = blob;
    this.#signal = signal;
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    const open = (from: number): Promise<HttpResponse> => this.#open(from);
    const { sizeBytes } = this.#blob;
    try {
      yield* resumedPieces({ open, sizeBytes, fits: "content", signal: this.#signal });
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      throw unavailable(error, this.#action(), this.#client().place.host);
    }
  }

  async #open(from: number): Promise<HttpResponse> {
    for (;;) {
      try {
        return await this.#ask(from);
      } catch (error) {
        const isLast = this.#current + 1 >= this.#clients.length;
        if (isLast || !(error instanceof AppError) || error.code === "offline") throw error;
        this.#current += 1;
      }
    }
  }

  async #ask(from: number): Promise<HttpResponse> {
    const action = this.#action();
    const response = await this.#client().send({
      method: "GET",
      path: `blobs/${this.#blob.digest}`,
      headers: from === 0 ? {} : { range: `bytes=${from}-` },
      action,
      signal: this.#signal,
    });
    if (!response.isOk) throw await refusal(response, action);
    return response;
  }

  #client(): RegistryClient {
    const client = this.#clients[this.#current];
    if (client === undefined)
      throw new AppError("internal", "a blob without a place to read it from");
    return client;
  }

  #action(): string {
    return `read blob ${shortDigest(this.#blob.digest)} of ${JSON.stringify(this.#client().name)}`;
  }
}

/** The digest of bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}` as Digest;
}

function mismatch(what: string, claimed: Digest, computed: Digest): AppError {
  return new AppError(
    "digest-mismatch",
    `cannot trust ${what} ${shortDigest(claimed)}: its bytes have the digest ${computed}`,
    {
      subject: claimed,
      hint: "the registry, or something on the way to it, changed it; try again",
    },
  );
}

function tooLong(blob: BlobRequest, max: number): AppError {
  const code = blob.sizeBytes === null ? "limit-exceeded" : "digest-mismatch";
  return new AppError(
    code,
    `cannot trust blob ${hexOf(blob.digest).slice(0, 12)}: it has more than the ${max} bytes that it should`,
    { subject: blob.digest },
  );
}
