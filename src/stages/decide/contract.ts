import type { Plugin } from "../../model/plugin.ts";
import type { Rule } from "../../model/policy.ts";

/** Rules that belong together, built in, so that a policy may begin with a name. */
export interface Pack extends Plugin {
  readonly rules: readonly Rule[];
}
