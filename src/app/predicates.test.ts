import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeShared, sharedPath } from "../../test/shared.ts";
import { predicateOf, predicateTypesOf } from "./predicates.ts";

const about = { path: "predicate.json", at: "2026-01-02T03:04:05Z" };

test("text of the custom kind is framed, and other kinds must be JSON", () => {
  const bytes = Buffer.from("foobar");
  expect(predicateOf("custom", bytes, about)).toEqual({
    predicateType: "https://cosign.sigstore.dev/attestation/v1",
    predicate: { Data: "foobar", Timestamp: about.at },
  });
  expect(() => predicateOf("vuln", bytes, about)).toThrow("it is not JSON");
});

test("names that are neither known nor addresses are refused with those that are", () => {
  expect(predicateTypesOf(["vsa", "https://example.org/x"])).toEqual([
    "https://slsa.dev/verification_summary/v1",
    "https://example.org/x",
  ]);
  expect(() => predicateTypesOf(["vulnerabilities"])).toThrow("neither an address nor a known");
});

describeShared("a predicate of cosign's tests", () => {
  test("is attested as it stands", () => {
    const folder = sharedPath("fixtures/trust/cosign/test/testdata/attestations");
    const bytes = readFileSync(`${folder}/vuln-predicate.json`);
    expect(predicateOf("vuln", bytes, about)).toEqual({
      predicateType: "https://cosign.sigstore.dev/attestation/vuln/v1",
      predicate: JSON.parse(bytes.toString("utf8")),
    });
  });
});
