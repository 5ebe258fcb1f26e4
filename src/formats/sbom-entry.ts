import type { Distribution } from "../model/distribution.ts";
import type { PackageLocation } from "../model/package.ts";
import type { Problem } from "../model/problem.ts";

/** One package as an SBOM lists it, before its purl is looked into. */
export interface SbomEntry {
  /** What other entries of the document call it. */
  readonly ref: string;
  readonly purl: string;
  readonly licenses: readonly string[];
  readonly locations: readonly PackageLocation[];
  /** Refs of what it depends on. */
  readonly dependsOn: readonly string[];
  /** What tools say about a package outside its purl; `""` where they do not. */
  readonly sourceName: string;
  readonly sourceVersion: string;
  /** `openssl-1.1.1k-7.el8.src.rpm` */
  readonly sourceRpm: string;
  readonly module: string;
  readonly vendor: string;
  readonly development: boolean;
}

/** What a document holds. */
export interface SbomReading {
  readonly entries: readonly SbomEntry[];
  /** The operating system that the document names. */
  readonly distribution: Distribution | null;
  /** Names of what seems to be a package and has no purl. */
  readonly unnamed: readonly string[];
  /** How many entries are no objects. */
  readonly malformed: number;
  readonly problems: readonly Problem[];
}

/** A distribution of which only little is known. */
export function plainDistribution(id: string, versionId: string, name?: string): Distribution {
  const lower = id.toLowerCase();
  // Other tools put Debian's point release there, which os-release does not have.
  const version = lower === "debian" ? (/^\d+/.exec(versionId)?.[0] ?? versionId) : versionId;
  const isNumber = /^\d/.test(version);
  return {
    id: lower,
    versionId: isNumber ? version : null,
    codename: isNumber || version === "" ? null : version,
    name: name || `${id} ${versionId}`.trim(),
    like: [],
  };
}
