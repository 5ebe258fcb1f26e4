import type { Cataloger } from "../../stages/catalog/contract.ts";
import { apk } from "./apk/cataloger.ts";
import { binary } from "./binary/cataloger.ts";
import { composerInstalled } from "./composer-installed/cataloger.ts";
import { dotnetDeps } from "./dotnet-deps/cataloger.ts";
import { dpkg } from "./dpkg/cataloger.ts";
import { gemInstalled } from "./gem-installed/cataloger.ts";
import { goBinary } from "./go-binary/cataloger.ts";
import { javaArchive } from "./java-archive/cataloger.ts";
import { npmInstalled } from "./npm-installed/cataloger.ts";
import { osRelease } from "./os-release/cataloger.ts";
import { pythonInstalled } from "./python-installed/cataloger.ts";
import { rpm } from "./rpm/cataloger.ts";
import { rustBinary } from "./rust-binary/cataloger.ts";

/** Every cataloger, in alphabetical order of ids. To add one: a folder, and one import and one entry here. */
export const catalogers: readonly Cataloger[] = [
  apk,
  binary,
  composerInstalled,
  dotnetDeps,
  dpkg,
  gemInstalled,
  goBinary,
  javaArchive,
  npmInstalled,
  osRelease,
  pythonInstalled,
  rpm,
  rustBinary,
];
