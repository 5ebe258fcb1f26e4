import type { Pom } from "../../../formats/pom.ts";
import type { Note, Reading, VisibleReading } from "../../../stages/catalog/contract.ts";
import { declaredBy, Family } from "./family.ts";

export function pomNote(pom: Pom): Note {
  return { kind: "pom", pom };
}

/** Notes are written above and nowhere else, and come back from the cache as they were. */
function pomOf(reading: Reading): Pom | null {
  const note = reading.notes?.find(({ kind }) => kind === "pom");
  return note === undefined ? null : (note["pom"] as Pom);
}

/** Reads every project again, now knowing its parents. */
export function join(readings: readonly VisibleReading[]): readonly VisibleReading[] {
  const known = readings.flatMap(({ path, reading }) => {
    const pom = pomOf(reading);
    return pom === null ? [] : [{ path, pom }];
  });
  const family = new Family(known);
  return readings.map(({ path, reading }) => {
    const pom = pomOf(reading);
    return { path, reading: pom === null ? reading : declaredBy(pom, family, path) };
  });
}
