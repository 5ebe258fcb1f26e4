import { expect, test } from "vitest";
import { codeFinding, finding, scan } from "../../../test/make-scan.ts";
import { baselineOf, knownBefore } from "./baseline.ts";

const lodash = (version: string) =>
  finding({ id: "CVE-1", name: "lodash", type: "npm", version, fixed: "9.0.0" });

test.each<[string, readonly string[], readonly string[], readonly string[]]>([
  ["the same version", ["4.0.0"], ["4.0.0"], ["4.0.0"]],
  ["an upgrade that stays affected", ["4.0.0"], ["4.1.0"], ["4.1.0"]],
  ["all but a second copy", ["4.0.0"], ["4.0.0", "3.0.0"], ["4.0.0"]],
  ["nothing where both copies are of other versions", ["4.0.0"], ["4.1.0", "3.0.0"], []],
  ["one of two copies that went away", ["4.0.0", "3.0.0"], ["3.1.0"], ["3.1.0"]],
  ["nothing that it does not have", [], ["4.0.0"], []],
])("a baseline knows %s", (_, before, now, known) => {
  const baseline = baselineOf([scan({ findings: before.map(lodash) })]);
  const findings = now.map(lodash);
  const found = [...knownBefore(baseline, findings)];
  expect(found).toEqual(findings.filter((f) => known.includes(f.package.version)));
});

test("a baseline has what it knew from another, and not what was decided otherwise", () => {
  const aside = { reason: "", owner: null, until: null };
  const code = codeFinding();
  const baseline = baselineOf([
    scan({
      suppressed: [
        { finding: code, by: "baseline", ...aside },
        { finding: lodash("4.0.0"), by: "exception", ...aside },
      ],
    }),
  ]);
  expect([...knownBefore(baseline, [code, lodash("4.0.0")])]).toEqual([code]);
});
