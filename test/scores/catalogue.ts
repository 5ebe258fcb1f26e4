// The catalogue of checks, merged from all peers: which of its rows a peer's check belongs to.
import { readFileSync } from "node:fs";
import { sharedPath } from "../shared.ts";

export interface CatalogueRow {
  /** `IMG-001`. */
  readonly id: string;
  readonly tier: number;
  /** Checks of peers, as `kics:add_instead_of_copy`. */
  readonly peers: ReadonlySet<string>;
}

/** Reads `notes/checks-catalogue.csv` of the shared material. */
export function readCatalogue(): CatalogueRow[] {
  const [head = [], ...rows] = csvRows(
    readFileSync(sharedPath("notes/checks-catalogue.csv"), "utf8"),
  );
  return rows.map((cells) => {
    const cell = (name: string): string => cells[head.indexOf(name)] ?? "";
    return { id: cell("id"), tier: Number(cell("tier")), peers: new Set(peersIn(cell("peers"))) };
  });
}

/** `checkov:CKV2_DOCKER_2..6,12..16; hadolint:DL3006+DL3007`; what stands in brackets is a remark. */
function peersIn(text: string): string[] {
  return text.split(";").flatMap((part) => {
    const [tool = "", ids = ""] = part.trim().split(/:(.*)/s);
    let prefix = "";
    return ids
      .replaceAll(/\([^)]*\)/g, "")
      .split(/[+,]/)
      .flatMap((written) => {
        const id = written.trim();
        prefix = /^(.*?)\d+(?:\.\.\d+)?$/.exec(id)?.[1] || prefix;
        return expanded(/^\d/.test(id) ? `${prefix}${id}` : id);
      })
      .map((id) => `${tool}:${id}`);
  });
}

/** `X_2..6`. */
function expanded(id: string): string[] {
  const [, prefix = "", first, last] = /^(.*?)(\d+)\.\.(\d+)$/.exec(id) ?? [];
  if (first === undefined || last === undefined) return id === "" ? [] : [id];
  const count = Number(last) - Number(first) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => `${prefix}${Number(first) + i}`);
}

function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line === "") continue;
    const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)];
    rows.push(cells.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? ""));
  }
  return rows;
}
