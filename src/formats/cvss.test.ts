import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCvss, severityFromScore } from "./cvss.ts";

// Scores as FIRST's calculators and the specifications' own examples give them.
test.each<[string, string, number]>([
  ["AV:N/AC:L/Au:N/C:N/I:N/A:C", "2.0", 7.8],
  ["AV:L/AC:H/Au:N/C:C/I:C/A:C", "2.0", 6.2],
  ["AV:N/AC:L/Au:N/C:N/I:N/A:N", "2.0", 0],
  ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", "3.1", 10],
  ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N", "3.1", 7.5],
  ["CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", "3.0", 6.4],
  ["CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", "3.1", 7.8],
  ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", "3.1", 0],
  ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", "4.0", 10],
  ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "4.0", 9.3],
  ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N", "4.0", 8.7],
  ["CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", "4.0", 0],
])("%s", (vector, version, score) => {
  expect(parseCvss(vector)).toEqual({ version, vector, score });
});

test.each([
  "",
  "7.5",
  "CVSS:3.1/AV:N",
  "CVSS:5.0/AV:N/AC:L",
  "CVSS:3.1/AV:constructor/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
])("%j is no vector", (text) => {
  expect(parseCvss(text)).toBeNull();
});

test("severities follow the scale of the specification", () => {
  expect([0, 0.1, 3.9, 4, 6.9, 7, 8.9, 9, 10].map(severityFromScore)).toEqual([
    ...["negligible", "low", "low", "medium", "medium", "high", "high", "critical", "critical"],
  ]);
});

test("never throws, and scores lie between 0 and 10", () => {
  const part = fc.tuple(
    fc.constantFrom("AV", "AC", "AT", "PR", "UI", "S", "C", "I", "A", "VC", "SA", "Au", "x"),
    fc.constantFrom("N", "L", "H", "P", "A", "C", "U", "X", ""),
  );
  fc.assert(
    fc.property(fc.constantFrom("", "CVSS:3.1/", "CVSS:4.0/"), fc.array(part), (head, parts) => {
      const score = parseCvss(head + parts.map((p) => p.join(":")).join("/"))?.score ?? 0;
      expect(score >= 0 && score <= 10).toBe(true);
    }),
  );
});
