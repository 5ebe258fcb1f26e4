// Installed Ruby gems, default gems included, from the specifications that RubyGems lays beside them.
import { baseName, parentPath } from "../../../kit/path.ts";
import { utf8 } from "../../../kit/text.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { depending, isWord, licensed } from "../shared/words.ts";
import { gitFolderOf, isOfGit, joinFromGit, readFromGit, VERSION_FILE } from "./from-git.ts";
import { parseGemspec } from "./gemspec.ts";

export const gemInstalled: Cataloger = {
  id: "gem-installed",
  title: "Ruby gems, installed or coming with Ruby",
  needs: [],
  state: "stable",
  version: 2,
  evidence: "installed",
  types: ["gem"],
  wants: { extensions: ["gemspec"], names: [VERSION_FILE], test: isOurs },
  limitBytes: 16 << 20,
  read: (file) => (gitFolderOf(file.path) === null ? read(file) : readFromGit(file)),
  join: joinFromGit,
};

/**
 * Directly in `specifications`, or in its `default`: a gem's own source may carry a specification, too, which counts only where
 * Bundler put a repository.
 */
function isOurs(path: string): boolean {
  if (gitFolderOf(path) !== null) return isOfGit(path);
  const folder = parentPath(path);
  const place = baseName(folder) === "default" ? parentPath(folder) : folder;
  return baseName(place) === "specifications";
}

function read({ path, bytes }: EvidenceFile): Reading {
  if (bytes.length === 0) return NOTHING;
  const { name, version, licenses, dependencies } = parseGemspec(utf8(bytes), baseName(path));
  if (!isWord(name) || !isWord(version))
    return onlyProblem(
      "file-damaged",
      "the specification has no name and version that can be read",
    );
  return {
    packages: [
      { type: "gem", name, version, ...licensed(licenses), ...depending(dependencies, name) },
    ],
    problems: [],
  };
}
