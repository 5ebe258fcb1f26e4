// Which packages of an image are really run, and by what that is known.
import type { Digest } from "./digest.ts";

/** A package of the image of which something runs. */
export interface UsedPackage {
  /** `deb/openssl`. */
  readonly owner: string;
  /** Paths in the image, sorted; the first ones. */
  readonly files: readonly string[];
  readonly isExecuted: boolean;
}

/** What of an image was seen to be run, and how it was looked. */
export interface InUse {
  readonly packages: readonly UsedPackage[];
  /** Files of the image that run and belong to no package. */
  readonly unowned: readonly string[];
  readonly coverage: InUseCoverage;
}

/** Without it, nothing may be called unused. */
export interface InUseCoverage {
  /** `snapshot`: what ran at one moment; what ran before and will run later is not known. */
  readonly how: "snapshot";
  /** RFC 3339, UTC. */
  readonly at: string;
  readonly processes: number;
  /** Nothing that ran at that moment was missed. */
  readonly isWhole: boolean;
}

/** What one container was seen to run of its image, to be weighed in a scan of that image. */
export interface InUseRecord {
  /** Of the image. */
  readonly digest: Digest;
  /** Or the workload, where it was watched. */
  readonly container: string;
  /** `snapshot`: somebody named a look at this container. `watched`: it is one of all that were watched here. */
  readonly how: "snapshot" | "watched";
  /** Packages of the system, as `deb/openssl`. */
  readonly owners: ReadonlySet<string>;
  /** Paths in the image. */
  readonly files: ReadonlySet<string>;
}
