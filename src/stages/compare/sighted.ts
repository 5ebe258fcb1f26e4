// What a file that a container was seen to use is to its image: drift, and what enforcement would do about it.
import type {
  ComparedFile,
  DriftKind,
  FileUse,
  ImageFile,
  ObservedFile,
  WrittenEntry,
} from "../../model/drift.ts";
import type { Severity } from "../../model/severity.ts";
import type { SightedLayer, SightedUse } from "../../model/sighting.ts";
import { compareFile } from "./compare-file.ts";
import type { ImageBaseline } from "./image-baseline.ts";
import { restingFile, restingOther } from "./resting.ts";
import { runningDrift } from "./running.ts";

/** What a sighting came to. */
export interface SightedDrift {
  readonly kind: DriftKind;
  readonly severity: Severity;
  readonly reason: string;
  readonly image: ImageFile | null;
}

/** A running file as it was found, with what the kernel said of it. */
export interface RanFile {
  readonly use: FileUse;
  /** null when it was gone, or changed, before anybody could read it. */
  readonly file: ObservedFile | null;
  readonly path: string;
  readonly layer: SightedLayer;
  /** Where somebody outside has mounted what the container cannot write. */
  readonly isGiven: boolean;
}

export interface JudgedRun {
  /** null when it is the image's, or nothing can be told. */
  readonly drift: SightedDrift | null;
  /** The image's file that it is; null when it is none, or nothing can be told. */
  readonly image: ImageFile | null;
  /** Nothing can be told. */
  readonly isUnknown: boolean;
  /** Enforcement would have ended who used it. */
  readonly wouldDie: boolean;
}

/** Judges what was run, loaded or interpreted. */
export function judgeRun(baseline: ImageBaseline, run: RanFile): JudgedRun {
  const { use, file, layer, isGiven } = run;
  const told = file === null ? null : compareFile(baseline, file);
  if (file === null || told === null) return vanished(baseline, run);
  const judged = runningDrift({ use, file, processes: [], isGiven }, told);
  const drift =
    judged === null
      ? null
      : { kind: kindOf(told), severity: judged[0], reason: judged[1], image: told.image };
  const isOfImage = told.verdict !== "modified" && told.verdict !== "dropped";
  return {
    drift,
    image: isOfImage ? told.image : null,
    isUnknown: false,
    wouldDie: mayDie(use, layer) && told.verdict !== "same" && judged?.[0] !== "negligible",
  };
}

/** Scripts are read by who runs them, and nobody is asked; what lies in a layer of the image may run. */
function mayDie(use: FileUse, layer: SightedLayer): boolean {
  return use !== "interpreted" && layer !== "lower";
}

function kindOf({ verdict }: ComparedFile): DriftKind {
  return verdict === "same" ? "moved" : verdict;
}

/** Who runs something and takes it away at once must not be quieter than who leaves it there. */
function vanished(baseline: ImageBaseline, { use, path, layer }: RanFile): JudgedRun {
  if (layer === "lower") {
    const row = baseline.at(path.replace(/^\//, ""));
    return {
      drift: null,
      image: row === null ? null : baseline.file(row),
      isUnknown: row === null,
      wouldDie: false,
    };
  }
  if (layer === "unknown") return { drift: null, image: null, isUnknown: true, wouldDie: false };
  const wouldDie = mayDie(use, layer);
  const where =
    layer === "memory"
      ? "memory alone"
      : layer === "upper"
        ? "the writable layer"
        : "outside of the image";
  const reason = `was used from ${where}, and was gone or changed before its content could be read`;
  const kind = layer === "memory" ? "memfd" : "deleted";
  return {
    drift: { kind, severity: "critical", reason, image: null },
    image: null,
    isUnknown: false,
    wouldDie,
  };
}

/** Judges what was written, removed or linked. */
export function judgeWrite(
  baseline: ImageBaseline,
  entry: Exclude<WrittenEntry, { kind: "folder" }>,
): SightedDrift | null {
  const judged =
    entry.kind === "file" ? restingFile(baseline, entry.file) : restingOther(baseline, entry);
  if (judged === null || typeof judged === "string") return null;
  const { kind, severity, reason, image } = judged;
  return { kind, severity, reason, image };
}

/** How alerts about drift are called, and what an attacker would be doing, by MITRE ATT&CK. */
export function driftRule(
  use: SightedUse,
  kind: DriftKind,
): { readonly rule: string; readonly tags: readonly string[] } {
  const rule = RULES[use === "opened" ? "written" : use];
  const technique =
    use === "written" ? WRITTEN : use === "interpreted" ? SCRIPT : (BY_KIND[kind] ?? DROPPED);
  return {
    rule,
    tags: ["container", "drift", ...(use === "mapped" && kind !== "memfd" ? LOADED : technique)],
  };
}

const RULES = {
  executed: "Program that is not of its image",
  mapped: "Library that is not of its image",
  interpreted: "Script that is not of its image",
  written: "Change where an image stays as it is",
} as const;

const DROPPED = ["mitre_command_and_control", "T1105"];
const LOADED = ["mitre_persistence", "T1574"];
const SCRIPT = ["mitre_execution", "T1059"];
const WRITTEN = ["mitre_persistence", "T1554"];
const BY_KIND: Partial<Record<DriftKind, readonly string[]>> = {
  moved: ["mitre_defense_evasion", "T1036"],
  modified: ["mitre_persistence", "T1554"],
  memfd: ["mitre_defense_evasion", "T1620"],
  deleted: ["mitre_defense_evasion", "T1070.004"],
};
