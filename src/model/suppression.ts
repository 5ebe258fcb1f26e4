/** For what a suppression counts; all that is given must fit, and what is absent fits everything. */
export interface SuppressionScope {
  /** Name or glob of a package, or a purl without qualifiers (and without version, if it shall hold for all). */
  readonly package?: string;
  /** Glob of the artifact's name: the repository of its reference, or the target as written. */
  readonly image?: string;
  /** Digest of the artifact. */
  readonly digest?: string;
  /** Glob of paths in the artifact; what lies at another place, too, does not fit. */
  readonly path?: string;
  /** Glob of a workload: its name, `Kind/name` or `namespace/Kind/name`. Fits what was read together with one. */
  readonly resource?: string;
  /** Glob of a container's name. An image that others use, too, does not fit. */
  readonly container?: string;
}

/** A recorded decision that something does not count: one entry of the exceptions file. */
export interface Suppression {
  /** Whether it sets findings aside, or lets a rule of a policy say nothing. */
  readonly names: "finding" | "rule";
  /** CVE, GHSA or advisory id, the rule of another tool, the id of one finding; or that of a rule, check or problem. */
  readonly id: string;
  readonly scope: SuppressionScope;
  readonly reason: string;
  readonly owner: string;
  /** ISO date, the last day on which it holds. */
  readonly until: string;
  /** 1-based line in its file, for messages. */
  readonly line: number;
}

/** What a VEX document says of one vulnerability and some products. @see https://github.com/openvex/spec */
export interface VexStatement {
  /** The vulnerability's id and its other names. */
  readonly vulnerabilities: readonly string[];
  /** purls or digests of what it is about: packages, or the image; empty for everything the document is applied to. */
  readonly products: readonly string[];
  /** purls of packages in the products that it is limited to; absent or empty when it is about the whole product. */
  readonly subcomponents?: readonly string[];
  readonly status: "not_affected" | "affected" | "fixed" | "under_investigation";
  /** `vulnerable_code_not_present` …, or the text that stands for it. */
  readonly justification: string | null;
  readonly author: string | null;
}
