import { RPM_TAG, type RpmHeader } from "../../../formats/rpmdb/header.ts";
import { printable } from "../../../kit/text.ts";
import type { FoundPackage } from "../../../model/package.ts";
import type { OwnedPaths } from "../shared/owned-paths.ts";
import { isWord } from "../shared/words.ts";
import { sourceOf } from "./source-rpm.ts";

/** What a header says, without the header, which is a view that does not last. */
export interface Installed {
  readonly found: FoundPackage;
  readonly files: readonly string[];
  readonly provides: readonly string[];
  readonly requires: readonly string[];
}

/** Keys that were trusted for signatures; rpm stores them like packages. */
const KEY = "gpg-pubkey";

/** @returns null for what is no package; a text when the header names none or no version. */
export function installedOf(header: RpmHeader, paths: OwnedPaths): Installed | string | null {
  const name = header.text(RPM_TAG.name) ?? "";
  if (name === KEY) return null;
  if (!isWord(name)) return "a header does not name a package";
  const version = header.text(RPM_TAG.version) ?? "";
  const release = header.text(RPM_TAG.release) ?? "";
  if (!isWord(version) || !isWord(release))
    return `package ${JSON.stringify(name)} has no version that can be read`;
  const revision = `${version}-${release}`;
  const epoch = header.number(RPM_TAG.epoch) ?? 0;
  const found: FoundPackage = {
    type: "rpm",
    name,
    version: epoch === 0 ? revision : `${epoch}:${revision}`,
    ...facts(header, { name, revision, epoch }),
  };
  return {
    found,
    files: filesOf(header, paths),
    provides: header.texts(RPM_TAG.provideName),
    requires: header.texts(RPM_TAG.requireName),
  };
}

function facts(
  header: RpmHeader,
  own: { name: string; revision: string; epoch: number },
): Partial<FoundPackage> {
  const text = (tag: number): string => printable(header.text(tag) ?? "", 500);
  const source = sourceOf(text(RPM_TAG.sourceRpm), own);
  const architecture = text(RPM_TAG.architecture);
  const license = text(RPM_TAG.license);
  const vendor = text(RPM_TAG.vendor);
  const module = moduleOf(text(RPM_TAG.modularityLabel));
  return {
    ...(source === null ? {} : { source }),
    ...(architecture === "" ? {} : { architecture }),
    ...(license === "" ? {} : { licenses: [license] }),
    ...(vendor === "" ? {} : { vendor }),
    ...(module === null ? {} : { module }),
  };
}

/** `nodejs:18:9020020230512140714:rhel9` is module and stream, then its build, which advisories do not name. */
function moduleOf(label: string): string | null {
  const [name = "", stream = ""] = label.split(":", 2);
  return name === "" || stream === "" ? null : `${name}:${stream}`;
}

/** Paths are stored as folders, names, and for each name the number of its folder; very old packages store them whole. */
function filesOf(header: RpmHeader, paths: OwnedPaths): string[] {
  const folders = header.texts(RPM_TAG.directoryNames);
  const indexes = header.numbers(RPM_TAG.directoryIndexes);
  const files: string[] = [];
  const add = (folder: string, name: string): void => {
    const path = paths.path(folder, name);
    if (path !== null && path !== "") files.push(path);
  };
  header.texts(RPM_TAG.baseNames).forEach((name, i) => {
    const folder = folders[indexes[i] ?? -1];
    if (folder !== undefined) add(folder, name);
  });
  for (const path of header.texts(RPM_TAG.oldFileNames)) add("", path);
  return files;
}
