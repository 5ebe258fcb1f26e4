import type { RunningFile } from "../../model/drift.ts";
import type { InUse, InUseCoverage, UsedPackage } from "../../model/in-use.ts";
import { compareFile } from "./compare-file.ts";
import type { ImageBaseline } from "./image-baseline.ts";

/** Of one package, as many paths say what is meant. */
const FILES_MAX = 20;

/** Which packages of an image run. A file that is a copy of the image's counts for the package that has it. */
export function inUseOf(
  baseline: ImageBaseline,
  running: readonly RunningFile[],
  coverage: InUseCoverage,
): InUse {
  const packages = new Map<string, { files: Set<string>; isExecuted: boolean }>();
  const unowned = new Set<string>();
  for (const { file, use } of running) {
    const told = compareFile(baseline, file);
    if (told === null || told.image === null || told.verdict === "modified") continue;
    const { path, owner } = told.image;
    if (owner === null) unowned.add(path);
    else {
      const known = packages.get(owner) ?? { files: new Set<string>(), isExecuted: false };
      known.files.add(path);
      known.isExecuted ||= use === "executed";
      packages.set(owner, known);
    }
  }
  const used = [...packages].map(
    ([owner, { files, isExecuted }]): UsedPackage => ({
      owner,
      files: [...files].sort().slice(0, FILES_MAX),
      isExecuted,
    }),
  );
  used.sort((a, b) => (a.owner < b.owner ? -1 : 1));
  return { packages: used, unowned: [...unowned].sort(), coverage };
}
