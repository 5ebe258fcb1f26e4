import type { AffectedPackage, Vulnerability } from "../../model/advisory.ts";
import type { Plugin } from "../../model/plugin.ts";

/** How versions of an ecosystem are ordered. Pure. */
export interface Scheme extends Plugin {
  /**
   * Orders two versions.
   *
   * @returns negative, zero or positive; null when either text is not a version of this scheme ("cannot tell"; the
   * matcher reports it as a problem, never as "not affected"). Never throws.
   */
  compare(a: string, b: string): number | null;
  /**
   * Whether a text is a version of its registry, where {@link compare} also has a place for what is none: a branch, a word, what
   * is left from before the registry had rules. The place says nothing of the flaws in it, so that the matcher cannot tell.
   * Absent where `compare` answers null for all of these. Never throws.
   */
  isVersion?(text: string): boolean;
  /**
   * Brings a version into the form in which its registry compares, where that is not what people write (Composer). The
   * matcher does so before it compares; absent where versions are compared as they are. Never throws.
   */
  normalize?(version: string): string;
}

/**
 * Where the matcher looks advisories up. Implemented by io/store and by the starter pack; a Map will do in tests.
 * Synchronous: a look-up reads one block of 8 KiB at most, and the pages of a store are in the system's cache.
 */
export interface AdvisorySource {
  /** Ecosystems that have any record, as OSV writes them: `Debian:12`, `Alpine:v3.19`, `npm`, `crates.io`. */
  hasEcosystem(ecosystem: string): boolean;
  /** Everything said of this package; empty when nothing is. Names are normalised by the caller. */
  affected(ecosystem: string, name: string): readonly AffectedPackage[];
  /** The description of a flaw by CVE or advisory id, merged with EPSS and KEV; null when the store has only the id. */
  vulnerability(id: string): Vulnerability | null;
}
