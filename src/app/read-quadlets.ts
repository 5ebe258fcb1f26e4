// Podman's Quadlet units of containers, with their drop-ins and the units beside them that they refer to.
import { basename, dirname, join, resolve } from "node:path";
import type { MergedUnit, Places } from "../formats/quadlet/merged.ts";
import { filesBelow, lookAt } from "../io/look.ts";
import { readNamed } from "../io/named-file.ts";
import type { FileKind, NamedBytes, ReadSubject } from "./file-kind.ts";

const SECTION = /^[ \t]*\[Container\][ \t]*\r?$/m;
/** Units that a container's unit refers to by their names, which are as long as names of files may be. */
const BESIDE = /(?<![\w@.%:-])[\w@.%:-]{1,255}\.(?:pod|volume|image|build)(?![\w.-])/g;
const DROP_INS_MAX = { max: 200, depth: 1 };
const BESIDE_MAX = 50;

export const quadletFiles: FileKind = {
  wants: (path) => path.endsWith(".container") || UNTOLD.has(endingOf(path)),
  read: readQuadlets,
};

/** Units that run or set up something by themselves, of which nothing is looked at, by what they are. */
const UNTOLD: ReadonlyMap<string, { readonly section: RegExp; readonly what: string }> = new Map([
  [
    "kube",
    {
      section: /^[ \t]*\[Kube\][ \t]*\r?$/m,
      what: "the Kubernetes objects that it plays are looked at where their own file is, and what the unit adds to them is not",
    },
  ],
  [
    "pod",
    {
      section: /^[ \t]*\[Pod\][ \t]*\r?$/m,
      what: "no container beside it is in this pod, and what the pod opens by itself is not looked at",
    },
  ],
  [
    "network",
    {
      section: /^[ \t]*\[Network\][ \t]*\r?$/m,
      what: "no container beside it joins this network, and how it is set up is not looked at",
    },
  ],
]);

function endingOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

async function readQuadlets(file: NamedBytes): Promise<ReadSubject[] | null> {
  return UNTOLD.has(endingOf(file.path)) ? tellUnread(file) : readContainer(file);
}

/** A unit that a container's refers to is looked at with that one. */
async function tellUnread({ path, bytes, miss }: NamedBytes): Promise<ReadSubject[] | null> {
  const { section, what } = UNTOLD.get(endingOf(path)) ?? {};
  if (section === undefined || !section.test(bytes.toString("utf8"))) return null;
  if (!(await isReferredTo(path)))
    miss({ code: "configuration-unknown", detail: `${basename(path)}: ${what}`, path });
  return [];
}

async function isReferredTo(path: string): Promise<boolean> {
  const folder = dirname(path);
  const wants = (one: string): boolean => one.endsWith(".container");
  const { paths } = await filesBelow(folder, { wants, ...DROP_INS_MAX });
  for (const one of paths) {
    const text = (await readNamed("file", one)).bytes.toString("utf8");
    const named: readonly string[] = text.match(REFERENCE) ?? [];
    if (named.includes(basename(path))) return true;
  }
  return false;
}

/** As {@link BESIDE}, for those that stand for themselves as well. */
const REFERENCE = /(?<![\w@.%:-])[\w@.%:-]{1,255}\.(?:pod|network)(?![\w.-])/g;

async function readContainer({ path, bytes, isNamed }: NamedBytes): Promise<ReadSubject[] | null> {
  const text = bytes.toString("utf8");
  if (!SECTION.test(text) && !(isNamed && path.endsWith(".container"))) return null;
  const { readQuadlet } = await import("../formats/workload/quadlet.ts");
  const places: Places = new Map();
  const folder = dirname(path);
  const container = await merged(folder, { file: basename(path), text }, places);
  const beside = new Map<string, MergedUnit>();
  const names = new Set(container.texts.flatMap((one) => one.match(BESIDE) ?? []));
  for (const file of [...names].slice(0, BESIDE_MAX)) {
    const other = join(folder, file);
    if ((await lookAt(other)).kind !== "file") continue;
    const found = { file, text: (await readNamed("file", other)).bytes.toString("utf8") };
    beside.set(file, await merged(folder, found, places));
  }
  const pod = container.last("Pod");
  const subject = readQuadlet({
    container,
    pod: pod === null ? null : (beside.get(pod.text) ?? null),
    beside: (file) => beside.get(file) ?? null,
    isRootful: isRootful(resolve(path)),
  });
  const placed: ReadSubject["places"] = (pointers) =>
    new Map(
      pointers.map((pointer) => {
        const place = places.get(pointer) ?? { path, line: 1, column: 1 };
        const { line, column = 1 } = place;
        return [pointer, { line, column, ...(place.path === path ? {} : { path: place.path }) }];
      }),
    );
  return [{ path, subject, places: placed }];
}

async function merged(
  folder: string,
  { file, text }: { readonly file: string; readonly text: string },
  places: Places,
): Promise<MergedUnit> {
  const { MergedUnit: Merged } = await import("../formats/quadlet/merged.ts");
  const dropIns = await dropInsOf(folder, file);
  const sources = [{ path: join(folder, file), text }];
  for (const path of dropIns)
    sources.push({ path, text: (await readNamed("file", path)).bytes.toString("utf8") });
  return new Merged(file, sources, places);
}

/** In the order in which they are applied: by their names, where the folder that is more about the unit goes first. */
async function dropInsOf(folder: string, file: string): Promise<string[]> {
  const byName = new Map<string, string>();
  for (const name of dropInFolders(file)) {
    const below = join(folder, `${name}.d`);
    if ((await lookAt(below)).kind !== "folder") continue;
    const { paths } = await filesBelow(below, {
      wants: (path) => path.endsWith(".conf"),
      ...DROP_INS_MAX,
    });
    for (const path of paths) if (!byName.has(basename(path))) byName.set(basename(path), path);
  }
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}

/** `a-b@c.container`: itself, its template, what begins like it, and all of its kind. */
function dropInFolders(file: string): string[] {
  const dot = file.lastIndexOf(".");
  const [name, ending] = [file.slice(0, dot), file.slice(dot)];
  const folders = [file];
  const at = name.indexOf("@");
  if (at !== -1 && at < name.length - 1) folders.push(`${name.slice(0, at + 1)}${ending}`);
  for (let dash = name.lastIndexOf("-"); dash > 0; dash = name.lastIndexOf("-", dash - 1))
    folders.push(`${name.slice(0, dash + 1)}${ending}`);
  return [...folders, ending.slice(1)];
}

/** By the folders that Podman looks into; null elsewhere, as in a repository. */
function isRootful(path: string): boolean | null {
  if (/\/containers\/systemd\/users\/|\/\.config\/containers\/systemd\/|\/run\/user\//.test(path))
    return false;
  return /^\/(?:etc|run|usr\/share)\/containers\/systemd\//.test(path) ? true : null;
}
