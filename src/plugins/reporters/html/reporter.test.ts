import { expect, test } from "vitest";
import {
  codeFinding,
  finding,
  hostileScan,
  manyFindings,
  scan,
} from "../../../../test/make-scan.ts";
import { answerOf } from "../../../model/answer.ts";
import type { ScanResult } from "../../../model/scan.ts";
import { htmlReporter } from "./reporter.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

const write = (results: readonly ScanResult[]): string =>
  htmlReporter.report(results, { width: 80, colour: false, command: "scan" });
const result = scan({
  findings: [
    finding({ id: "CVE-2022-0778", exploited: true }),
    finding({ id: "CVE-2022-1", name: "bash", fixed: null, severity: "low", score: 10 }),
    codeFinding(),
  ],
  problems: [{ code: "file-damaged", detail: "cut", path: "a" }],
  suppressed: [
    {
      finding: finding({ id: "CVE-9" }),
      by: "vex",
      reason: "not built in",
      owner: "me",
      until: null,
    },
  ],
});

test("the page holds the answer, the upgrades, every finding, what is not known and what was set aside", () => {
  const page = write([result]);
  const wanted = [
    `<title>${answerOf(result)}</title>`,
    "upgrade openssl",
    '<tr data-s="high" data-f="fix exploited">',
    "js/sql-injection",
    "<b>file-damaged</b>",
    "not built in",
    "<svg",
  ];
  expect(wanted.filter((text) => !page.includes(text))).toEqual([]);
});

/** The page without what is ours: style, script, and the tags that we write. */
function foreignMarkup(page: string): string[] {
  const bare = page.replace(SCRIPT, "").replace(STYLE, "");
  const tags = bare.match(/<[^>]*>?/g) ?? [];
  const ours =
    /^<\/?(!doctype html|html|head|meta|title|style|body|main|div|span|button|input|section|h[123]|p|dl|dt|dd|b|i|svg|path|text|rect|article|details|summary|ul|li|table|thead|tbody|tr|th|td|a|code|footer|script)( [a-zA-Z-]+="[^"<>]*")*( open)?\/?>$/;
  return tags.filter((tag) => !ours.test(tag) || /\son[a-z]+=|javascript:|\ssrc=/i.test(tag));
}

test.each([
  ["a plain result", [result]],
  ["a hostile result", [hostileScan()]],
  ["several hostile results", [hostileScan(), hostileScan()]],
])("%s adds no tag, handler or address of its own", (_, results) => {
  const page = write(results);
  expect(foreignMarkup(page)).toEqual([]);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about.
  expect(page.match(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e\u200b]/g)).toBeNull();
});

test("the page asks nothing of the network, and its policy would forbid it", () => {
  const page = write([result]);
  expect(page).toContain("default-src 'none'");
  expect(page.match(/<(link|img|iframe|object|embed|script src)|@import|url\(/gi)).toBeNull();
});

test("only ids that are plain become links", () => {
  const links = write([
    scan({ findings: [finding({ id: "CVE-2022-0778" }), finding({ id: 'CVE-2022-1"onclick=x' })] }),
  ]).matchAll(/href="([^"]*)"/g);
  expect([...new Set([...links].map(([, url]) => url))]).toEqual([
    "https://www.cve.org/CVERecord?id=CVE-2022-0778",
  ]);
});

test("twenty thousand findings make a page of bounded size, which says what it leaves out", () => {
  const page = write([scan({ findings: manyFindings(20_000) })]);
  expect(page.length).toBeLessThan(8_000_000);
  expect(page).toContain("The 5,000 most urgent of 20,000 findings");
});
