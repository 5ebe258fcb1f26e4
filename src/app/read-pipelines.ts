// Files of pipelines: workflows and actions of GitHub, pipelines of GitLab.
import { dirname, join, relative, sep } from "node:path";
import type { ObjectFile } from "../formats/object-file.ts";
import { filesBelow } from "../io/look.ts";
import { readNamed } from "../io/named-file.ts";
import { trueName } from "../io/replace-file.ts";
import { AppError } from "../kit/error.ts";
import { glob } from "../kit/glob.ts";
import { printable } from "../kit/text.ts";
import type { Pipeline } from "../model/pipeline.ts";
import { type FileKind, missFaults, type NamedBytes, type ReadSubject } from "./file-kind.ts";

const YAML = /\.ya?ml$/i;
/** Where GitHub looks for them: a file there is one, or is wrong. */
const WORKFLOW = /(?:^|[\\/])\.github[\\/]workflows[\\/][^\\/]+$/;
/** What GitLab's are called, and where their parts lie by custom: nothing else tells them. */
const GITLAB =
  /(?:^|[.\\/-])gitlab-ci\.ya?ml$|(?:^|[\\/])\.gitlab(?:-ci)?[\\/](?!agents|dashboards).*\.ya?ml$/i;
/** Elsewhere a file is one when it says so: most of a project are not, and need not be parsed. */
const SAYS_SO = /^(?:["']?on["']?|runs)\s*:/m;

export const pipelineFiles: FileKind = {
  wants: (path) => YAML.test(path),
  read: readPipelines,
};

async function readPipelines({
  path,
  bytes,
  digest,
  miss,
}: NamedBytes): Promise<ReadSubject[] | null> {
  if (!YAML.test(path)) return null;
  const isMeant = WORKFLOW.test(path);
  const isGitlab = GITLAB.test(path);
  if (!isMeant && !isGitlab && !SAYS_SO.test(bytes.toString("utf8"))) return null;
  const { readObjectParts } = await import("../formats/object-file.ts");
  const file = readObjectParts(bytes, path);
  const subjects = isGitlab ? await gitlabIn(file) : await githubIn(file);
  const isOurs = isMeant || isGitlab || file.documents.length === 0;
  // Whoever reads it otherwise says what is wrong with it.
  if (subjects.length === 0 && !isOurs) return null;
  const isWhole = await missFaults(file, path, miss);
  if (subjects.length === 0) return isMeant || isGitlab || !isWhole ? [] : null;
  const of = isWhole ? digest : null;
  const own = subjects.map((one): ReadSubject => ofDocument(one, file, path, of));
  return isGitlab ? [...own, ...(await included(path, subjects, miss))] : own;
}

/** Parts of one pipeline; nobody's has as many. */
const PARTS_MAX = 200;
const BELOW = { max: 20_000, depth: 20 };

/**
 * The files of the repository that a pipeline includes, by name or pattern, and those that these include. They are looked at and not
 * edited, because nobody named them.
 */
async function included(
  path: string,
  subjects: readonly InDocument[],
  miss: NamedBytes["miss"],
): Promise<ReadSubject[]> {
  const root = dirname(path);
  const missed = (detail: string): void =>
    miss({ code: "configuration-unreadable", detail: `what it includes: ${detail}`, path });
  const found: ReadSubject[] = [];
  const known = new Set<string>();
  const pending = subjects.flatMap(({ subject }) => localNames(subject));
  for (let name = pending.shift(); name !== undefined; name = pending.shift())
    for (const part of await namedBy(name, root, missed)) {
      // What GitLab would find by its name is found without being included.
      if (known.has(part) || GITLAB.test(part)) continue;
      if (known.size >= PARTS_MAX) {
        missed(`only ${PARTS_MAX} files were looked at`);
        return found;
      }
      known.add(part);
      for (const one of await partIn(root, part, miss)) {
        found.push(one.read);
        pending.push(...localNames(one.subject));
      }
    }
  return found;
}

/**
 * A name, or every file that a pattern fits.
 *
 * @see https://docs.gitlab.com/ci/yaml/includes/#use-includelocal-with-wildcard-file-paths
 */
async function namedBy(
  name: string,
  root: string,
  missed: (detail: string) => void,
): Promise<readonly string[]> {
  if (name.includes("$")) {
    missed(`${JSON.stringify(printable(name, NAME_MAX))} depends on a variable`);
    return [];
  }
  if (!name.includes("*")) return [join(root, name)];
  const fits = glob(name.replace(/^\/+/, ""));
  const wants = (path: string): boolean =>
    YAML.test(path) && fits(relative(root, path).replaceAll(sep, "/"));
  const { paths, isWhole } = await filesBelow(root, { wants, ...BELOW });
  if (!isWhole) missed("not all folders were looked at");
  return paths;
}

const NAME_MAX = 200;

async function partIn(
  root: string,
  path: string,
  miss: NamedBytes["miss"],
): Promise<{ readonly read: ReadSubject; readonly subject: Pipeline }[]> {
  try {
    const { readObjectParts } = await import("../formats/object-file.ts");
    const file = readObjectParts(await bytesWithin(root, path), path);
    await missFaults(file, path, miss);
    const all = await gitlabIn(file);
    return all.map((one) => ({ read: ofDocument(one, file, path, null), subject: one.subject }));
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "internal") throw error;
    miss({ code: "configuration-unreadable", detail: error.message, path });
    return [];
  }
}

function ofDocument(
  { subject, document }: InDocument,
  file: ObjectFile,
  path: string,
  of: NamedBytes["digest"] | null,
): ReadSubject {
  const places = (pointers: readonly string[]): ReturnType<ReadSubject["places"]> =>
    file.places(document, pointers);
  return { path, subject, places, ...(of === null ? {} : { editable: { document, of } }) };
}

function localNames({ includes }: Pipeline): string[] {
  return includes
    .filter(({ kind, name }) => kind === "local" && YAML.test(name))
    .map(({ name }) => name);
}

/** Links and dots may not lead out of the repository. */
async function bytesWithin(root: string, path: string): Promise<Buffer> {
  const [folder, file] = [await trueName(root), await trueName(path)];
  if (file.startsWith(folder === sep ? sep : folder + sep))
    return (await readNamed("file", path)).bytes;
  const message = `cannot read ${JSON.stringify(path)}: it lies outside of the folder of the pipeline that includes it`;
  throw new AppError("config-invalid", message, { subject: path });
}

interface InDocument {
  readonly subject: Pipeline;
  readonly document: number;
}

async function githubIn({ documents }: ObjectFile): Promise<InDocument[]> {
  const github = await import("../formats/pipeline/github.ts");
  const [first] = documents;
  if (github.isWorkflow(first)) return [{ subject: github.readWorkflow(first), document: 0 }];
  return github.isAction(first) ? [{ subject: github.readAction(first), document: 0 }] : [];
}

/** With a header (`spec:`) the pipeline is the second document. */
async function gitlabIn({ documents }: ObjectFile): Promise<InDocument[]> {
  const { readGitlab } = await import("../formats/pipeline/gitlab.ts");
  const document = documents.length - 1;
  return document < 0 ? [] : [{ subject: readGitlab(documents[document]), document }];
}
