import type { ArtifactSummary } from "../model/artifact.ts";
import type { Digest } from "../model/digest.ts";
import type { ImageSettings } from "../model/image-settings.ts";

/** A stretch of a local file: layers of layouts and archives can be read by any thread. */
export interface FileSlice {
  readonly path: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A layer as the image's manifest and configuration claim it; nothing is verified yet. */
export interface ImageLayer {
  /** Of the stored blob; null when only its plain form can be had. */
  readonly digest: Digest | null;
  readonly diffId: Digest;
  readonly sizeBytes: number | null;
  /** Why it cannot be read (a foreign layer that is only referred to, an encrypted one); null when it can. */
  readonly unreadable: string | null;
}

/** One blob of an export stream that may be a layer; to be consumed before the next is asked for. */
export interface ExportedBlob {
  /** Path in the archive. */
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** How the bytes of the layers can be had. */
export type LayerAccess =
  /** In any order, from local files. */
  | { readonly kind: "slices"; slice(layer: number): FileSlice }
  /** In any order, each as a stream, verified against its digest by the stream itself. */
  | {
      readonly kind: "streams";
      open(layer: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
    }
  /** Only in the order in which an engine or a compressed archive gives them; `layersOf` names each blob's layers. */
  | { readonly kind: "export"; blobs(signal: AbortSignal): AsyncIterable<ExportedBlob> };

/** An image that was found: what it claims to be, and how to read it. */
export interface OpenedImage {
  readonly summary: ArtifactSummary;
  readonly settings: ImageSettings;
  /** Every step of its making as the configuration has it, the first one first, those without a layer, too. */
  readonly history: readonly string[];
  readonly layers: readonly ImageLayer[];
  readonly access: LayerAccess;
}
