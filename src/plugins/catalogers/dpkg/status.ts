import { eachParagraph, type Paragraph } from "../../../formats/deb822.ts";
import { printable, utf8 } from "../../../kit/text.ts";
import type { FoundPackage } from "../../../model/package.ts";
import type { Reading, ReadingProblem } from "../../../stages/catalog/contract.ts";
import { isWord } from "../shared/words.ts";

const WANTED: ReadonlySet<string> = new Set([
  "package",
  "status",
  "version",
  "architecture",
  "source",
  "depends",
  "pre-depends",
]);

type Source = NonNullable<FoundPackage["source"]>;

/** Real systems have a few thousand; beyond this somebody wants our memory. */
const PACKAGES_MAX = 200_000;
/** Problems named one by one; what follows is only more of the same. */
const PROBLEMS_MAX = 20;

/**
 * Reads dpkg's database of packages: `var/lib/dpkg/status`, or one file of `status.d`.
 *
 * Counted is every package whose files are on the disk, also when its configuration is not finished. `config-files` (removed,
 * settings left behind) and `not-installed` are no packages.
 */
export function readStatus(bytes: Uint8Array): Reading {
  const packages: FoundPackage[] = [];
  const problems: ReadingProblem[] = [];
  const text = utf8(bytes);
  const damaged = (detail: string): void => {
    if (problems.length < PROBLEMS_MAX) problems.push({ code: "file-damaged", detail });
  };
  const strange = eachParagraph(text, WANTED, (paragraph) => {
    if (!isPresent(paragraph.fields.get("status"))) return;
    const found = packageOf(paragraph, damaged);
    if (found !== null && packages.length < PACKAGES_MAX) packages.push(found);
  });
  for (const line of strange) damaged(`line ${line} is not of the form "Field: value"`);
  if (packages.length === PACKAGES_MAX) damaged(`more than ${PACKAGES_MAX} packages`);
  return { packages, problems };
}

/** @returns A problem when the file ends within a line: dpkg always writes whole ones. */
export function cutEnd(bytes: Uint8Array): ReadingProblem | null {
  if (bytes.length === 0 || bytes.at(-1) === 0x0a) return null;
  return { code: "file-damaged", detail: "the package database is cut: its last line has no end" };
}

/** The third word of `Status` is the state. status.d has no such field: there all are installed. */
function isPresent(status: string | undefined): boolean {
  if (status === undefined) return true;
  const state = status.slice(status.lastIndexOf(" ") + 1);
  return state !== "config-files" && state !== "not-installed";
}

function packageOf(paragraph: Paragraph, damaged: (detail: string) => void): FoundPackage | null {
  const { fields, line } = paragraph;
  const name = fields.get("package") ?? "";
  const version = fields.get("version") ?? "";
  if (!isWord(name)) {
    damaged(`the paragraph at line ${line} does not name a package`);
    return null;
  }
  if (!isWord(version)) {
    damaged(`package ${JSON.stringify(name)} at line ${line} has no version that can be read`);
    return null;
  }
  const architecture = fields.get("architecture");
  const source = sourceOf(fields.get("source"), name, version);
  const dependsOn = [...namesOf(fields.get("pre-depends")), ...namesOf(fields.get("depends"))];
  return {
    type: "deb",
    name,
    version,
    ...(source === null ? {} : { source }),
    ...(architecture === undefined ? {} : { architecture: printable(architecture, 60) }),
    ...(dependsOn.length === 0 ? {} : { dependsOn: [...new Set(dependsOn)] }),
  };
}

/** `Source: glibc (2.36-9)`; the version stands there only when it differs from the package's own. */
function sourceOf(field: string | undefined, name: string, version: string): Source | null {
  if (field === undefined || field.length > 500) return null;
  const [sourceName = "", bracketed = ""] = field.split(" ", 2);
  const sourceVersion = /^\((.+)\)$/.exec(bracketed)?.[1] ?? version;
  const same = sourceName === name && sourceVersion === version;
  return same || sourceName === "" ? null : { name: sourceName, version: sourceVersion };
}

/** Names in a relation, alternatives included: `libc6 (>= 2.34), gpgv | gpgv2:any`. */
function namesOf(relation: string | undefined): string[] {
  if (relation === undefined || relation.length > 100_000) return [];
  return relation
    .split(/[,|]/)
    .map((part) => /^[a-z0-9][a-z0-9+.-]*/.exec(part.trimStart())?.[0] ?? "")
    .filter((name) => name !== "");
}
