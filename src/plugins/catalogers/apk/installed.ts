import { utf8 } from "../../../kit/text.ts";
import type { FoundPackage } from "../../../model/package.ts";
import type { OwnedFiles, Reading, ReadingProblem } from "../../../stages/catalog/contract.ts";
import { OwnedPaths } from "../shared/owned-paths.ts";
import type { Providers } from "../shared/providers.ts";
import { isWord } from "../shared/words.ts";
import { type ApkRecord, eachRecord } from "./record.ts";
import { namesOf, providersOf } from "./relations.ts";

/** Real systems have a few thousand; beyond this somebody wants our memory. */
const PACKAGES_MAX = 200_000;
const PROBLEMS_MAX = 20;

/** Reads apk's database of installed packages. */
export function readInstalled(bytes: Uint8Array): Reading {
  const records: ApkRecord[] = [];
  const problems: ReadingProblem[] = [];
  const damaged = (detail: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push({ code: "file-damaged", detail });
  };
  const paths = new OwnedPaths();
  const strange = eachRecord(utf8(bytes), paths, (record) => {
    if (isWhole(record, damaged) && records.length < PACKAGES_MAX) records.push(record);
  });
  for (const line of strange) damaged(`line ${line} is not of the form "X:value"`);
  if (records.length === PACKAGES_MAX) damaged(`more than ${PACKAGES_MAX} packages`);
  if (paths.isExhausted) damaged("the packages claim more files than any system has");
  if (bytes.length > 0 && bytes.at(-1) !== 0x0a)
    damaged("the package database is cut: its last line has no end");
  const providers = providersOf(records);
  return {
    packages: records.map((record) => packageOf(record, providers)),
    owned: records.flatMap(ownedBy),
    problems,
  };
}

function isWhole({ fields, line }: ApkRecord, damaged: (detail: string) => void): boolean {
  const name = fields.get("P") ?? "";
  if (!isWord(name)) {
    damaged(`the record at line ${line} does not name a package`);
    return false;
  }
  if (isWord(fields.get("V") ?? "")) return true;
  damaged(`package ${JSON.stringify(name)} at line ${line} has no version that can be read`);
  return false;
}

function packageOf({ fields }: ApkRecord, providers: Providers): FoundPackage {
  const name = fields.get("P") ?? "";
  const version = fields.get("V") ?? "";
  const origin = fields.get("o") ?? "";
  const architecture = fields.get("A") ?? "";
  const license = (fields.get("L") ?? "").slice(0, 500);
  const dependsOn = providers.resolve(namesOf(fields.get("D")), name);
  return {
    type: "apk",
    name,
    version,
    // All packages that one build makes share its version.
    ...(origin === name || !isWord(origin) ? {} : { source: { name: origin, version } }),
    ...(isWord(architecture) ? { architecture } : {}),
    ...(license === "" ? {} : { licenses: [license] }),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
  };
}

function ownedBy({ fields, files }: ApkRecord): OwnedFiles[] {
  return files.length === 0 ? [] : [{ type: "apk", name: fields.get("P") ?? "", paths: files }];
}
