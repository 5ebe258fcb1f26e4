// Installed Python packages, from the metadata that installers lay beside them: wheels' .dist-info, and setuptools' older
// .egg-info (a folder or a single file) and .egg (a folder or an archive).
import { bytesAsSource, readZipDirectory, readZipEntry } from "../../../formats/zip.ts";
import { baseName, parentPath } from "../../../kit/path.ts";
import { utf8 } from "../../../kit/text.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { pythonName } from "../shared/python-name.ts";
import { bareVersion, depending, isWord, licensed } from "../shared/words.ts";
import { parsePythonMetadata } from "./metadata.ts";

const METADATA_BYTES_MAX = 8 << 20;
const EGG_INFO = "EGG-INFO/PKG-INFO";
const EGG_ENTRIES_MAX = 200_000;

export const pythonInstalled: Cataloger = {
  id: "python-installed",
  title: "Python packages in site-packages and wherever else they are installed",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "installed",
  types: ["pypi"],
  wants: { names: ["METADATA", "PKG-INFO"], extensions: ["egg-info", "egg"], test: isOurs },
  limitBytes: 128 << 20,
  read,
};

function isOurs(path: string): boolean {
  const folder = baseName(parentPath(path));
  switch (baseName(path)) {
    case "METADATA":
      return folder.endsWith(".dist-info");
    case "PKG-INFO":
      return folder.endsWith(".egg-info") || folder === "EGG-INFO";
    default:
      return true;
  }
}

function read({ path, bytes }: EvidenceFile): Reading {
  if (bytes.length === 0) return NOTHING;
  return path.endsWith(".egg") ? readEgg(bytes) : readMetadata(bytes, nameOfFolder(path));
}

/** What the file is called, for messages: `foo-1.0.dist-info`. */
function nameOfFolder(path: string): string {
  return path.endsWith(".egg-info") ? baseName(path) : baseName(parentPath(path));
}

function readMetadata(bytes: Uint8Array, label: string): Reading {
  const text = utf8(bytes.subarray(0, METADATA_BYTES_MAX));
  const { name, version, licenses, requires } = parsePythonMetadata(text);
  const normal = pythonName(name);
  const bare = bareVersion(version);
  if (!isWord(normal) || !isWord(bare)) {
    const what = isWord(normal) ? "version" : "name";
    return onlyProblem("file-damaged", `the metadata of ${JSON.stringify(label)} has no ${what}`);
  }
  return {
    packages: [
      {
        type: "pypi",
        name: normal,
        version: bare,
        ...licensed(licenses),
        ...depending(requires, normal),
      },
    ],
    problems: [],
  };
}

function readEgg(bytes: Uint8Array): Reading {
  const source = bytesAsSource(bytes);
  const { entries, fault } = readZipDirectory(source, EGG_ENTRIES_MAX);
  const entry = entries.find(({ name }) => name === EGG_INFO);
  if (entry === undefined)
    return fault === null ? NOTHING : onlyProblem("file-damaged", `cannot read the egg: ${fault}`);
  const content = readZipEntry(source, entry, METADATA_BYTES_MAX);
  return content.bytes === null
    ? onlyProblem("file-damaged", `cannot read ${EGG_INFO} of the egg: ${content.fault}`)
    : readMetadata(content.bytes, EGG_INFO);
}
