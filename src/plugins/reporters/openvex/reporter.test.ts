import { expect, test } from "vitest";
import { DIGEST, finding, hostileScan, scan } from "../../../../test/make-scan.ts";
import { readVex } from "../../../formats/vex.ts";
import { openvex } from "./reporter.ts";

const screen = { width: 80, colour: false, command: "scan" };
const aside = { reason: "internal", owner: "me", until: "2027-01-01" } as const;
const result = scan({
  findings: [finding({ id: "CVE-1", aliases: ["GHSA-1"] }), finding({ id: "CVE-2", fixed: null })],
  suppressed: [
    { ...aside, finding: finding({ id: "CVE-3" }), by: "vex", reason: "component_not_present" },
    { ...aside, finding: finding({ id: "CVE-4" }), by: "vex", reason: "we looked" },
    { ...aside, finding: finding({ id: "CVE-5" }), by: "exception" },
    { ...aside, finding: finding({ id: "CVE-6" }), by: "baseline" },
  ],
});

test("each finding has a statement with the words that its status demands", () => {
  const document = JSON.parse(openvex.report([result], screen)) as {
    statements: Readonly<Record<string, unknown>>[];
  };
  const facts = document.statements.map((s) => [
    (s["vulnerability"] as { name: string }).name,
    s["status"],
    s["justification"] ?? s["impact_statement"] ?? s["action_statement"],
  ]);
  expect(facts).toEqual([
    ["CVE-1", "affected", "upgrade openssl to 1.1.1w-1"],
    ["CVE-2", "affected", "there is no fix yet"],
    ["CVE-3", "not_affected", "component_not_present"],
    ["CVE-4", "not_affected", "we looked"],
    ["CVE-5", "affected", "accepted by me until 2027-01-01: internal"],
    ["CVE-6", "affected", "upgrade openssl to 1.1.1w-1"],
  ]);
});

test("what we write, we read again", () => {
  const rows = readVex(Buffer.from(openvex.report([result], screen)), "vex.json");
  expect(rows[0]).toEqual({
    vulnerabilities: ["CVE-1", "GHSA-1"],
    products: [DIGEST],
    subcomponents: ["pkg:deb/debian/openssl@1.1.1k-1"],
    status: "affected",
    justification: null,
    author: "bulwark",
  });
  expect(rows.length).toBe(6);
});

test("without a digest a statement is about the package, and hostile names stay texts", () => {
  const { artifact } = result;
  const folder = { ...result, artifact: { ...artifact, digest: null } };
  const rows = readVex(Buffer.from(openvex.report([folder, hostileScan()], screen)), "vex.json");
  expect(rows[0]?.products).toEqual(["pkg:deb/debian/openssl@1.1.1k-1"]);
});
