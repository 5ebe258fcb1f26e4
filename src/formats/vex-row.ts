import type { VexStatement } from "../model/suppression.ts";

/** A statement, and of which parts of its products it speaks; no parts means the product itself. */
export interface VexRow extends VexStatement {
  /** purls of packages inside the products. */
  readonly subcomponents: readonly string[];
}
