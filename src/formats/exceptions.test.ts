import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { parseExceptions } from "./exceptions.ts";

const read = (text: string): unknown => parseExceptions(Buffer.from(text), "x.yaml");
const entry = `
exceptions:
  - id: CVE-2023-45853
    scope: {package: zlib1g, path: usr/lib/**}
    reason: the affected minizip code is not built
    owner: platform-team
    until: 2027-03-31
`;

describe("a file of exceptions", () => {
  test("is a list with scope, reason, owner and end date", () => {
    expect(read(entry)).toEqual([
      {
        names: "finding",
        id: "CVE-2023-45853",
        scope: { package: "zlib1g", path: "usr/lib/**" },
        reason: "the affected minizip code is not built",
        owner: "platform-team",
        until: "2027-03-31",
        line: 3,
      },
    ]);
  });

  test("may name rules, where there is no finding", () => {
    const [exception] = read(entry.replace("id: CVE-2023-45853", "rule: stale")) as object[];
    expect(exception).toMatchObject({ names: "rule", id: "stale" });
  });

  test.each(["", "# nothing yet\n", "exceptions:\n", "exceptions: []\n"])(
    "may be empty: %j",
    (t) => {
      expect(read(t)).toEqual([]);
    },
  );

  test.each<[string, string, RegExp]>([
    ["no list", "other: 1\n", /has no list "exceptions"/],
    ["a list that is none", "exceptions: 3\n", /"exceptions" is not a list/],
    ["no reason", entry.replace(/ {4}reason.*\n/, ""), /line 3: the exception has no reason/],
    [
      "an id and a rule",
      entry.replace("id:", "rule: a\n    id:"),
      /line 3: .* both an id and a rule/,
    ],
    [
      "neither id nor rule",
      entry.replace("id: CVE-2023-45853\n    ", ""),
      /line 3: the exception has no id/,
    ],
    ["no owner", entry.replace(/ {4}owner.*\n/, ""), /line 3: the exception has no owner/],
    ["no end", entry.replace(/ {4}until.*\n/, ""), /line 3: the exception has no until/],
    ["a strange end", entry.replace("2027-03-31", "never"), /until is "never", not a date/],
    ["a day that is none", entry.replace("2027-03-31", "2027-13-31"), /not a date/],
    ["a misspelt scope", entry.replace("package:", "pakage:"), /line 4: "pakage" is not one of/],
    ["a misspelt key", entry.replace("owner:", "ownr:"), /line 6: "ownr" is not one of/],
    ["broken YAML", "exceptions: [\n", /cannot read exceptions "x.yaml": line \d/],
    ["an alias", "a: &x {id: 1}\nexceptions: [*x]\n", /cannot read exceptions/],
  ])("is refused for %s", (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  test("fails as a configuration error on any bytes", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map((s) => Buffer.from(`exceptions: ${s}`)),
        ),
        (b) => {
          try {
            parseExceptions(b, "x");
          } catch (error) {
            expect(error).toBeInstanceOf(AppError);
          }
        },
      ),
    );
  });
});
