import { expect, test } from "vitest";
import { parseCondition } from "../../formats/falco/parse-condition.ts";
import { comparedHosts } from "./compared-hosts.ts";

test.each([
  [
    "fd.sip.name = api.local and not fd.rip.name in (a.local, b.local)",
    "api.local a.local b.local",
  ],
  ["fd.sip.name startswith api or fd.sip.name exists", ""],
  ["proc.name = api.local", ""],
])("%s", (condition, names) => {
  const { expression } = parseCondition(condition);
  expect(expression === null ? null : comparedHosts(expression).join(" ")).toBe(names);
});
