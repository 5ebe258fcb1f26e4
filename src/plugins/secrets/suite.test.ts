// Every kind of secret is held against what it must find and what it must not: a value of its form, one whose checksum or
// structure is broken, and what people write in its place.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { SecretHit, SecretKind } from "../../stages/secrets/contract.ts";
import { SecretReader } from "../../stages/secrets/reader.ts";
import { SecretSearch } from "../../stages/secrets/scan.ts";
import { shapeOf } from "../../stages/secrets/shape.ts";
import { secretGroups } from "./index.ts";
import { published } from "./shared/published.data.ts";
import {
  Chance,
  exampleOf,
  foundExamples,
  lineWith,
  ofShape,
} from "./shared/test-support/examples.ts";

const kinds: readonly SecretKind[] = secretGroups.flatMap((group) => group.kinds);
const search = new SecretSearch(kinds);
const sha256 = (text: string): string => createHash("sha256").update(text, "latin1").digest("hex");

function hitsIn(text: string, path = "app/settings.yaml"): readonly SecretHit[] {
  const reader = new SecretReader(search, { sha256, published });
  reader.file(path, Buffer.from(text));
  return reader.taken().hits;
}

const idsIn = (text: string, path?: string): string[] => hitsIn(text, path).map((hit) => hit.kind);

type Kind<By> = SecretKind & { readonly form: Extract<SecretKind["form"], { by: By }> };
const byValue = kinds.filter((kind): kind is Kind<"token" | "name"> => kind.form.by !== "keyword");
const byCode = kinds.filter((kind) => kind.form.by === "keyword");
const checked = byValue.filter(({ form }) => form.check !== undefined);

test("there are at least 150 kinds, each with an id of its own", () => {
  expect([kinds.length >= 150, new Set(kinds.map((kind) => kind.id)).size]).toEqual([
    true,
    kinds.length,
  ]);
});

test("every kind can be searched for: its looks begin, or go on after a fixed length, with a text of two characters", () => {
  const unsearchable = kinds.flatMap(({ id, form }) =>
    form.by === "token" ? form.shapes.filter((s) => shapeOf(s).keyword === "").map(() => id) : [],
  );
  expect(unsearchable).toEqual([]);
});

describe.each(byValue)("$id", (kind) => {
  const values = [1, 2, 3].map((seed) => exampleOf(kind, seed) ?? "");

  test.each(values.map((value, i) => [i + 1, value]))(
    "value %i is found, and not shown",
    (_, value) => {
      const [hit, ...others] = hitsIn(lineWith(kind, value));
      expect([hit?.kind, hit?.line, others]).toEqual([kind.id, 1, []]);
      expect(JSON.stringify(hit)).not.toContain(value);
    },
  );

  test("every one of its looks is found", () => {
    if (kind.form.check !== undefined) return;
    const found = kind.form.shapes.map((shape, i) =>
      idsIn(lineWith(kind, ofShape(shape, new Chance(90 + i)))),
    );
    expect(found).toEqual(kind.form.shapes.map(() => [kind.id]));
  });

  test("what stands in its place is not found", () => {
    const [literal = ""] = (kind.form.shapes[0] ?? "").split("<");
    const blanks = [
      `${literal}${"x".repeat(36)}`,
      `${literal}\${SECRET}`,
      `${literal}<your-key>`,
      `${literal}{{ secret }}`,
      "EXAMPLE",
      `${(values[0] ?? "").slice(0, -12)}EXAMPLEKEY12`,
      (values[0] ?? "").replaceAll(/[A-Za-z0-9]/g, "x"),
    ];
    expect(blanks.flatMap((blank) => idsIn(lineWith(kind, blank)))).toEqual([]);
  });
});

describe("a checksum or structure that does not hold is no secret", () => {
  test.each(checked)("$id", (kind) => {
    const value = exampleOf(kind, 1) ?? "";
    expect(
      broken(value)
        .flatMap((wrong) => idsIn(lineWith(kind, wrong)))
        .filter((id) => id === kind.id),
    ).toEqual([]);
  });
});

/** A value that no longer proves itself, in the same form. */
function broken(value: string): string[] {
  const turned = (at: number): string => {
    const char = value[at] ?? "";
    const other = char === "q" ? "p" : char === "Q" ? "P" : /[A-Z]/.test(char) ? "Q" : "q";
    return value.slice(0, at) + other + value.slice(at + 1);
  };
  // No text that anybody types.
  if (value.startsWith("ZGVwbG95")) return [`//79${value.slice(4)}`];
  if (value.startsWith("AKIA")) return [`${value.slice(0, 4)}777${value.slice(7)}`];
  if (value.includes("T3BlbkFJ")) return [value.replace("T3BlbkFJ", "T4BlbkFK")];
  if (value.startsWith("pypi-")) return [value.slice(0, -4)];
  if (/eyJ/.test(value)) return [value.replace(/[^.]{4}(?=\.|$)/, "AAAA")];
  // Its last digit has bits that belong to no byte.
  if (/^[^=]{43}=$/.test(value)) return [`${value.slice(0, 42)}B=`];
  return /\.|=/.test(value) ? [turned(8).replace(/^./, "Z")] : [turned(value.length - 2)];
}

describe.each(byCode)("$id", ({ id }) => {
  const example = foundExamples[id];
  test("what is one is found, what is broken and what stands in its place is not", () => {
    expect([
      idsIn(example?.valid ?? "", example?.path),
      idsIn(example?.broken ?? "", example?.path).filter((found) => found === id),
      idsIn(example?.placeholder ?? "", example?.path),
    ]).toEqual([[id], [], []]);
  });
});
