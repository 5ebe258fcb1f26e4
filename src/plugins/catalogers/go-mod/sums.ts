import { parentPath } from "../../../kit/path.ts";
import type { FoundPackage } from "../../../model/package.ts";
import type { Note, Reading, VisibleReading } from "../../../stages/catalog/contract.ts";

/**
 * Completes modules whose go.mod lists direct dependencies only with what their go.sum has hashed. That may be more than is built,
 * but never less.
 */
export function join(readings: readonly VisibleReading[]): readonly VisibleReading[] {
  const sums = new Map<string, readonly [string, string][]>();
  for (const { path, reading } of readings) {
    const modules = noted(reading, "sums")?.["modules"];
    if (modules !== undefined) sums.set(parentPath(path), modules as readonly [string, string][]);
  }
  return readings.map(({ path, reading }) => {
    const known = noted(reading, "incomplete")?.["known"];
    const modules = sums.get(parentPath(path));
    if (known === undefined || modules === undefined) return { path, reading };
    return { path, reading: completed(reading, new Set(known as readonly string[]), modules) };
  });
}

/** Notes are written by this cataloger alone, and come back from the cache as they were. */
function noted(reading: Reading, kind: string): Note | undefined {
  return reading.notes?.find((note) => note.kind === kind);
}

function completed(
  reading: Reading,
  known: ReadonlySet<string>,
  modules: readonly [string, string][],
): Reading {
  const more = modules.flatMap(([name, version]): FoundPackage[] =>
    known.has(name) ? [] : [{ type: "golang", name, version }],
  );
  return { packages: [...reading.packages, ...more], problems: reading.problems };
}
