// A host looked at, place by place, until what was read names no more places.
import { placesWanted } from "../formats/host/places.ts";
import { engineAnswers } from "../io/host/engine-answers.ts";
import { engineProcesses } from "../io/host/engine-processes.ts";
import { lookAtPlace } from "../io/host/look-at-host.ts";
import { lookAt } from "../io/look.ts";
import { thisAccount } from "../io/this-account.ts";
import { AppError } from "../kit/error.ts";
import { type FileFact, type HostRecord, ONLY_RUNNING } from "../model/host-record.ts";
import type { Surroundings } from "./surroundings.ts";

const ROUNDS_MAX = 8;

/**
 * Records the facts of this host, or of the files of one.
 *
 * @param root A folder that is the host's `/`; null for the host that this program runs on.
 * @throws {AppError} `not-found`, `unreadable` for the folder.
 */
export async function recordHost(
  root: string | null,
  surroundings: Surroundings,
): Promise<HostRecord> {
  if (root !== null && (await lookAt(root)).kind !== "folder")
    throw new AppError("not-found", `cannot audit ${JSON.stringify(root)}: no such folder`, {
      hint: "name the folder in which the host's files are, with etc and usr below it",
      subject: root,
    });
  const isLive = root === null;
  let record: HostRecord = {
    name: isLive ? thisAccount(surroundings.env).host : "",
    isLive,
    reader: process.getuid?.() ?? null,
    files: {},
    processes: isLive ? engineProcesses() : null,
    engines: isLive ? await engineAnswers(surroundings) : [],
  };
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const wanted = placesWanted(record);
    if (wanted.length === 0) break;
    const files: Record<string, FileFact> = { ...record.files };
    for (const { path, wants } of wanted) files[path] = seen(root, path, wants);
    record = { ...record, files };
  }
  return isLive ? record : { ...record, name: nameIn(root) };
}

/** What the kernel shows as files belongs to the kernel that runs here, and not to a folder. */
function seen(root: string | null, path: string, wants: "look" | "text" | "names"): FileFact {
  if (root !== null && /^\/(?:proc|sys|run|var\/run)\//.test(path))
    return { kind: "hidden", why: ONLY_RUNNING };
  return lookAtPlace(root ?? "/", path, wants);
}

function nameIn(root: string): string {
  const file = lookAtPlace(root, "/etc/hostname", "text");
  return "text" in file ? (file.text ?? "").trim() : "";
}
