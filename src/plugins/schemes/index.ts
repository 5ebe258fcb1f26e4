import type { Scheme } from "../../stages/match/contract.ts";
import { apk } from "./apk/scheme.ts";
import { bitnami } from "./bitnami/scheme.ts";
import { composer } from "./composer/scheme.ts";
import { deb } from "./deb/scheme.ts";
import { generic } from "./generic/scheme.ts";
import { go } from "./go/scheme.ts";
import { hex } from "./hex/scheme.ts";
import { maven } from "./maven/scheme.ts";
import { nuget } from "./nuget/scheme.ts";
import { pep440 } from "./pep440/scheme.ts";
import { pub } from "./pub/scheme.ts";
import { rpm } from "./rpm/scheme.ts";
import { rubygems } from "./rubygems/scheme.ts";
import { semver } from "./semver/scheme.ts";

/** Every version order, in alphabetical order of ids. To add one: a folder, and one import and one entry here. */
export const schemes: readonly Scheme[] = [
  apk,
  bitnami,
  composer,
  deb,
  generic,
  go,
  hex,
  maven,
  nuget,
  pep440,
  pub,
  rpm,
  rubygems,
  semver,
];
