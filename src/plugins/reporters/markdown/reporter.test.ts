import { expect, test } from "vitest";
import {
  codeFinding,
  finding,
  hostileScan,
  manyFindings,
  scan,
} from "../../../../test/make-scan.ts";
import { answerOf } from "../../../model/answer.ts";
import { jointAnswer } from "../../../model/joint-answer.ts";
import type { ScanResult } from "../../../model/scan.ts";
import { markdown } from "./reporter.ts";

const write = (results: readonly ScanResult[]): string =>
  markdown.report(results, { width: 80, colour: false, command: "scan" });
const first = (results: readonly ScanResult[]): string => write(results).split("\n", 1)[0] ?? "";

const result = scan({
  findings: [
    finding({ id: "CVE-1", exploited: true }),
    finding({ id: "CVE-2", name: "bash", fixed: null }),
    codeFinding(),
  ],
  problems: [{ code: "file-damaged", detail: "cut", path: "a" }],
});

test("a page for a pull request", () => {
  expect(write([result])).toBe(`${answerOf(result)}

| upgrade | from → to | closes | worst |
| --- | --- | --- | --- |
| openssl | 1.1.1k-1 → 1.1.1w-1 | **closes 1, one known exploited**: 1 high | CVE-1 |

| in code | where | what | rule |
| --- | --- | --- | --- |
| high | src/db.js:42 | This query depends on a user-provided value | js/sql-injection |

<details><summary>1 flaw without a fix: 1 high</summary>

- CVE-2, high, in bash

</details>

<details><summary>1 problem: not all is known</summary>

- file-damaged: a: cut

</details>
`);
});

test("the first line is the answer, of one and of several", () => {
  expect([first([result]), first([result, scan()])]).toEqual([
    answerOf(result),
    jointAnswer([result, scan()]),
  ]);
});

test.each([
  ["a hundred thousand findings", [scan({ findings: manyFindings(100_000) })]],
  [
    "three hundred artifacts",
    Array.from({ length: 300 }, () => scan({ findings: manyFindings(50) })),
  ],
  ["hostile artifacts", Array.from({ length: 100 }, hostileScan)],
])("%s make a page that fits into a comment", (_, results) => {
  expect(write(results).length).toBeLessThan(65_536);
});

test("nothing that comes out of an image is rendered, linked or mentioned", () => {
  const page = write([hostileScan()]);
  const ours = page
    .replaceAll(/<\/?(details|summary)>/g, "")
    .replaceAll(/^\|.*\|$/gm, (row) => row.slice(1, -1));
  expect(ours.match(/[<>`[\]]|javascript:alert\(1\)\)\]|https?:\/\/|(?<! )@|\u202e/g)).toBeNull();
});
