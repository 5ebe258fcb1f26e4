import type { Scheme } from "../../stages/match/contract.ts";

/** Every version order, in alphabetical order of ids. To add one: a folder, and one import and one entry here. */
export const schemes: readonly Scheme[] = [];
