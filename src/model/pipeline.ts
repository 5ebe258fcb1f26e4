// The normal form of a pipeline: a workflow or action of GitHub, or a pipeline of GitLab. What starts it, what it may do, and what it
// runs. Facts are copied out of what was read and nothing is decided here.

import type { Fact } from "../kit/fact.ts";
import type { Checkable } from "./checkable.ts";
import type { Expression } from "./pipeline-expression.ts";
import type { ShellScript } from "./shell.ts";
import type { Pointer } from "./workload.ts";

export interface Pipeline extends Checkable {
  readonly form: "pipeline";
  readonly platform: "github" | "gitlab";
  readonly kind: "workflow" | "action" | "pipeline";
  /** By the platform's names of events; those of an action are its callers'. */
  readonly triggers: readonly Trigger[];
  /** Of the token of all jobs. */
  readonly permissions: Fact<Permissions>;
  readonly environment: readonly Variable[];
  readonly jobs: readonly PipelineJob[];
  /** Other files whose jobs become its own. */
  readonly includes: readonly Include[];
}

export interface Trigger {
  /** `pull_request_target`. */
  readonly event: string;
  /** Names of branches to which it is restricted; `tags:` stands before names of tags. */
  readonly refs: readonly string[];
  readonly at: Pointer;
}

/** `read`, `write` or `none` by what it is for (`contents`); under `*` for everything. */
export type Permissions = ReadonlyMap<string, string>;

/** A text in which the platform fills in expressions before anything runs. */
export interface Template {
  readonly value: string;
  readonly at: Pointer;
  readonly holes: readonly Hole[];
}

/** An expression in a text, from `${{` to before the end of `}}`. */
export interface Hole {
  readonly start: number;
  readonly end: number;
  /** null when it could not be read. */
  readonly expression: Expression | null;
}

/** A condition; the whole text is the expression. */
export interface Condition {
  readonly value: string;
  readonly at: Pointer;
  /** null when it could not be read. */
  readonly expression: Expression | null;
}

export interface Variable {
  readonly name: string;
  readonly value: Template;
  readonly at: Pointer;
}

export interface PipelineJob {
  /** As other jobs name it; `""` for the one of an action. */
  readonly id: string;
  readonly at: Pointer;
  /** Names of jobs that must have succeeded. */
  readonly needs: readonly string[];
  readonly condition: Condition | null;
  /** Labels of the machine that it may run on. */
  readonly runners: readonly Template[];
  /** Of its own token; absent when those of all jobs hold. */
  readonly permissions: Fact<Permissions>;
  readonly environment: readonly Variable[];
  readonly images: readonly JobImage[];
  /** Pipeline that it calls instead of having steps. */
  readonly calls: Call | null;
  readonly outputs: readonly Variable[];
  readonly steps: readonly Step[];
  readonly mayFail: Fact<boolean>;
}

export interface JobImage {
  readonly role: "container" | "service";
  readonly name: Template;
  /** What the engine is given beside it. */
  readonly options: Template | null;
  /** What it runs, word by word. */
  readonly command: readonly string[];
}

export interface Call {
  readonly uses: Template;
  /** `inherit` for all secrets of the caller. */
  readonly secrets: "inherit" | "named" | "none";
  readonly secretsAt: Pointer;
  readonly with: readonly Variable[];
}

export interface Step {
  /** As expressions name it; `""` when it has none. */
  readonly id: string;
  readonly at: Pointer;
  readonly condition: Condition | null;
  readonly uses: Template | null;
  /** What its action is given, by names in lower case. */
  readonly with: readonly Variable[];
  readonly run: Template | null;
  readonly shell: Template | null;
  /** What the script runs; null when there is none, or it is for another program than a POSIX shell. */
  readonly script: ShellScript | null;
  readonly environment: readonly Variable[];
}

export interface Include {
  readonly kind: "local" | "remote" | "project" | "template" | "component";
  readonly name: string;
  /** Branch, tag or commit; null when none is named. */
  readonly ref: string | null;
  /** Whether a digest of its content is demanded. */
  readonly isDigested: boolean;
  readonly at: Pointer;
}
