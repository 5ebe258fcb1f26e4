import type { Digest } from "./digest.ts";

/** The kinds of package that we know; the words are purl's types. @see https://github.com/package-url/purl-spec */
export type PackageType =
  | "deb"
  | "apk"
  | "rpm"
  | "npm"
  | "pypi"
  | "golang"
  | "cargo"
  | "gem"
  | "maven"
  | "nuget"
  | "composer"
  | "conda"
  | "hex"
  | "pub"
  | "bitnami"
  | "generic";

/** One unit of software as a cataloger finds it: what it is, not yet where in the image it lies. */
export interface FoundPackage {
  readonly type: PackageType;
  /** As the ecosystem writes it: `@scope/name`, `group:artifact` (Maven), `vendor/name` (Composer), module path (Go), PEP 503 name (PyPI). */
  readonly name: string;
  /** Complete, with epoch and revision: `1:2.3-4`. Never with a leading `v` except where the ecosystem has it (Go). */
  readonly version: string;
  /** The source package that advisories name (dpkg `Source`, apk origin, rpm `SOURCERPM`); absent when it is the package itself. */
  readonly source?: { readonly name: string; readonly version: string };
  readonly architecture?: string;
  /** As declared, SPDX expressions where the source has them; never guessed. */
  readonly licenses?: readonly string[];
  /** Only needed to build or test, says the lock file. */
  readonly development?: boolean;
  /** Names of packages it depends on, as far as the evidence says. */
  readonly dependsOn?: readonly string[];
  /** Who made it, when there are several makers of one name: rpm vendor, RHEL module (`nodejs:18`), npm registry host. */
  readonly vendor?: string;
  readonly module?: string;
  /** Where in the evidence file it stands, for lock files: 1-based. */
  readonly line?: number;
  /** Path inside the evidence file, for nested archives: `WEB-INF/lib/x.jar`. */
  readonly inside?: string;
}

/** Where the evidence for a package lies. */
export interface PackageLocation {
  /** Path inside the artifact without leading slash; nested archives are written `app.war!WEB-INF/lib/x.jar`. */
  readonly path: string;
  /** Index into the artifact's layers, from 0 at the bottom; null outside images. */
  readonly layer: number | null;
  /** 1-based line in a lock file. */
  readonly line?: number;
  /** 1-based column, where it is known. */
  readonly column?: number;
}

/** A package in an inventory. Equal (purl) packages found in several places are one package with several locations. */
export interface Package extends Omit<FoundPackage, "line" | "inside"> {
  readonly purl: string;
  readonly cataloger: string;
  readonly locations: readonly PackageLocation[];
}

/** A layer as people see it. */
export interface LayerSummary {
  /** Digest of the stored, usually compressed, blob; null where only the engine has it. */
  readonly digest: Digest | null;
  /** Digest of the uncompressed tar. */
  readonly diffId: Digest | null;
  /** The history line that brought it (`RUN apt-get …`), cut to 500 characters; null when history is absent. */
  readonly createdBy: string | null;
  readonly sizeBytes: number | null;
}
