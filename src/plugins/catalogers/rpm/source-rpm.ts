import type { FoundPackage } from "../../../model/package.ts";

/** The package itself, for comparison. */
interface Own {
  readonly name: string;
  /** Version and release. */
  readonly revision: string;
  readonly epoch: number;
}

/**
 * The source package, from the file name that rpm keeps: `openssl-1.1.1k-9.el8.src.rpm` is `openssl` at `1.1.1k-9.el8`.
 * The name does not carry the epoch; it is the package's own when both have the same version, and unknown otherwise.
 *
 * @returns null when there is none, or when it is the package itself.
 */
export function sourceOf(fileName: string, own: Own): NonNullable<FoundPackage["source"]> | null {
  const match = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(fileName);
  const name = match?.[1];
  const revision = match?.[2];
  if (name === undefined || revision === undefined) return null;
  if (name === own.name && revision === own.revision) return null;
  const isSameBuild = revision === own.revision && own.epoch !== 0;
  return { name, version: isSameBuild ? `${own.epoch}:${revision}` : revision };
}
