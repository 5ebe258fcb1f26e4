// What a container runs and is not of its image.
import type { ComparedFile, FileUse, ObservedFile, RunningFile } from "../../model/drift.ts";
import type { Severity } from "../../model/severity.ts";
import { ENGINE_INITS } from "./places.data.ts";

/**
 * How bad it is that this runs, and why; null for what is as it should be.
 *
 * @param one `isGiven`: somebody outside mounted it where the container cannot write.
 */
export function runningDrift(
  { file, use, isGiven }: RunningFile & { readonly isGiven: boolean },
  { verdict, image }: ComparedFile,
): readonly [severity: Severity, reason: string] | null {
  if (verdict === "same") return null;
  const verb = VERBS[use];
  const origin = image === null ? "" : ` /${image.path}`;
  if (isMadeAtRunTime(file, use))
    return ["low", "is executable memory that is no program, as just-in-time compilers make it"];
  if (file.place === "volume" && ENGINE_INITS.has(file.path))
    return ["negligible", "is the engine's own first process, mounted into the container"];
  if (verdict === "moved")
    return ["high", `is the image's${origin}, and ${verb} under another name`];
  if (verdict === "modified") return ["critical", `${verb}, and is not what the image has there`];
  if (verdict === "memfd")
    return ["critical", `${verb} from memory, where no file ever was${copy(origin)}`];
  if (verdict === "deleted")
    return image === null
      ? ["critical", `${verb}, was deleted, and never was in the image`]
      : ["medium", `${verb}, and was deleted while it runs; it was the image's${origin}`];
  if (isGiven)
    return [
      "medium",
      `${verb} from a volume that the container cannot write, and the image does not have it`,
    ];
  const where = PLACES[file.place];
  return ["critical", `${verb}${where}, and the image does not have it`];
}

function copy(origin: string): string {
  return origin === "" ? "" : `, and is a copy of the image's${origin}`;
}

/** Double mapping of a compiler's output (.NET): executable, and no format that the kernel would execute. */
function isMadeAtRunTime(file: ObservedFile, use: FileUse): boolean {
  return file.place === "memory" && use === "mapped" && file.content === "other";
}

const VERBS: Readonly<Record<FileUse, string>> = {
  executed: "runs",
  mapped: "is loaded as a library",
  interpreted: "is interpreted",
};

const PLACES: Readonly<Record<ObservedFile["place"], string>> = {
  root: "",
  volume: " from a volume",
  tmpfs: " from memory (tmpfs)",
  memory: " from memory",
};
