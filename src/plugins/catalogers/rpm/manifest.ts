import { eachLine, printable, utf8 } from "../../../kit/text.ts";
import type { FoundPackage } from "../../../model/package.ts";
import type { Reading, ReadingProblem } from "../../../stages/catalog/contract.ts";
import { sourceOf } from "./source-rpm.ts";

const COLUMNS = 10;
const PROBLEMS_MAX = 20;

/**
 * Reads `var/lib/rpmmanifest/container-manifest-2`, which distroless images of Mariner and Azure Linux carry in place of a
 * database: a line a package, with name, version-release, two times, vendor, epoch, size, architecture, epoch as a number and
 * source, apart by tabs.
 */
export function readManifest(bytes: Uint8Array): Reading {
  const packages: FoundPackage[] = [];
  const problems: ReadingProblem[] = [];
  eachLine(utf8(bytes), (line, number) => {
    if (line.trim() === "") return;
    const found = packageOf(line);
    if (found !== null) packages.push(found);
    else if (problems.length < PROBLEMS_MAX)
      problems.push({
        code: "file-damaged",
        detail: `line ${number} is not a package in ten columns`,
      });
  });
  return { packages, problems };
}

function packageOf(line: string): FoundPackage | null {
  const columns = line.split("\t", COLUMNS).map((column) => printable(column, 300));
  const [
    name = "",
    revision = "",
    ,
    ,
    vendor = "",
    ,
    ,
    architecture = "",
    epochText = "",
    sourceRpm = "",
  ] = columns;
  if (columns.length < COLUMNS || name === "" || !revision.includes("-")) return null;
  const epoch = /^\d{1,9}$/.test(epochText) ? Number(epochText) : 0;
  const source = sourceOf(sourceRpm, { name, revision, epoch });
  return {
    type: "rpm",
    name,
    version: epoch === 0 ? revision : `${epoch}:${revision}`,
    ...(source === null ? {} : { source }),
    ...(architecture === "" ? {} : { architecture }),
    ...(vendor === "" || vendor === "(none)" ? {} : { vendor }),
  };
}
