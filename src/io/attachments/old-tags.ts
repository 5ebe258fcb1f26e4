import {
  hasLayer,
  type OldLayer,
  oldConfig,
  oldManifest,
  withLayer,
} from "../../formats/cosign-tag.ts";
import { OCI_MANIFEST } from "../../formats/oci-media-type.ts";
import type { Digest } from "../../model/digest.ts";
import { hexOf } from "../../model/digest.ts";
import { blobOf } from "../registry/push.ts";
import type { Place } from "./place.ts";

/** The endings of tags under which cosign kept things before registries could list what is attached. */
export const OLD_TAGS = ["sig", "att", "sbom"] as const;
export type OldTag = (typeof OLD_TAGS)[number];

/** `sha256-HEX.sig` */
export function oldTagOf(subject: Digest, tag: OldTag): string {
  return `sha256-${hexOf(subject)}.${tag}`;
}

/** A signature, or an attestation in its envelope. */
export interface OldSignature {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Adds a layer to what cosign's older form keeps for a digest; nothing happens when it is there. Two who do so at once both
 * succeed.
 *
 * @throws {AppError} `registry-*`, `output-unwritable`, `disk-full`; `archive-invalid` when the tag holds something else.
 */
export async function putSignatureTag(
  place: Place,
  { subject, tag, layer }: { subject: Digest; tag: "sig" | "att"; layer: OldSignature },
  signal: AbortSignal,
): Promise<void> {
  const blob = blobOf(layer.bytes);
  await place.putBlob(blob, signal);
  const { mediaType, annotations } = layer;
  const { digest, sizeBytes: size } = blob;
  const entry: OldLayer = { mediaType, size, digest, annotations };
  const change = {
    tag: oldTagOf(subject, tag),
    isNothing: null,
    isDone: ({ bytes }: { readonly bytes: Buffer }): boolean => hasLayer(bytes, entry),
    next: async (seen: readonly { readonly bytes: Buffer }[]) => {
      const states = seen.map((kept) => kept.bytes);
      const { layers, digests } = withLayer(states, entry);
      const config = blobOf(oldConfig(digests));
      await place.putBlob(config, signal);
      return { bytes: oldManifest(config, layers), mediaType: OCI_MANIFEST };
    },
  };
  await place.changeTag(change, signal);
}
