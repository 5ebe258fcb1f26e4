import { expect, test } from "vitest";
import { type Cataloger, NOTHING } from "./contract.ts";
import { withoutForeignDeclarations } from "./declared.ts";

function cataloger(id: string, evidence: Cataloger["evidence"]): Cataloger {
  return {
    id,
    title: id,
    needs: [],
    state: "trial",
    version: 1,
    evidence,
    types: ["npm"],
    wants: {},
    limitBytes: 1,
    read: () => NOTHING,
  };
}

const catalogers = [cataloger("lock", "declared"), cataloger("installed", "installed")];

test.each([
  ["lock", "package-lock.json", true],
  ["lock", "web/node_modules.bak/package-lock.json", true],
  ["lock", "node_modules/x/package-lock.json", false],
  ["lock", "web/node_modules/x/yarn.lock", false],
  ["lock", "venv/lib/python3/site-packages/x/poetry.lock", false],
  ["lock", "gems/our-own/Gemfile.lock", true],
  ["lock", "vendor/bundle/ruby/3.2.0/gems/rack-test-2.1.0/Gemfile.lock", false],
  ["lock", "vendor/bundle/ruby/3.2.0/bundler/gems/x-abcdef/Gemfile.lock", false],
  ["installed", "node_modules/x/package.json", true],
])("%s in %s counts: %s", (id, path, counts) => {
  const reading = { path, cataloger: id, reading: NOTHING, layer: null };
  expect(withoutForeignDeclarations([reading], catalogers)).toEqual(counts ? [reading] : []);
});
