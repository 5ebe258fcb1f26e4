import { describe, expect, test } from "vitest";
import { parseCondition } from "../../formats/falco/parse-condition.ts";
import { mayMatchFailure, mayMatchHost } from "./may-match.ts";

describe("a call that failed is asked of a rule only when it could match", () => {
  test.each([
    ["evt.type=open and fd.num>=0", false],
    ["evt.type=open and (fd.num>=0 or fd.name=/x)", true],
    ["evt.type=open and fd.name=/x", true],
    ["evt.type=open and evt.rawres>=0", false],
    ["evt.type=open and evt.rawres<0", true],
    ["evt.type=open and not fd.num>=0", true],
    ["not (evt.type=open and not fd.num>=0)", true],
    ["evt.type=open and evt.res=SUCCESS", false],
    ["evt.type=open and evt.res!=SUCCESS", true],
    ["evt.type=connect and (evt.rawres>=0 or evt.res=EINPROGRESS)", true],
    ["evt.type=open and evt.failed=false", false],
    ["evt.type=open and evt.failed=true", true],
    ["evt.type=dup and evt.rawres in (0, 1, 2)", true],
  ])("%s: %s", (condition, may) => {
    const { expression } = parseCondition(condition);
    expect(expression !== null && mayMatchFailure(expression)).toBe(may);
  });
});

describe("what happens on the host is asked of a rule only when it could match", () => {
  test.each([
    ["evt.type=open and container.id != host", false],
    ["evt.type=open and container.id=host", true],
    ["evt.type=open", true],
    ["evt.type=open and container.id=0123456789ab", false],
    ["evt.type=open and not container.id = host", false],
    ["not (container.id = host or evt.type=open)", false],
    ["evt.type=open and (container.id != host or proc.name=sh)", true],
    ["evt.type=open and (container.id != host or container.id != host)", false],
    ["evt.type=open and container.id in (host)", true],
    ["evt.type=open and container.id startswith ho", true],
    ["evt.type=open and container.name=x", true],
  ])("%s: %s", (condition, may) => {
    const { expression } = parseCondition(condition);
    expect(expression !== null && mayMatchHost(expression)).toBe(may);
  });
});
