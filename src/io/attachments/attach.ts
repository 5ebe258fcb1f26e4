// Attaching: a manifest of its own that names its subject, as cosign 3, Notation and oras write it.
// @see OCI image specification 1.1, "Guidelines for Artifact Usage", and the distribution specification, "Pushing Manifests with Subject"
import { EMPTY_CONFIG, OCI_MANIFEST } from "../../formats/oci-media-type.ts";
import type { Digest } from "../../model/digest.ts";
import { type BlobSource, blobOf } from "../registry/push.ts";
import type { Place } from "./place.ts";

/** What something is attached to, as its descriptor states it. */
export interface Subject {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly sizeBytes: number;
}

/** The contents of what is attached. */
export interface AttachedLayer {
  readonly mediaType: string;
  readonly blob: BlobSource;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface ToAttach {
  readonly artifactType: string;
  /** Where the configuration's type is what tells the kind, as for Notation; its contents are empty in any case. */
  readonly configType?: string;
  readonly layers: readonly AttachedLayer[];
  readonly annotations: Readonly<Record<string, string>>;
}

/** What was attached. */
export interface Attached {
  readonly digest: Digest;
  /** The manifest. */
  readonly bytes: Buffer;
}

/**
 * Attaches something to a manifest. Two who do so at once both succeed, also where clients keep the list.
 *
 * @throws {AppError} `registry-*`, `output-unwritable`, `disk-full`, `archive-invalid`; the signal's reason.
 */
export async function attachReferrer(
  place: Place,
  { subject, artifact }: { readonly subject: Subject; readonly artifact: ToAttach },
  signal: AbortSignal,
): Promise<Attached> {
  const config = blobOf(Buffer.from("{}", "utf8"));
  for (const blob of [config, ...artifact.layers.map((layer) => layer.blob)])
    await place.putBlob(blob, signal);
  const bytes = manifestOf(subject, artifact, config);
  const { digest, saysListed } = await place.putManifest(
    { bytes, mediaType: OCI_MANIFEST },
    signal,
  );
  const entry = {
    mediaType: OCI_MANIFEST,
    digest,
    size: bytes.length,
    artifactType: artifact.artifactType,
    annotations: sorted(artifact.annotations),
  };
  await place.enlist({ subject: subject.digest, entry, saysListed }, signal);
  return { digest, bytes };
}

/** Members stand in the order in which Go's tools write them: the same content has the same digest whoever wrote it. */
function manifestOf(subject: Subject, artifact: ToAttach, config: BlobSource): Buffer {
  const { artifactType, configType = EMPTY_CONFIG, layers, annotations } = artifact;
  const isEmpty = configType === EMPTY_CONFIG;
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { ...described(configType, config), ...(isEmpty ? { artifactType } : {}) },
    layers: layers.map(({ mediaType, blob, annotations: own = {} }) => ({
      ...described(mediaType, blob),
      ...(Object.keys(own).length === 0 ? {} : { annotations: sorted(own) }),
    })),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations: sorted(annotations) }),
    subject: described(subject.mediaType, subject),
    artifactType,
  };
  return Buffer.from(JSON.stringify(manifest), "utf8");
}

function described(
  mediaType: string,
  { sizeBytes, digest }: { readonly sizeBytes: number; readonly digest: Digest },
): object {
  return { mediaType, size: sizeBytes, digest };
}

function sorted(annotations: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1)));
}
