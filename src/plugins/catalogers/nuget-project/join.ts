import { baseName, parentPath } from "../../../kit/path.ts";
import { NOTHING, type Reading, type VisibleReading } from "../../../stages/catalog/contract.ts";
import { declaredBy, type Project } from "./project.ts";

const SHARED = ["Directory.Build.props", "Directory.Packages.props"];

/** Reads every project again, now knowing the shared files that hold for it; where there is a lock file, not at all. */
export function join(readings: readonly VisibleReading[]): readonly VisibleReading[] {
  const projects = new Map<string, Project>();
  const locked = new Set<string>();
  for (const { path, reading } of readings) {
    const project = projectIn(reading);
    if (project !== null) projects.set(path, project);
    if (reading.notes?.some(({ kind }) => kind === "locked")) locked.add(parentPath(path));
  }
  return readings.map(({ path, reading }) => {
    const project = projects.get(path);
    if (project === undefined || SHARED.includes(baseName(path))) return { path, reading };
    if (locked.has(parentPath(path))) return { path, reading: NOTHING };
    return { path, reading: declaredBy(project, sharedFor(path, projects)) };
  });
}

/** Notes are written by this cataloger alone, and come back from the cache as they were. */
function projectIn(reading: Reading): Project | null {
  const note = reading.notes?.find(({ kind }) => kind === "project");
  return note === undefined ? null : (note["project"] as Project);
}

/** MSBuild takes the nearest file of each name in this folder and those above. */
function sharedFor(path: string, projects: ReadonlyMap<string, Project>): Project[] {
  return SHARED.flatMap((name) => {
    for (let folder = parentPath(path); ; folder = parentPath(folder)) {
      const shared = projects.get(folder === "" ? name : `${folder}/${name}`);
      if (shared !== undefined) return [shared];
      if (folder === "") return [];
    }
  });
}
