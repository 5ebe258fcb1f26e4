// What a script runs: its simple commands in the order in which they are written, whatever they are nested in.
import type { Pointer } from "./workload.ts";

export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  /** What could not be read; the commands are then those that could. */
  readonly unread: { readonly at: Pointer; readonly why: string } | null;
}

export interface ShellCommand {
  /** The program without its folder; `""` when it is not written out, null where there is none. */
  readonly name: string | null;
  /** What follows the program. */
  readonly words: readonly ShellWord[];
  /** Variables that are set for it, or in the script when there is no program. */
  readonly variables: readonly ShellVariable[];
  readonly at: Pointer;
  /** What takes its output, by index: through a pipe, or as a part of its words. */
  readonly feeds: number | null;
  /** Files that its output is written to, by itself or with what it stands in. */
  readonly into: readonly ShellWord[];
  /** Command that runs it, by index: `sudo`, `env`, `sh -c`; null when the script itself does. */
  readonly runBy: number | null;
}

export interface ShellWord {
  /** Without quotes; expansions as they are written. */
  readonly value: string;
  /** Whether nothing in it is replaced when it runs. */
  readonly isStatic: boolean;
  readonly at: Pointer;
}

export interface ShellVariable {
  readonly name: string;
  readonly value: ShellWord;
}
