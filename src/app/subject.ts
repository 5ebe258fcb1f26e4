import type { Target } from "../model/target.ts";
import type { Examined } from "./examined.ts";

/** One artifact that a target stands for, not yet looked at. */
export interface Subject {
  /** What the user would write to mean it alone. */
  readonly target: string;
  examine(): Promise<Examined>;
}

/** Files in which images are named. */
export interface ObjectsTarget {
  readonly kind: "objects";
  readonly files: readonly string[];
  /** The folder in which they were found; null when they were named themselves. */
  readonly folder: ObjectsFolder | null;
  /** Whether there are no others that ought to have been looked at. */
  readonly isWhole: boolean;
}

export interface ObjectsFolder {
  readonly path: string;
  /** Whether packages are declared or installed below it, too. */
  readonly hasPackages: boolean;
}

/** A target whose kind is known. */
export type RecognisedTarget = Exclude<Target, { kind: "plain" }> | ObjectsTarget;

/** A target that is one image. */
export type ImageTarget = Exclude<
  RecognisedTarget,
  { kind: "objects" | "rootfs" | "project" | "sbom" | "sarif" }
>;
