// Rules of the house that no ready-made tool knows. Each is a pure function from the tree of files to complaints; tidy.test.ts
// runs them over the project, and over made-up trees to prove that each can fail.
import { pluginRules } from "./tidy-plugins.ts";
import { shapeRules } from "./tidy-shape.ts";
import type { TidyRule } from "./tidy-tree.ts";
import { wordRules } from "./tidy-words.ts";

export const tidyRules: readonly TidyRule[] = [...pluginRules, ...shapeRules, ...wordRules];
