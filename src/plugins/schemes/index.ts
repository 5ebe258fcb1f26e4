import type { Scheme } from "../../stages/match/contract.ts";
import { apk } from "./apk/scheme.ts";
import { deb } from "./deb/scheme.ts";
import { go } from "./go/scheme.ts";
import { pep440 } from "./pep440/scheme.ts";
import { rpm } from "./rpm/scheme.ts";
import { semver } from "./semver/scheme.ts";

/** Every version order, in alphabetical order of ids. To add one: a folder, and one import and one entry here. */
export const schemes: readonly Scheme[] = [apk, deb, go, pep440, rpm, semver];
