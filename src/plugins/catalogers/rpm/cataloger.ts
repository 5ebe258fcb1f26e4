// Packages installed by rpm, from its database in each of the three formats that are met, and from the list that distroless
// images of Mariner and Azure Linux have instead.
import { eachRpmHeader, rpmDatabaseFormat } from "../../../formats/rpmdb/database.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
  type ReadingProblem,
} from "../../../stages/catalog/contract.ts";
import { OwnedPaths } from "../shared/owned-paths.ts";
import { Providers } from "../shared/providers.ts";
import { type Installed, installedOf } from "./installed.ts";
import { readManifest } from "./manifest.ts";

/** The old place, SUSE's and Fedora's new one, and that of systems that rpm-ostree composes. */
const FOLDERS = ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"];
const MANIFEST = "var/lib/rpmmanifest/container-manifest-2";
const LOG_ENDING = "-wal";
const PROBLEMS_MAX = 20;

export const rpm: Cataloger = {
  id: "rpm",
  title: "Packages installed by rpm, from all its database formats",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "installed",
  types: ["rpm"],
  wants: {
    paths: [
      ...FOLDERS.flatMap((folder) =>
        ["Packages", "Packages.db", "rpmdb.sqlite", `rpmdb.sqlite${LOG_ENDING}`].map(
          (name) => `${folder}/${name}`,
        ),
      ),
      MANIFEST,
    ],
  },
  limitBytes: 512 << 20,
  read,
};

function read({ path, bytes }: EvidenceFile): Reading {
  if (bytes.length === 0) return NOTHING;
  if (path === MANIFEST) return readManifest(bytes);
  if (path.endsWith(LOG_ENDING))
    return onlyProblem("file-damaged", "changes in the database's write-ahead log are not read");
  return readDatabase(bytes);
}

function readDatabase(bytes: Uint8Array): Reading {
  const format = rpmDatabaseFormat(bytes);
  if (format === null)
    return onlyProblem("file-damaged", "it is no rpm database of a format that is known");
  const installed: Installed[] = [];
  const problems: ReadingProblem[] = [];
  const damaged = (detail: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push({ code: "file-damaged", detail });
  };
  const paths = new OwnedPaths();
  const faults = eachRpmHeader(bytes, format, (header) => {
    const one = installedOf(header, paths);
    if (typeof one === "string") damaged(one);
    else if (one !== null) installed.push(one);
  });
  for (const fault of faults) damaged(`cannot read all of the rpm database (${format}): ${fault}`);
  if (paths.isExhausted) damaged("the packages claim more files than any system has");
  return { ...reported(installed), problems };
}

function reported(installed: readonly Installed[]): Pick<Reading, "packages" | "owned"> {
  const providers = new Providers();
  for (const { found, provides } of installed) {
    for (const name of provides) providers.add(name, found.name);
  }
  const packages = installed.map(({ found, requires }) => {
    const dependsOn = providers.resolve(requires, found.name);
    return dependsOn.length === 0 ? found : { ...found, dependsOn };
  });
  const owned = installed
    .filter(({ files }) => files.length > 0)
    .map(({ found, files }) => ({ type: found.type, name: found.name, paths: files }));
  return { packages, owned };
}
