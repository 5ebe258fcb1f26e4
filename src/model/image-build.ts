// The normal form of how an image is built and wants to be run, out of a Dockerfile or out of a built image. Facts are copied out of
// what was read, with variables replaced where their values are known, and nothing is decided here.

import type { Fact } from "../kit/fact.ts";
import type { Checkable } from "./checkable.ts";
import type { ShellScript } from "./shell.ts";
import type { Pointer } from "./workload.ts";

export interface ImageBuild extends Checkable {
  readonly form: "image";
  readonly platform: "dockerfile" | "image";
  readonly kind: "Dockerfile" | "image";
  /** In the order of the file; the last one becomes the image. A built image is one stage on nothing. */
  readonly stages: readonly BuildStage[];
  /** Whether a .dockerignore keeps files out of the context; absent where there is no context. */
  readonly hasIgnoreFile: Fact<boolean>;
  /** Before the first stage: nothing but `ARG` has a meaning there. */
  readonly preamble: readonly BuildStep[];
}

export interface BuildStage {
  /** As others name it: its alias, or its number. */
  readonly name: string;
  readonly at: Pointer;
  readonly base: BuildBase;
  readonly steps: readonly BuildStep[];
}

/** What a stage begins with. `built` is all that a built image has. */
export type BuildBase =
  | { readonly kind: "image"; readonly image: Fact<string>; readonly written: string }
  | { readonly kind: "stage"; readonly index: number }
  | { readonly kind: "scratch" | "built" };

/** An instruction. */
export interface BuildStep {
  /** In upper case. */
  readonly keyword: string;
  readonly at: Pointer;
  /** Whether ONBUILD keeps it for who builds on the image. */
  readonly isLater: boolean;
  readonly flags: readonly BuildFlag[];
  /** What follows keyword and flags, word by word, or the items of the exec form. */
  readonly words: readonly BuildWord[];
  /** Written as a list in JSON, which no shell reads. */
  readonly isExec: boolean;
  /** Of ENV, ARG and LABEL. */
  readonly assigns: readonly BuildVariable[];
  /** Of RUN, CMD, ENTRYPOINT, HEALTHCHECK; null where no command stands, or one for another shell. */
  readonly script: ShellScript | null;
}

export interface BuildFlag {
  readonly name: string;
  readonly value: string | null;
  readonly at: Pointer;
}

export interface BuildWord {
  /** With variables replaced by what they are known to be. */
  readonly value: string;
  /** Whether nothing in it is left open. */
  readonly isKnown: boolean;
  readonly at: Pointer;
}

export interface BuildVariable {
  readonly name: string;
  /** null when there is only a name. */
  readonly value: BuildWord | null;
  readonly at: Pointer;
}
