// The lock files of Yarn 1 and of Yarn 2 and later (Berry). Neither says what is only needed for development; that is in the
// package.json files beside and below, and joined from there.
import { baseName } from "../../../kit/path.ts";
import { utf8 } from "../../../kit/text.ts";
import type { Cataloger, EvidenceFile, Reading } from "../../../stages/catalog/contract.ts";
import { readBerry } from "./berry.ts";
import { readClassic } from "./classic.ts";
import { join, readManifest } from "./development.ts";

export const yarnLock: Cataloger = {
  id: "yarn-lock",
  title: "Yarn lock files",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "declared",
  types: ["npm"],
  wants: {
    names: ["yarn.lock", "package.json"],
    test: (path) => !path.includes("node_modules/"),
  },
  limitBytes: 128 << 20,
  read,
  join,
};

function read(file: EvidenceFile): Reading {
  const text = utf8(file.bytes);
  if (baseName(file.path) === "package.json") return readManifest(text);
  return /^__metadata:/m.test(text) ? readBerry(text) : readClassic(text);
}
