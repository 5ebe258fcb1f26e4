// What the readers of files hand on.

/** Above this V8 has no string for it; the largest feed that is published has 70 MB. */
export const DOCUMENT_BYTES_MAX: number = 500 << 20;

/** Takes documents, one at a time. */
export interface DocumentSink {
  /** @param path Where it lies; inside archives `all.zip!GHSA-….json`. The bytes are used before returning. */
  document(path: string, bytes: Uint8Array): void | Promise<void>;
  /** Something that cannot be read. */
  problem(path: string, detail: string): void;
  /** Bytes read so far out of all that the files have. */
  progress(path: string, bytes: number): void;
  /** Called often, and awaited: lets signals be heard. */
  breathe(): Promise<void> | undefined;
}
