import type { ComparedFile, FileVerdict, ObservedFile } from "../../model/drift.ts";
import type { ImageBaseline } from "./image-baseline.ts";

/**
 * What a file of a container is to the container's image. Only content counts: time and mode do not, and neither does the layer
 * in which a file lies, because a file that was merely touched is written anew there.
 *
 * @returns null when the file was not read, so that nothing can be told.
 */
export function compareFile(baseline: ImageBaseline, file: ObservedFile): ComparedFile | null {
  const { sha256, path, place, isGone } = file;
  // What is in memory is no file of the image, whatever it holds.
  if (sha256 === null) return place === "memory" ? { verdict: "memfd", image: null } : null;
  const named = place === "memory" ? null : baseline.at(path);
  if (named !== null && baseline.hasContent(named, sha256))
    return compared(baseline, isGone ? "deleted" : "same", named);
  const alike = baseline.withContent(sha256);
  if (place === "memory") return compared(baseline, "memfd", alike);
  if (isGone) return compared(baseline, "deleted", alike);
  if (alike !== null) return compared(baseline, "moved", alike);
  // What lies in a volume took nobody's place: the image's file is still there below it.
  const isReplaced = named !== null && place === "root";
  return compared(baseline, isReplaced ? "modified" : "dropped", isReplaced ? named : null);
}

function compared(baseline: ImageBaseline, verdict: FileVerdict, row: number | null): ComparedFile {
  return { verdict, image: row === null ? null : baseline.file(row) };
}
