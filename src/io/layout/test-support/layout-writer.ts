// Writes OCI layouts of any shape, right ones and wrong ones, for tests.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from "../../../formats/oci-media-type.ts";

export interface WrittenBlob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

export interface WrittenImage {
  readonly manifest: WrittenBlob;
  readonly layers: readonly WrittenBlob[];
  readonly config: WrittenBlob;
}

const LAYER = "application/vnd.oci.image.layer.v1.tar";

/** A layout that grows blob by blob. */
export class LayoutWriter {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(join(folder, "blobs", "sha256"), { recursive: true });
    writeFileSync(join(folder, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  }

  blob(mediaType: string, bytes: Uint8Array | string): WrittenBlob {
    const data = Buffer.from(bytes);
    const digest = `sha256:${createHash("sha256").update(data).digest("hex")}`;
    writeFileSync(this.pathOf(digest), data);
    return { mediaType, digest, size: data.length };
  }

  json(mediaType: string, value: unknown): WrittenBlob {
    return this.blob(mediaType, JSON.stringify(value));
  }

  /** An image of plain layers with these contents, whose configuration is right unless it is overwritten. */
  image(
    contents: readonly (string | Uint8Array)[],
    config: object = {},
    manifest: object = {},
  ): WrittenImage {
    const layers = contents.map((content) => this.blob(LAYER, content));
    const configBlob = this.json(OCI_CONFIG, {
      architecture: "amd64",
      os: "linux",
      rootfs: { type: "layers", diff_ids: layers.map((l) => l.digest) },
      ...config,
    });
    const written = { schemaVersion: 2, mediaType: OCI_MANIFEST, config: configBlob, layers };
    return {
      manifest: this.json(OCI_MANIFEST, { ...written, ...manifest }),
      layers,
      config: configBlob,
    };
  }

  index(manifests: readonly object[]): WrittenBlob {
    return this.json(OCI_INDEX, { schemaVersion: 2, mediaType: OCI_INDEX, manifests });
  }

  /** Writes `index.json`: the layout is whole now. */
  finish(manifests: readonly object[]): string {
    writeFileSync(
      join(this.folder, "index.json"),
      JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests }),
    );
    return this.folder;
  }

  pathOf(digest: string): string {
    return join(this.folder, "blobs", "sha256", digest.slice("sha256:".length));
  }
}

/** A descriptor with the annotation that names it. */
export function named(blob: object, name: string): object {
  return { ...blob, annotations: { "org.opencontainers.image.ref.name": name } };
}
