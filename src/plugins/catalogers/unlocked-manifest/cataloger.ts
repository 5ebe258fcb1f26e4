// Projects that say what they need and lock nothing: no other cataloger has anything to read there, and without a word that would
// look like a project without packages.
import { baseName, parentPath } from "../../../kit/path.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  type Reading,
  type VisibleReading,
} from "../../../stages/catalog/contract.ts";
import { FAMILIES } from "./manifests.ts";

export const unlockedManifest: Cataloger = {
  id: "unlocked-manifest",
  title: "Manifests without a lock file: named, not read",
  needs: [],
  state: "trial",
  version: 2,
  evidence: "declared",
  types: [],
  wants: { names: FAMILIES.flatMap(({ manifests, locks }) => [...manifests, ...locks]) },
  limitBytes: 128 << 20,
  read,
  join,
};

/** Files beyond are counted. */
const NAMED_MAX = 20;

function read({ path, bytes }: EvidenceFile): Reading {
  const name = baseName(path);
  const locking = FAMILIES.findIndex(({ locks }) => locks.includes(name));
  if (locking !== -1) return noted("locks", locking);
  const declaring = FAMILIES.findIndex(({ manifests }) => manifests.includes(name));
  return FAMILIES[declaring]?.declares(bytes) === true ? noted("declares", declaring) : NOTHING;
}

function noted(kind: "locks" | "declares", family: number): Reading {
  return { packages: [], problems: [], notes: [{ kind, family }] };
}

/** A lock file holds for its folder and, where a workspace has one for all, for those below. */
function join(readings: readonly VisibleReading[]): readonly VisibleReading[] {
  const locked = new Set(readings.flatMap((r) => keys("locks", r)));
  const isLocked = (family: string, folder: string): boolean =>
    locked.has(`${family} ${folder}`) || (folder !== "" && isLocked(family, parentPath(folder)));
  const open = readings.filter((r) =>
    keys("declares", r).some((key) => {
      const space = key.indexOf(" ");
      return !isLocked(key.slice(0, space), key.slice(space + 1));
    }),
  );
  const named = new Map(open.slice(0, NAMED_MAX).map(({ path }, i) => [path, i]));
  const more = open.length - NAMED_MAX;
  return readings.map(({ path }) => {
    const at = named.get(path);
    const isLast = at === NAMED_MAX - 1 && more > 0;
    const detail = `it says what is needed, and no lock file that is read says which versions${isLast ? `; ${more} more files do the same` : ""}`;
    const problems = at === undefined ? [] : [{ code: "declared-only" as const, detail }];
    return { path, reading: { packages: [], problems } };
  });
}

/** Family and folder of a note. Notes are written above and nowhere else. */
function keys(kind: string, { path, reading }: VisibleReading): string[] {
  const notes = (reading.notes ?? []).filter((note) => note.kind === kind);
  return notes.map((note) => `${String(note["family"])} ${parentPath(path)}`);
}
