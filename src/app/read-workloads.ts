// Workloads out of files: which files, and what each of them is.
import { dirname } from "node:path";
import type { FilePlace, ObjectFile } from "../formats/object-file.ts";
import { filesBelow, lookAt } from "../io/look.ts";
import { readNamed } from "../io/named-file.ts";
import { AppError } from "../kit/error.ts";
import type { Problem } from "../model/problem.ts";
import type { Workload } from "../model/workload.ts";
import { composeVariables } from "./compose-variables.ts";
import type { Surroundings } from "./surroundings.ts";

/** A workload, where it was read, and how its pointers become places. */
export interface ReadWorkload {
  readonly path: string;
  readonly workload: Workload;
  readonly places: (pointers: readonly string[]) => ReadonlyMap<string, FilePlace>;
}

export interface ReadWorkloads {
  readonly workloads: readonly ReadWorkload[];
  readonly problems: readonly Problem[];
}

const OBJECT_FILE = /\.(?:ya?ml|json)$/;
const FILES_MAX = { max: 20_000, depth: 20 };
/** A file that says this of itself is meant; others in a folder are none of ours when they cannot be read. */
const OBJECTS = /(?:^|[{,])\s*"?(?:apiVersion|services|HostConfig)"?\s*:/m;

/**
 * Reads every workload of the files and folders named.
 *
 * @throws {AppError} `not-found`, `unreadable` for what was named; what is wrong with one file is a problem.
 */
export async function readWorkloads(
  targets: readonly string[],
  surroundings: Surroundings,
): Promise<ReadWorkloads> {
  const workloads: ReadWorkload[] = [];
  const problems: Problem[] = [];
  for (const target of targets) {
    const { paths, isWhole, isNamed } = await filesOf(target);
    if (!isWhole)
      problems.push(unreadable(target, "not all folders and files below it were looked at"));
    for (const path of paths) {
      surroundings.signal.throwIfAborted();
      try {
        workloads.push(...(await workloadsIn(path, isNamed, surroundings)));
      } catch (error) {
        if (!(error instanceof AppError) || error.code === "internal") throw error;
        problems.push(unreadable(path, error.message));
      }
    }
  }
  return { workloads, problems };
}

function unreadable(path: string, detail: string): Problem {
  return { code: "configuration-unreadable", detail, path };
}

async function filesOf(
  target: string,
): Promise<{ paths: readonly string[]; isWhole: boolean; isNamed: boolean }> {
  const look = await lookAt(target);
  if (look.kind === "nothing") {
    throw new AppError(
      "not-found",
      `cannot check ${JSON.stringify(target)}: no such file or folder`,
      {
        hint: "name files or folders with Kubernetes objects or Compose files",
        subject: target,
      },
    );
  }
  if (look.kind === "file") return { paths: [target], isWhole: true, isNamed: true };
  const found = await filesBelow(target, { wants: (path) => OBJECT_FILE.test(path), ...FILES_MAX });
  return { ...found, isNamed: false };
}

async function workloadsIn(
  path: string,
  isNamed: boolean,
  surroundings: Surroundings,
): Promise<ReadWorkload[]> {
  const { bytes } = await readNamed("file", path);
  const text = bytes.toString("utf8");
  if (!isNamed && !OBJECTS.test(text)) return [];
  const [{ readObjectFile }, variables] = await Promise.all([
    import("../formats/object-file.ts"),
    composeVariables(dirname(path), surroundings.env),
  ]);
  const file = templated(text, path, () => readObjectFile(bytes, path));
  const { readDocument } = await import("./read-document.ts");
  const found = file.documents.flatMap((document, index) =>
    readDocument(document, variables).map((workload) => ({
      path,
      workload,
      places: (pointers: readonly string[]) => file.places(index, pointers),
    })),
  );
  if (isNamed && found.length === 0 && !OBJECTS.test(text)) {
    throw new AppError(
      "config-invalid",
      `cannot check ${JSON.stringify(path)}: it holds no Kubernetes object, Compose file or inspection`,
      { subject: path },
    );
  }
  return found;
}

/** Charts hold templates that look like objects: what to do about them is worth more than where YAML ends in them. */
function templated(text: string, path: string, read: () => ObjectFile): ObjectFile {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof AppError) || !/\{\{[\s\S]*?\}\}/.test(text)) throw error;
    const message = `cannot read ${JSON.stringify(path)}: it is a template; render it first, as with helm template`;
    throw new AppError(error.code, message, { subject: path, cause: error });
  }
}
