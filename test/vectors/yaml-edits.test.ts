// Other people's pairs of files before and after a fix: the same edits are made by ours, and the results compared.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sameValue } from "../../src/formats/edit/plain-edit.ts";
import { editYaml, type PlacedEdit } from "../../src/formats/edit/yaml-edit.ts";
import { plainValue } from "../../src/formats/plain-yaml.ts";
import { readYamlNodes } from "../../src/formats/yaml-nodes.ts";
import { describeShared, sharedPath } from "../shared.ts";

type Edit = PlacedEdit["edit"];
type Value = Parameters<typeof sameValue>[0];

function valuesOf(text: string): Value[] {
  return readYamlNodes(text, "x.yaml").documents.map(plainValue);
}

function isMembers(value: Value): value is Record<string, Value> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The edits between two values, as somebody would ask for them. */
function between(before: Value, after: Value, at: string): Edit[] {
  if (sameValue(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const first = before.findIndex((item, i) => !sameValue(item, after[i]));
    const isOne = before.length === after.length + 1;
    const gone = isOne ? [first] : [...before.keys()].slice(after.length);
    if (gone.length > 0) {
      const kept = before.filter((_, i) => !gone.includes(i));
      return [
        ...kept.flatMap((item, i) => (isOne ? [] : between(item, after[i], `${at}/${i}`))),
        ...gone.map((index): Edit => ({ kind: "remove", at: `${at}/${index}` })),
      ];
    }
    const added = after.slice(before.length);
    return [
      ...before.flatMap((item, i) => between(item, after[i], `${at}/${i}`)),
      ...added.map((value): Edit => ({ kind: "add", at, value })),
    ];
  }
  if (!isMembers(before) || !isMembers(after)) return [{ kind: "set", at, value: after as null }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const place = `${at}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (!(name in after)) return [{ kind: "remove" as const, at: place }];
    return between(before[name], after[name], place);
  });
}

interface Score {
  same: number;
  readonly others: string[];
}

function edit(before: string, after: string): { text: string; left: number } {
  const values = valuesOf(after);
  const edits = valuesOf(before).flatMap((value, document) =>
    between(value, values[document], "").map((one): PlacedEdit => ({ document, edit: one })),
  );
  const { text, left } = editYaml(before, edits, "x.yaml");
  return { text, left: left.length };
}

describeShared("files that others fixed", () => {
  test("become the same bytes (kubescape's pairs)", () => {
    const root = sharedPath("fixtures/hardening/kubescape/core/pkg/fixhandler/testdata");
    const score: Score = { same: 0, others: [] };
    for (const name of readdirSync(root, { recursive: true, encoding: "utf8" }).sort()) {
      const [, stem] = /^(.*tc-\d+)-00/.exec(name) ?? [];
      if (stem === undefined) continue;
      const before = readFileSync(join(root, name), "utf8");
      const after = readFileSync(join(root, `${stem}-01-expected.yaml`), "utf8");
      if (edit(before, after).text === after) score.same += 1;
      else score.others.push(stem);
    }
    // In two our lists are indented as the file's own are, not more; in the last the pair has other line ends before and after.
    const others = ["inserts/tc-02", "inserts/tc-04", "inserts/tc-11"];
    expect(score).toEqual({ same: 20, others });
  });

  test("come to say the same (Polaris's pairs, which are written anew there)", () => {
    const root = sharedPath("fixtures/hardening/polaris/test/checks");
    const score: Score = { same: 0, others: [] };
    for (const name of readdirSync(root, { recursive: true, encoding: "utf8" }).sort()) {
      const [, folder, kind = ""] = /^(.*)\/mutated(.*)\.yaml$/.exec(name) ?? [];
      const input = join(root, `${folder}/failure${kind}.yaml`);
      if (folder === undefined || !existsSync(input)) continue;
      const before = readFileSync(input, "utf8");
      const after = readFileSync(join(root, name), "utf8");
      const { text, left } = edit(before, after);
      if (left === 0 && sameValue(valuesOf(text), valuesOf(after))) score.same += 1;
      else score.others.push(name);
    }
    expect(score).toEqual({ same: 20, others: [] });
  });
});
