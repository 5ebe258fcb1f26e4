import type { Distribution } from "../../model/distribution.ts";
import type { FoundPackage, PackageType } from "../../model/package.ts";
import type { Plugin } from "../../model/plugin.ts";
import type { ProblemCode } from "../../model/problem.ts";

/**
 * Which files a cataloger is given. Data rather than a function, so that thousands of paths are sorted to dozens of catalogers
 * by a few map look-ups, and the reference page can say it. A file is offered when any of `names`, `extensions`, `paths`,
 * `folders` or `elf` fits, and `test` (if there) agrees. Paths have no leading slash and are UTF-8.
 */
export interface Wants {
  /** Exact base names: `package-lock.json`. */
  readonly names?: readonly string[];
  /** After the last dot, lower case: `jar`. */
  readonly extensions?: readonly string[];
  /** Exact paths from the root of an image: `lib/apk/db/installed`. */
  readonly paths?: readonly string[];
  /** Exact folders; wants every file directly in them, whatever its name: `var/lib/dpkg/status.d`. */
  readonly folders?: readonly string[];
  /** Every regular file that begins with the ELF magic. */
  readonly elf?: true;
  /** Narrows what the above selected. String tests only. */
  test?(path: string): boolean;
}

/** Evidence that is asked for where it stands, whatever links lead there. Paths have no leading slash. */
export interface ExactPlaces {
  readonly paths: ReadonlySet<string>;
  /** Folders of which every file is asked for. */
  readonly folders: ReadonlySet<string>;
}

/** A file opened for a cataloger. */
export interface EvidenceFile {
  readonly path: string;
  /** The whole file. Not to be changed or kept: it is a view on a buffer that is used again. */
  readonly bytes: Uint8Array;
}

/** Files that belong to a system package. Joined over the whole image: a language package lying in one is not reported twice. */
export interface OwnedFiles {
  readonly type: PackageType;
  readonly name: string;
  /** Without leading slash. Folders may be listed too. */
  readonly paths: readonly string[];
}

/** What could not be read, and why; the runner adds path, layer and cataloger. */
export interface ReadingProblem {
  readonly code: ProblemCode;
  readonly detail: string;
  /** When it is about something inside the file (an entry of an archive). */
  readonly path?: string;
}

/** Something that only makes sense together with other files of the same cataloger; a JSON value with a `kind`. */
export interface Note {
  readonly kind: string;
  readonly [field: string]: unknown;
}

/** What one evidence file says. Must survive JSON: it is cached. */
export interface Reading {
  readonly packages: readonly FoundPackage[];
  readonly owned?: readonly OwnedFiles[];
  readonly distribution?: Distribution;
  readonly notes?: readonly Note[];
  readonly problems: readonly ReadingProblem[];
}

/** A reading that is still visible in the finished image (not deleted or overwritten by a later layer). */
export interface VisibleReading {
  readonly path: string;
  readonly reading: Reading;
}

/** Reads one kind of package evidence. Pure; knows nothing of layers, of other catalogers, or of the world. */
export interface Cataloger extends Plugin {
  /** Raised whenever `read` may answer differently for the same bytes: it is part of the layer cache's key. */
  readonly version: number;
  /** `installed`: what is really there (images and projects). `declared`: lock files and manifests (projects only). */
  readonly evidence: "installed" | "declared";
  readonly types: readonly PackageType[];
  readonly wants: Wants;
  /** Larger files are not read; the runner reports `file-too-large`. */
  readonly limitBytes: number;
  /** Never throws, whatever the bytes: what was understood, and a problem for what was not. */
  read(file: EvidenceFile): Reading;
  /**
   * For evidence spread over several files: called once with all readings of this cataloger that are visible, sorted by
   * path; returns them with packages completed (`index` keeps the order and length of the input). Never throws.
   */
  join?(readings: readonly VisibleReading[]): readonly VisibleReading[];
}

/** A reading of nothing, for files that turn out not to be ours. */
export const NOTHING: Reading = { packages: [], problems: [] };

/** A reading of one problem and nothing else. */
export function onlyProblem(code: ProblemCode, detail: string): Reading {
  return { packages: [], problems: [{ code, detail }] };
}
