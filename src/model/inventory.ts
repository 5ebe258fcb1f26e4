import type { Distribution } from "./distribution.ts";
import type { Package } from "./package.ts";
import type { Problem } from "./problem.ts";

/** The packages and other contents of an artifact, with what could not be read. */
export interface Inventory {
  readonly distribution: Distribution | null;
  /** Sorted by type, name, version. */
  readonly packages: readonly Package[];
  readonly problems: readonly Problem[];
}
