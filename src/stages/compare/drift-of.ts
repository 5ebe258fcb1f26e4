// Observations of a container and the files of its image in, drift out. What runs comes before what lies there.
import { stableId } from "../../kit/stable-id.ts";
import type {
  ContainerObservation,
  DriftCounts,
  DriftItem,
  FileUse,
  RunningFile,
  WrittenEntry,
} from "../../model/drift.ts";
import { compareSeverity } from "../../model/severity.ts";
import { compareFile } from "./compare-file.ts";
import type { ImageBaseline } from "./image-baseline.ts";
import { hiddenIn, powerOf, type RestingDrift, restingFile, restingOther } from "./resting.ts";
import { runningDrift } from "./running.ts";

/** What comparing a whole container gave. */
export interface ContainerDrift {
  /** The worst first; of one severity what runs first, then by path. */
  readonly items: readonly DriftItem[];
  readonly counts: DriftCounts;
}

/**
 * Compares everything that was observed. What was not read is left out; that it was not is a problem of whoever looked.
 *
 * @param volumes Folders that the image says are written, without leading slash.
 * @param readOnly Where somebody outside has mounted what the container cannot write, likewise.
 */
export function driftOf(
  baseline: ImageBaseline,
  { written, running, processes }: ContainerObservation,
  volumes: readonly string[] = [],
  readOnly: readonly string[] = [],
): ContainerDrift {
  const found = new Map<string, DriftItem>();
  let same = 0;
  for (const one of running) {
    const isGiven = one.file.place === "volume" && isBelow(one.file.path, readOnly);
    same += addRunning(found, baseline, { ...one, isGiven });
  }
  let unchanged = 0;
  for (const entry of written) {
    if (!isInVolume(entry, volumes)) unchanged += addWritten(found, baseline, entry);
    else if (entry.kind === "file")
      unchanged += addWritten(found, baseline, {
        kind: "file",
        file: { ...entry.file, place: "volume" },
      });
  }
  const items = [...found.values()].sort(worstFirst);
  const files = written.filter(({ kind }) => kind === "file").length;
  const counts = { written: files, unchanged, processes, running: running.length, same };
  return { items, counts };
}

/** An engine that mounts nothing there leaves the folder in the writable layer. */
function isInVolume(entry: WrittenEntry, volumes: readonly string[]): boolean {
  const path = entry.kind === "file" ? entry.file.path : entry.path;
  return isBelow(path, volumes);
}

function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some(
    (folder) => folder !== "" && (path === folder || path.startsWith(`${folder}/`)),
  );
}

function addRunning(
  found: Map<string, DriftItem>,
  baseline: ImageBaseline,
  one: RunningFile & { readonly isGiven: boolean },
): 0 | 1 {
  const told = compareFile(baseline, one.file);
  const judged = told === null ? null : runningDrift(one, told);
  if (told === null || judged === null) return told === null ? 0 : 1;
  const [severity, why] = judged;
  const power = powerOf(one.file);
  const reason = power === null ? why : `${why}; it is ${power}`;
  const kind = told.verdict === "same" ? "moved" : told.verdict;
  add(found, { kind, severity, file: one.file, image: told.image, reason }, one);
  return 0;
}

function addWritten(
  found: Map<string, DriftItem>,
  baseline: ImageBaseline,
  entry: WrittenEntry,
): 0 | 1 {
  if (entry.kind === "folder") {
    for (const path of hiddenIn(baseline, entry))
      addResting(found, restingOther(baseline, { kind: "removed", path }));
    return 0;
  }
  if (entry.kind !== "file") {
    addResting(found, restingOther(baseline, entry));
    return 0;
  }
  const judged = restingFile(baseline, entry.file);
  if (typeof judged === "object") addResting(found, judged);
  return judged === "unchanged" ? 1 : 0;
}

function addResting(found: Map<string, DriftItem>, drift: RestingDrift | null): void {
  if (drift !== null) add(found, drift, null);
}

/** What runs and lies there is one item: that it runs is the worse of both, and is said first. */
function add(
  found: Map<string, DriftItem>,
  { kind, severity, file, image, reason }: RestingDrift,
  run: RunningFile | null,
): void {
  const { path, place, content, sha256, sizeBytes } = file;
  const key = `${path}\0${sha256 ?? kind}`;
  const known = found.get(key);
  if (known === undefined) {
    const id = stableId([kind, path, sha256 ?? "", run === null ? "lies" : "runs"]);
    const uses = run === null ? [] : [run.use];
    const processes = run?.processes ?? [];
    found.set(key, {
      id,
      kind,
      severity,
      path,
      place,
      content,
      sha256,
      sizeBytes,
      uses,
      processes,
      image,
      reason,
    });
  } else if (run !== null) found.set(key, joined(known, run));
}

function joined(item: DriftItem, { use, processes }: RunningFile): DriftItem {
  const uses: readonly FileUse[] = item.uses.includes(use) ? item.uses : [...item.uses, use];
  const seen = new Set(item.processes.map(({ pid }) => pid));
  const more = processes.filter(({ pid }) => !seen.has(pid));
  return { ...item, uses, processes: [...item.processes, ...more] };
}

function worstFirst(a: DriftItem, b: DriftItem): number {
  const severity = compareSeverity(a.severity, b.severity);
  if (severity !== 0) return severity;
  const isRunning = Number(b.uses.length > 0) - Number(a.uses.length > 0);
  if (isRunning !== 0) return isRunning;
  return a.path < b.path ? -1 : 1;
}
