// What a registry for tests holds, in memory.
import { createHash } from "node:crypto";

export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
  readonly document: ManifestDocument;
}

/** The members of a manifest or index that a registry looks at. */
export interface ManifestDocument {
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config?: StatedBlob;
  readonly layers?: readonly StatedBlob[];
  readonly manifests?: readonly StatedBlob[];
  readonly subject?: StatedBlob;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface StatedBlob {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

interface TagState {
  readonly sinceMs: number;
  readonly digest: string | null;
}

/** One repository. Names by digest are not checked here. */
export class Repository {
  readonly blobs: Map<string, Buffer> = new Map();
  readonly manifests: Map<string, StoredManifest> = new Map();
  readonly #tags = new Map<string, TagState[]>();

  putBlob(bytes: Uint8Array): string {
    const digest = digestOf(bytes);
    this.blobs.set(digest, Buffer.from(bytes));
    return digest;
  }

  /** @throws {SyntaxError} when it is not JSON. */
  putManifest(bytes: Uint8Array, mediaType: string): StoredManifest {
    const digest = digestOf(bytes);
    const document = JSON.parse(Buffer.from(bytes).toString("utf8")) as ManifestDocument;
    const stored = { digest, mediaType, bytes: Buffer.from(bytes), document };
    this.manifests.set(digest, stored);
    return stored;
  }

  tag(name: string, digest: string | null): void {
    const states = this.#tags.get(name) ?? [];
    this.#tags.set(name, [...states, { sinceMs: performance.now(), digest }]);
  }

  /** What a tag means, or meant some time ago. */
  tagged(name: string, agoMs = 0): string | null {
    const at = performance.now() - agoMs;
    const states = this.#tags.get(name) ?? [];
    return states.findLast((state) => state.sinceMs <= at)?.digest ?? null;
  }

  /** In alphabetical order, as the protocol demands. */
  get tags(): string[] {
    return [...this.#tags.keys()].filter((name) => this.tagged(name) !== null).sort();
  }

  /** Ends every tag of a manifest, and the manifest. */
  delete(digest: string): boolean {
    for (const name of this.tags) if (this.tagged(name) === digest) this.tag(name, null);
    return this.manifests.delete(digest);
  }
}

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
