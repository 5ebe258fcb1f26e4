// Who may ask a container engine that runs as root of its host, and so is root there.
import type { Pointer } from "./workload.ts";

export interface EngineAccess {
  readonly who: EngineCaller;
  /** The group by which they may; null where they need none. */
  readonly group: string | null;
  /** Into the host's record: where it is written. */
  readonly at: Pointer;
  /** A sentence part, as those of the access graph. */
  readonly fix: string;
  readonly supposed: string;
}

export type EngineCaller =
  | { readonly kind: "user"; readonly name: string }
  /** Whoever has an account there. */
  | { readonly kind: "local" }
  /** Whoever reaches an address: `0.0.0.0:2375`. */
  | { readonly kind: "remote"; readonly address: string; readonly reach: Reach };

/** From where an address is reached: this host alone, the network around it, everywhere. */
export type Reach = "host" | "network" | "everywhere";
