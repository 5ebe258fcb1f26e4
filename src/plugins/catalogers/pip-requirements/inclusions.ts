import type { Inclusion } from "../../../formats/requirements.ts";
import { parentPath } from "../../../kit/path.ts";
import type {
  Note,
  Reading,
  ReadingProblem,
  VisibleReading,
} from "../../../stages/catalog/contract.ts";
import { shown } from "../shared/declared.ts";
import { pathFrom } from "../shared/path-from.ts";

export function inclusionsNote(inclusions: readonly Inclusion[]): Note {
  return { kind: "inclusions", inclusions };
}

/** Notes are written above and nowhere else, and come back from the cache as they were. */
function inclusionsIn(reading: Reading): readonly Inclusion[] {
  const note = reading.notes?.find(({ kind }) => kind === "inclusions");
  return note === undefined ? [] : (note["inclusions"] as readonly Inclusion[]);
}

/** Says which files are included and were not read, because their names do not tell what they are, or they lie elsewhere. */
export function join(readings: readonly VisibleReading[]): readonly VisibleReading[] {
  const read = new Set(readings.map(({ path }) => path));
  return readings.map(({ path, reading }) => {
    const unread = inclusionsIn(reading).filter(
      ({ file }) => isElsewhere(file) || !read.has(pathFrom(parentPath(path), file) ?? ""),
    );
    const { notes: _, ...rest } = reading;
    return { path, reading: { ...rest, problems: [...reading.problems, ...unread.map(problem)] } };
  });
}

/** On this disk, or at an address. */
function isElsewhere(file: string): boolean {
  return /^(?:[/\\]|[a-z]+:)/i.test(file);
}

function problem({ file, line }: Inclusion): ReadingProblem {
  // Addresses may hold credentials.
  const named = /^[a-z]+:/i.test(file) ? "an address" : shown(file);
  const detail = `line ${line}: it includes ${named}, which was not read as a list of requirements`;
  return { code: "file-unreadable", detail };
}
