// What a registry for tests can be told to do: leave parts of the protocol out, lie, fail.

/** A request as tests see and count it. */
export interface SeenRequest {
  readonly method: string;
  /** With its query, as it was sent. */
  readonly path: string;
  /** How many of the same method and path came before. */
  readonly nth: number;
}

/** What happens to a request instead of an answer, or before it. */
export interface Fault {
  /** Milliseconds before anything happens. */
  readonly delayMs?: number;
  /** Answered instead. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** The body comes byte by byte, with this many milliseconds before each. */
  readonly trickleMs?: number;
  /** The connection ends after this many bytes of the body. */
  readonly bodyCutAt?: number;
  /** The connection ends without an answer. */
  readonly cut?: true;
}

/** Everything may be changed while the registry runs. */
export interface Behaviour {
  /**
   * `api`: it lists referrers and says so; `none`: it knows nothing of them, and clients keep the fallback tag; `pretends`: it
   * says OCI-Subject when a referrer is pushed, and has no list (seen at Amazon ECR).
   */
  referrers: "api" | "none" | "pretends";
  /** What lists say a referrer is: the truth, the media type of its configuration (seen at many), or nothing. */
  artifactTypes: "right" | "of-configuration" | "none";
  /** The list is filtered when it is asked to, and says so. */
  filters: boolean;
  /** The list also has what an index lists (seen at GitLab). */
  childrenAsReferrers: boolean;
  /** A tag `sha256-HEX` that nobody set means the manifest of that digest (seen at GitLab). */
  digestTags: boolean;
  /** Manifests have an ETag, and writing heeds If-Match and If-None-Match. */
  etags: boolean;
  /** Tags are read as they were this long ago. */
  staleMs: number;
  /** Entries of one page of a list; null gives all at once. */
  pageSize: number | null;
  manifestBytesMax: number;
  /** Whether anything can be deleted. */
  deletes: boolean;
  /** Who may do anything; null lets everybody. Tokens are given for the scope that is asked for. */
  account: { readonly username: string; readonly password: string } | null;
  fault: (request: SeenRequest) => Fault | null;
}

/** A registry that does everything right. */
export function faultless(): Behaviour {
  return {
    referrers: "api",
    artifactTypes: "right",
    filters: true,
    childrenAsReferrers: false,
    digestTags: false,
    etags: false,
    staleMs: 0,
    pageSize: null,
    manifestBytesMax: 4 << 20,
    deletes: true,
    account: null,
    fault: () => null,
  };
}
