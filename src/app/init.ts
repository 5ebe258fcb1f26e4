// `bulwark init`: looks around, and proposes a configuration and the next commands.
import { dirname, join, relative } from "node:path";
import { imageReferences } from "../formats/image-references.ts";
import { now } from "../io/clock.ts";
import { listEngines } from "../io/engine/list-engines.ts";
import { filesBelow, lookAt } from "../io/look.ts";
import { readNamed } from "../io/named-file.ts";
import { writeNew } from "../io/write-whole.ts";
import { AppError } from "../kit/error.ts";
import { selectionOf } from "../stages/catalog/select.ts";
import { type Proposal, type ProposedFile, propose } from "../stages/propose/propose.ts";
import { openAdvisories } from "./advisories.ts";
import { EXCEPTIONS_FILE } from "./decisions.ts";
import type { Surroundings } from "./surroundings.ts";

/**
 * Looks at a folder and at this host.
 *
 * @throws {AppError} `not-found` when there is no such folder.
 */
export async function lookAround(folder: string, surroundings: Surroundings): Promise<Proposal> {
  const look = await lookAt(folder);
  if (look.kind !== "folder") {
    throw new AppError(
      "not-found",
      `cannot look around in ${JSON.stringify(folder)}: no such folder`,
      {
        subject: folder,
      },
    );
  }
  const { projectCatalogers } = await import("./project-catalogers.ts");
  const selection = selectionOf(projectCatalogers);
  const { composeFiles, objectFolders } = await yamlFiles(folder);
  const engines = await listEngines(surroundings);
  return propose({
    dockerfiles: await namesBelow(folder, endsIn("Dockerfile", ".dockerfile", "Containerfile")),
    composeFiles,
    objectFolders,
    packageFiles: await namesBelow(folder, (name) => selection.byName(name).length > 0),
    pipelines: [
      ...(look.names.includes(".github") ? (["github"] as const) : []),
      ...(look.names.includes(".gitlab-ci.yml") ? (["gitlab"] as const) : []),
      ...(look.names.includes("Jenkinsfile") ? (["jenkins"] as const) : []),
    ],
    engines: engines.map((engine) => engine.name),
    hasStore: await hasStore(surroundings),
    hasExceptions: look.names.includes(EXCEPTIONS_FILE),
  });
}

/** Relative paths; what is installed or vendored is not looked at. */
async function namesBelow(folder: string, isWanted: (name: string) => boolean): Promise<string[]> {
  const wants = (path: string): boolean => isWanted(relative(folder, path));
  const { paths } = await filesBelow(folder, { wants, max: 200, depth: 4 });
  return paths.map((path) => relative(folder, path));
}

function endsIn(...endings: readonly string[]): (name: string) => boolean {
  return (name) => endings.some((ending) => name.endsWith(ending));
}

async function yamlFiles(
  folder: string,
): Promise<{ composeFiles: string[]; objectFolders: string[] }> {
  const composeFiles: string[] = [];
  const objectFolders = new Set<string>();
  for (const name of await namesBelow(folder, endsIn(".yaml", ".yml"))) {
    const { bytes } = await readNamed("file", join(folder, name));
    const kind = kindOf(bytes, name);
    if (kind === "compose") composeFiles.push(name);
    if (kind === "kubernetes") objectFolders.add(dirname(name));
  }
  return { composeFiles, objectFolders: [...objectFolders] };
}

/** null for what is neither, and for what is not even YAML: templates, for instance. */
function kindOf(bytes: Uint8Array, name: string): "compose" | "kubernetes" | null {
  try {
    const named = imageReferences(bytes, name, () => "");
    return named === null || named.images.length === 0 ? null : named.kind;
  } catch {
    return null;
  }
}

async function hasStore({ env }: Surroundings): Promise<boolean> {
  const advisories = await openAdvisories(null, env, now());
  advisories.close();
  return advisories.data.kind === "full";
}

/**
 * Writes proposed files that do not exist yet.
 *
 * @returns The paths that were written.
 * @throws {AppError} `output-unwritable`, `disk-full`.
 */
export async function writeProposed(
  folder: string,
  files: readonly ProposedFile[],
): Promise<string[]> {
  const written: string[] = [];
  for (const { path, content } of files) {
    if (await writeNew(join(folder, path), content)) written.push(path);
  }
  return written;
}
