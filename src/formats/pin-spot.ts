import type { Span, TextPlace } from "../kit/line-index.ts";

/** A place in a file where an image or an action is named, which a digest or a commit can pin. */
export interface PinSpot extends TextPlace {
  readonly what: "image" | "action";
  /** What names it: `stage build`, `service api`, `Deployment web`, `job test`. */
  readonly user: string;
  /** What stands there, variables included. */
  readonly written: string;
  /** The whole name, with variables replaced; null when it cannot be known, and `hindrance` says why. */
  readonly name: string | null;
  /** Why nothing can be written here; null when it can. */
  readonly hindrance: string | null;
  /** Where the name stands, letter by letter; null when it does so nowhere. */
  readonly span: Span | null;
  /** Where a comment about it may stand; null when there is no room for one. */
  readonly comment: PinComment | null;
}

export interface PinComment {
  /** Where a new comment goes, in front of one that is there. */
  readonly at: number;
  /** What stands there, without its `#`; null when nothing does. */
  readonly text: string | null;
}
