import { expect, test } from "vitest";
import { finding, scan } from "../../test/make-scan.ts";
import { answerOf } from "./answer.ts";
import { jointAnswer } from "./joint-answer.ts";

const api = scan({ findings: [finding({ id: "CVE-1", exploited: true })] });
const web = scan({
  artifact: { ...api.artifact, reference: "registry.example/team/web:2" },
  findings: [finding({ id: "CVE-1", exploited: true }), finding({ id: "CVE-2", severity: "low" })],
  verdict: { outcome: "deny", reasons: ["1 finding is at least high"] },
});

test("one result answers for itself", () => {
  expect(jointAnswer([api])).toBe(answerOf(api));
});

test("what several artifacts have in common counts once, and what is denied stands first", () => {
  expect(jointAnswer([api, web])).toBe(
    "2 artifacts : 1 denied; 1 known exploited, 1 high, 1 lower; upgrading openssl closes 2 in 2 of them",
  );
});

test("an incomplete result among clean ones is said", () => {
  const clean = scan({ findings: [] });
  const starter = scan({
    findings: [],
    data: { kind: "starter", builtAt: null, ageHours: null, ecosystems: [], advisories: 1 },
  });
  expect(jointAnswer([clean, starter])).toBe("2 artifacts : 1 incomplete; nothing found");
});
