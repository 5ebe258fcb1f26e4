import { expect, test } from "vitest";
import { FileTableBuilder } from "../../model/file-table.ts";
import type { Cataloger, Wants } from "./contract.ts";
import { linkedEvidence } from "./placed-readings.ts";
import { selectionOf } from "./select.ts";
import { squash } from "./squash.ts";

function wanting(wants: Wants): Cataloger {
  return {
    id: "dpkg",
    title: "dpkg",
    needs: [],
    state: "trial",
    version: 1,
    evidence: "installed",
    types: ["deb"],
    wants,
    limitBytes: 1,
    read: () => ({ packages: [], problems: [] }),
  };
}

const selection = selectionOf([
  wanting({
    paths: ["var/lib/dpkg/status", "usr/var/lib/dpkg/status"],
    folders: ["var/lib/dpkg/status.d"],
  }),
]);

/** A layer of files; a value is the target of a link. */
function layer(files: Readonly<Record<string, string | null>>) {
  const table = new FileTableBuilder();
  for (const [path, link] of Object.entries(files)) {
    const kind = link === null ? "file" : "symlink";
    table.add({ path, kind, mode: 0o644, sizeBytes: 1, link: link ?? "" });
  }
  return table.build();
}

test.each<[string, readonly Readonly<Record<string, string | null>>[], readonly string[]]>([
  ["evidence in its own place", [{ "var/lib/dpkg/status": null }], []],
  [
    "a link in the place of evidence",
    [{ "data/status": null }, { "var/lib/dpkg/status": "/data/status" }],
    ["var/lib/dpkg/status is data/status of layer 0"],
  ],
  [
    "a link in the place of the folder above, with a folder in it that is wanted whole",
    [
      { "data/status": null, "data/status.d/a": null, "data/status.d/b/c": null },
      { "var/lib/dpkg": "../../data" },
    ],
    [
      "var/lib/dpkg/status is data/status of layer 0",
      "var/lib/dpkg/status.d/a is data/status.d/a of layer 0",
    ],
  ],
  [
    "a link to a place that is asked for, too",
    [{ "usr/var/lib/dpkg/status": null, var: "usr/var" }],
    [],
  ],
  ["a link that leads nowhere, or round", [{ "var/lib": "nowhere", "usr/var": "var" }], []],
])("%s", (_, layers, wanted) => {
  const tables = layers.map(layer);
  const found = linkedEvidence(squash(tables), tables, selection);
  expect(found.map((f) => `${f.path} is ${f.target} of layer ${f.layer}`)).toEqual(wanted);
});
