import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scan } from "../../test/make-scan.ts";
import { testPolicy } from "./policy-test.ts";

let folder: string;
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-policy-test-"));
  const { artifact, ...rest } = scan();
  const image = { ...artifact, kind: "image", reference: "registry.example/team/api:1" };
  writeFileSync(at("scan.json"), JSON.stringify({ ...rest, artifact: image }));
  writeFileSync(at("provenance.json"), '{ "branch": "main" }');
  writeFileSync(at("broken.json"), "{");
  writeFileSync(
    at("policy.yaml"),
    `policy: shop
rules:
  - { id: signed, stages: [deploy], signed: { by: [release] } }
  - { id: passed, stages: [deploy], verdict: { by: [gate], policy: shop } }
  - { id: built, stages: [deploy], attested: { type: slsaprovenance1, by: [ci], where: predicate.branch == "main" } }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function got(attached: string): Promise<string> {
  const text = `policy: policy.yaml
cases:
  - { name: x, scan: scan.json, stage: deploy, expect: allow, rules: [none]${attached === "" ? "" : `, attached: ${attached}`} }
`;
  writeFileSync(at("tests.yaml"), text);
  const [outcome] = await testPolicy(at("tests.yaml"));
  return outcome?.got ?? "";
}

const SIGNED = "{ signed: release }";
const PASSED = "{ verdict: allow, by: gate }";
const BUILT = "{ attested: slsaprovenance1, by: ci, predicate: provenance.json }";

test.each([
  ["", "undecided by built, passed, signed"],
  ["[]", "deny by built, passed, signed"],
  [`[${SIGNED}]`, "deny by built, passed"],
  [`[${SIGNED}, ${PASSED}, ${BUILT}]`, "allow"],
  ["[{ signed: somebody }]", "deny by built, passed, signed"],
  [`[${SIGNED}, ${BUILT}, { verdict: deny, by: gate }]`, "deny by passed"],
  [`[${SIGNED}, ${BUILT}, { verdict: allow, by: gate, policy: other }]`, "deny by passed"],
  [`[${SIGNED}, ${PASSED}, { attested: slsaprovenance1, by: ci }]`, "undecided by built"],
])("what is attached in a case decides: %s", async (attached, answer) => {
  expect(await got(attached)).toBe(answer);
});

test.each([
  ["[{ verdict: maybe, by: gate }]", 'verdict is "maybe", not one of allow, deny'],
  ["[{ attested: vuln }]", "it does not say by whom"],
  ["[{ by: gate }]", "it has none of signed, attested and verdict"],
  ["[{ attested: nonsense, by: ci }]", "neither an address nor a known name"],
  ["[{ attested: vuln, by: ci, predicate: broken.json }]", "it is not JSON"],
  ["[{ attested: vuln, by: ci, predicate: none.json }]", "no such file"],
])("what makes no sense is refused: %s", async (attached, message) => {
  await expect(got(attached)).rejects.toThrow(message);
});
