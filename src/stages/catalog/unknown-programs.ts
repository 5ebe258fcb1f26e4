import { count, firstOf } from "../../kit/phrase.ts";
import { type FileTable, kindOf } from "../../model/file-table.ts";
import type { Inventory } from "../../model/inventory.ts";
import { blocksVerdict, type Problem } from "../../model/problem.ts";
import type { Squashed } from "./squash.ts";

const NAMED_MAX = 5;
const MAY_RUN = 0o111;

/**
 * Says that all there is are programs, and that none of them tells what it was made of: a single static program in an otherwise
 * empty image, for instance. Nothing can be matched then, and "nothing found" would be untrue. An image of data alone has
 * nothing that could be wrong.
 *
 * @param tables The layers that were laid over one another.
 */
export function unknownPrograms(
  { distribution, packages, problems }: Inventory,
  squashed: Squashed,
  tables: readonly FileTable[],
): Problem[] {
  if (distribution !== null || packages.length > 0 || problems.some(blocksVerdict)) return [];
  const programs: string[] = [];
  for (const [path, { layer, row }] of squashed.rows) {
    const table = tables[layer];
    if (table === undefined || ((table.modes[row] ?? 0) & MAY_RUN) === 0) continue;
    const kind = kindOf(table, row);
    if (kind === "file" || kind === "hardlink") programs.push(path);
  }
  const [first, second] = programs.sort();
  if (first === undefined) return [];
  const code = "nothing-recognised";
  if (second === undefined)
    return [
      { code, detail: "it is all there is, and does not tell what it was made of", path: first },
    ];
  const names = firstOf(programs, NAMED_MAX);
  const detail = `none of the ${count(programs.length, "program")} in it tells what it was made of: ${names}`;
  return [{ code, detail }];
}
