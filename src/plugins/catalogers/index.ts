import type { Cataloger } from "../../stages/catalog/contract.ts";
import { apk } from "./apk/cataloger.ts";
import { binary } from "./binary/cataloger.ts";
import { bunLock } from "./bun-lock/cataloger.ts";
import { cargoLock } from "./cargo-lock/cataloger.ts";
import { composerInstalled } from "./composer-installed/cataloger.ts";
import { composerLock } from "./composer-lock/cataloger.ts";
import { condaInstalled } from "./conda-installed/cataloger.ts";
import { dotnetDeps } from "./dotnet-deps/cataloger.ts";
import { dpkg } from "./dpkg/cataloger.ts";
import { gemInstalled } from "./gem-installed/cataloger.ts";
import { gemfileLock } from "./gemfile-lock/cataloger.ts";
import { goBinary } from "./go-binary/cataloger.ts";
import { goMod } from "./go-mod/cataloger.ts";
import { gradleLock } from "./gradle-lock/cataloger.ts";
import { javaArchive } from "./java-archive/cataloger.ts";
import { mavenPom } from "./maven-pom/cataloger.ts";
import { mixLock } from "./mix-lock/cataloger.ts";
import { npmInstalled } from "./npm-installed/cataloger.ts";
import { npmLock } from "./npm-lock/cataloger.ts";
import { nugetLock } from "./nuget-lock/cataloger.ts";
import { nugetProject } from "./nuget-project/cataloger.ts";
import { osRelease } from "./os-release/cataloger.ts";
import { pdmLock } from "./pdm-lock/cataloger.ts";
import { pipRequirements } from "./pip-requirements/cataloger.ts";
import { pipenvLock } from "./pipenv-lock/cataloger.ts";
import { pnpmLock } from "./pnpm-lock/cataloger.ts";
import { poetryLock } from "./poetry-lock/cataloger.ts";
import { pubLock } from "./pub-lock/cataloger.ts";
import { pylock } from "./pylock/cataloger.ts";
import { pythonInstalled } from "./python-installed/cataloger.ts";
import { rpm } from "./rpm/cataloger.ts";
import { rustBinary } from "./rust-binary/cataloger.ts";
import { sbtLock } from "./sbt-lock/cataloger.ts";
import { unlockedManifest } from "./unlocked-manifest/cataloger.ts";
import { uvLock } from "./uv-lock/cataloger.ts";
import { yarnLock } from "./yarn-lock/cataloger.ts";
import { yarnPnp } from "./yarn-pnp/cataloger.ts";

// To add a cataloger: a folder, one import, and one entry in the list that its evidence says, in alphabetical order of ids.
// There are two lists because the threads that read images load the first only.

/** What is really there: read in images, root file systems and projects. */
export const installedCatalogers: readonly Cataloger[] = [
  apk,
  binary,
  composerInstalled,
  condaInstalled,
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
  yarnPnp,
];

/** What lock files and manifests declare: read in projects only. */
export const declaredCatalogers: readonly Cataloger[] = [
  bunLock,
  cargoLock,
  composerLock,
  gemfileLock,
  goMod,
  gradleLock,
  mavenPom,
  mixLock,
  npmLock,
  nugetLock,
  nugetProject,
  pdmLock,
  pipRequirements,
  pipenvLock,
  pnpmLock,
  poetryLock,
  pubLock,
  pylock,
  sbtLock,
  unlockedManifest,
  uvLock,
  yarnLock,
];

/** Every cataloger. */
export const catalogers: readonly Cataloger[] = /* @__PURE__ */ installedCatalogers.concat(
  declaredCatalogers,
);
