// What Kustomize would read, looked at before it is let to: nothing on the network, nothing outside of what was named.
import { join } from "node:path";
import {
  isKustomizationName,
  isRemoteName,
  type Kustomization,
  readKustomization,
} from "../formats/kustomization.ts";
import { lookAt, realPath } from "../io/look.ts";
import { readNamed } from "../io/named-file.ts";
import type { RenderPlace } from "./render-place.ts";

/** All that a kustomization is made of, as real paths; or why it is not rendered. */
export interface Survey {
  readonly files: ReadonlySet<string>;
  /** Of the kustomizations that it is built upon, and its own. */
  readonly folders: ReadonlySet<string>;
  readonly refusal: { readonly path: string; readonly why: string } | null;
}

const FOLDERS_MAX = 500;

/** @param folder Its real path. */
export async function surveyed(folder: string, place: RenderPlace): Promise<Survey> {
  const files = new Set<string>();
  const folders = new Set<string>();
  const pending = [folder];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (folders.has(at)) continue;
    folders.add(at);
    const path = await kustomizationIn(at);
    const why = folders.size > FOLDERS_MAX ? "it is made of too many folders" : null;
    const named = why ?? (path === null ? "a folder without one is named" : await namedBy(path));
    if (path !== null) files.add(path);
    const refusal =
      typeof named === "string" ? named : await followed(named, { at, place, files, pending });
    if (refusal !== null)
      return { files, folders, refusal: { path: place.shown(path ?? at), why: refusal } };
  }
  return { files, folders, refusal: null };
}

async function kustomizationIn(folder: string): Promise<string | null> {
  const look = await lookAt(folder);
  const name = look.kind === "folder" ? look.names.find(isKustomizationName) : undefined;
  return name === undefined ? null : join(folder, name);
}

/** What it names, or why that is not followed. */
async function namedBy(path: string): Promise<Kustomization | string> {
  const read = readKustomization((await readNamed("file", path)).bytes, path);
  if (read === null) return "it is of another kind";
  return read.wantsHelm ? "it has Helm run: render the chart with helm template" : read;
}

interface Following {
  readonly at: string;
  readonly place: RenderPlace;
  readonly files: Set<string>;
  readonly pending: string[];
}

/** @returns why it is not rendered; null when nothing speaks against it. */
async function followed(named: Kustomization, following: Following): Promise<string | null> {
  const { files, pending } = following;
  for (const name of [...named.resources, ...named.files]) {
    const found = await localFile(name, following);
    if (found.why !== null) return found.why;
    if (found.isFolder) pending.push(found.real);
    else files.add(found.real);
  }
  for (const text of named.plugins) {
    const why = await plugin(text, following);
    if (why !== null) return why;
  }
  return null;
}

type Local =
  | { readonly why: null; readonly real: string; readonly isFolder: boolean }
  | { readonly why: string };

async function localFile(name: string, { at, place }: Following): Promise<Local> {
  const shown = JSON.stringify(name);
  if (isRemoteName(name))
    return { why: `it names ${shown}, which is on the network: fetch it and name the copy` };
  const real = await realPath(join(at, name));
  if (real === null) return { why: `it names ${shown}, which is not there` };
  if (!place.holds(real))
    return { why: `it names ${shown}, outside of what is checked: name the folder of both` };
  const { kind } = await lookAt(real);
  return { why: null, real, isFolder: kind === "folder" };
}

/** What configures a plugin, in a text or a file, may name more files, which only those can be that Kustomize restricts itself. */
async function plugin(text: string, following: Following): Promise<string | null> {
  const refusal = "its plugins name something on the network";
  if (text.includes("\n")) return text.includes("://") ? refusal : null;
  const found = await localFile(text, following);
  if (found.why !== null) return found.why;
  if (found.isFolder) {
    following.pending.push(found.real);
    return null;
  }
  following.files.add(found.real);
  const { bytes } = await readNamed("file", found.real);
  return bytes.includes("://") ? refusal : null;
}
