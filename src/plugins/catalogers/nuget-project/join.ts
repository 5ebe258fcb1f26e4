import { baseName, parentPath } from "../../../kit/path.ts";
import { NOTHING, type Reading, type VisibleReading } from "../../../stages/catalog/contract.ts";
import { declaredBy, declaredCentrally, type Project } from "./project.ts";

const BUILD = "Directory.Build.props";
/** The last is of the years before NuGet knew central files itself. */
const CENTRAL = ["Directory.Packages.props", "Packages.props"];

/** Whether a file holds for the projects below it. */
export function isShared(path: string): boolean {
  return baseName(path) === BUILD || isCentral(path);
}

function isCentral(path: string): boolean {
  return /(?:^|\.)packages\.props$/i.test(baseName(path));
}

/**
 * Reads every project again, now knowing the shared files that hold for it; where there is a lock file, not at all. A central file
 * with no project below it speaks for itself.
 */
export function join(readings: readonly VisibleReading[]): readonly VisibleReading[] {
  const files = new Map<string, Project>();
  const locked = new Set<string>();
  const used = new Set<string>();
  for (const { path, reading } of readings) {
    const project = projectIn(reading);
    if (project !== null) files.set(path, project);
    if (reading.notes?.some(({ kind }) => kind === "locked")) locked.add(parentPath(path));
    else if (!isShared(path)) addFolders(used, path);
  }
  return readings.map(({ path, reading }) => {
    const project = files.get(path);
    if (project === undefined) return { path, reading };
    if (isCentral(path) && !used.has(parentPath(path))) {
      return { path, reading: declaredCentrally(project) };
    }
    if (isShared(path)) return { path, reading };
    if (locked.has(parentPath(path))) return { path, reading: NOTHING };
    return { path, reading: declaredBy(project, sharedFor(path, files)) };
  });
}

/** The folder of a project and those above it. */
function addFolders(folders: Set<string>, path: string): void {
  for (let folder = parentPath(path); !folders.has(folder); folder = parentPath(folder)) {
    folders.add(folder);
  }
}

/** Notes are written by this cataloger alone, and come back from the cache as they were. */
function projectIn(reading: Reading): Project | null {
  const note = reading.notes?.find(({ kind }) => kind === "project");
  return note === undefined ? null : (note["project"] as Project);
}

/** MSBuild takes the nearest file of each name in this folder and those above. */
function sharedFor(path: string, projects: ReadonlyMap<string, Project>): Project[] {
  return [BUILD, ...CENTRAL].flatMap((name) => {
    for (let folder = parentPath(path); ; folder = parentPath(folder)) {
      const shared = projects.get(folder === "" ? name : `${folder}/${name}`);
      if (shared !== undefined) return [shared];
      if (folder === "") return [];
    }
  });
}
