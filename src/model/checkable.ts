// What every normal form of configuration says of itself, whatever it is the form of.
import type { Unknown } from "../kit/fact.ts";

/** Something that checks look at: a workload, and whatever else has a normal form in this folder. */
export interface Checkable {
  /** Which normal form it is: the word by which checks say what they look at. */
  readonly form: string;
  /** Whose configuration it is. */
  readonly platform: ConfigPlatform;
  /** `Deployment`, `service`, `container`. */
  readonly kind: string;
  /** `""` when it has none yet. */
  readonly name: string;
  readonly namespace: string | null;
  /** What made it, where somebody vouches for that: exceptions for it count. */
  readonly owner?: WorkloadOwner;
  /** Parts of it that could not be read at all: no check passes while there are any. */
  readonly gaps: readonly Unknown[];
}

/** `Deployment`, and its name; in the same namespace. */
export interface WorkloadOwner {
  readonly kind: string;
  readonly name: string;
}

export type ConfigPlatform =
  | "kubernetes"
  | "compose"
  | "engine"
  | "quadlet"
  | "host"
  | "github"
  | "gitlab"
  | "dockerfile"
  | "image";
