import type { ArtifactSummary } from "../../model/artifact.ts";
import type { InUseRecord } from "../../model/in-use.ts";
import type { Package } from "../../model/package.ts";
import type { Facts } from "./priority.ts";

/**
 * What is known of the use of packages from looks at containers of this image. A package that was not seen is not called unused:
 * a look at one moment does not tell what runs at another.
 *
 * @returns null when nobody looked at a container of it.
 */
export function useOf(
  artifact: Pick<ArtifactSummary, "digest" | "indexDigest">,
  records: readonly InUseRecord[],
): ((found: Package) => Facts) | null {
  const own = records.filter(({ digest }) => isOf(digest, artifact));
  if (own.length === 0) return null;
  return (found) => {
    const users = own.filter((record) => runs(record, found)).map(({ container }) => container);
    return users.length === 0 ? {} : { inUse: true, users };
  };
}

/** Engines know an image of several platforms by the index. */
export function isOf(
  digest: InUseRecord["digest"],
  artifact: Pick<ArtifactSummary, "digest" | "indexDigest">,
): boolean {
  return digest === artifact.digest || digest === artifact.indexDigest;
}

/** By the system's package, or by the file that the package is: a program that tells what it was made of, an archive. */
function runs({ owners, files }: InUseRecord, { type, name, locations }: Package): boolean {
  if (owners.has(`${type}/${name}`)) return true;
  return locations.some(({ path }) => files.has(path.split("!")[0] ?? path));
}
