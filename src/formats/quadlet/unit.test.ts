import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { podmanOptions } from "./podman-args.ts";
import { readUnitFile } from "./unit.ts";
import { unitWords } from "./words.ts";

const read = (text: string): string[] =>
  readUnitFile(text, "a").assignments.map(
    ({ section, key, value, line, column }) => `${section}/${key}=${value} ${line}:${column}`,
  );

describe("a unit file", () => {
  it.each([
    ["[A]\nk=v\n", ["A/k=v 2:3"]],
    ["[A]\n k = v w \n", ["A/k=v w 2:6"]],
    ["[A]\nk=a \\\n# no\n  b\\\n;no\nc\nl=", ["A/k=a b c 2:3", "A/l= 7:1"]],
    ["[A]\r\nk=v\\ \r\nw\r\n", ["A/k=v w 2:3"]],
    ["\uFEFF[A]\n#k=v\n;k=v\nk=a=b\n[B]\nk=", ["A/k=a=b 4:3", "B/k= 6:1"]],
    ["[A]\nk=v\\", ["A/k=v 2:3"]],
  ])("is read: %j", (text, wanted) => {
    expect(read(text)).toEqual(wanted);
  });

  it.each([
    ["k=v\n[A]\nk=w", 1],
    ["[A]\nword\nk=w", 2],
    ["[A]\n=v\nk=w", 2],
    ["[A\nk=w\n[A]\nk=w", 1],
  ])("has a fault with its line, and the rest is read: %j", (text, line) => {
    const { faults, assignments } = readUnitFile(text, "a");
    expect([faults[0]?.line, assignments.at(-1)?.value]).toEqual([line, "w"]);
  });

  it("is bounded", () => {
    const { faults, assignments } = readUnitFile(`[A]\n${"k=v\n".repeat(6_000)}`, "a");
    expect([assignments.length, faults.map(({ line }) => line)]).toEqual([5_000, [5_001]]);
  });

  it.each([
    ["a key of spaces", `[A]\na${" ".repeat(1 << 20)}b\n`],
    ["brackets", "[".repeat(1 << 20)],
    ["lines that all go on", `[A]\nk=${"a\\\n".repeat(1 << 18)}`],
    ["one word after the other", `[A]\nk=${'"a '.repeat(1 << 18)}`],
  ])("takes no longer than it is long: %s", (_, text) => {
    for (const { value } of readUnitFile(text, "a").assignments) unitWords(value);
  });

  it("may be anything", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."[]=#;\\\n\r k\"'") }), (text) => {
        readUnitFile(text, "a");
        unitWords(text);
        podmanOptions(text.split(" "));
      }),
    );
  });
});

describe("the words of a value", () => {
  it.each([
    ["a  b\tc", ["a", "b", "c"]],
    [`"a b" 'c d'e f"g`, ["a b", "c de", 'f"g']],
    [String.raw`"a;b\nc" '\110ello' \x41 a\qb`, ["a;b\nc", "Hello", "A", String.raw`a\qb`]],
    [`"a`, null],
    ["", []],
    [`""`, [""]],
  ])("of %s", (value, wanted) => {
    expect(unitWords(value)).toEqual(wanted);
  });
});

describe("what PodmanArgs= hands on", () => {
  it.each([
    ["--privileged --cap-add NET_ADMIN", ["privileged=true", "cap-add=NET_ADMIN"]],
    ["--cap-add=a --net host", ["cap-add=a", "network=host"]],
    ["-v/a:/b -v /c:/d --rm", ["volume=/a:/b", "volume=/c:/d", "rm=true"]],
    ["--pid host image arg", ["pid=host"]],
    ["--unheard-of --privileged", ["unheard-of=true", "privileged=true"]],
  ])("%s", (line, wanted) => {
    expect(podmanOptions(line.split(" ")).map(({ name, value }) => `${name}=${value}`)).toEqual(
      wanted,
    );
  });
});
