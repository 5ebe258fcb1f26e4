import type { Target } from "../model/target.ts";
import type { Examined } from "./examined.ts";

/** One artifact that a target stands for, not yet looked at. */
export interface Subject {
  /** What the user would write to mean it alone. */
  readonly target: string;
  examine(): Promise<Examined>;
}

/** A target whose kind is known; `objects` are files in which images are named. */
export type RecognisedTarget =
  | Exclude<Target, { kind: "plain" }>
  | { readonly kind: "objects"; readonly files: readonly string[] };

/** A target that is one image. */
export type ImageTarget = Exclude<
  RecognisedTarget,
  { kind: "objects" | "rootfs" | "project" | "sbom" | "sarif" }
>;
