import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readArguments, readShell } from "./shell.ts";

function commands(source: string): string[] {
  return readShell(source, (offset) => `/${offset}`).commands.map(({ name, words }) =>
    [name ?? "", ...words.map(({ value }) => value)].join(" "),
  );
}

describe("commands are seen", () => {
  test.each<[string, string[]]>([
    ["apt-get update && apt-get install -y 'a b'", ["apt-get update", "apt-get install -y a b"]],
    ["a; b & c || d\ne", ["a", "b", "c", "d", "e"]],
    ["# rm -rf /\necho '# no' #x", ["echo # no"]],
    ["if a; then b; elif c; then d; else e; fi", ["a", "b", "c", "d", "e"]],
    ["for x in 1 2; do a $x; done; while b; do c; done", ["a $x", "b", "c"]],
    ["case $x in a) b;; *) c;; esac; (d); { e; }; f() { g; }", ["b", "c", "d", "e", "g"]],
    ["/usr/bin/curl x", ["curl x"]],
    [
      "sudo -u app env -i A=1 make -j",
      ["sudo -u app env -i A=1 make -j", "env -i A=1 make -j", "make -j"],
    ],
    ["bash -o pipefail -lc 'a | b'", ["bash -o pipefail -lc a | b", "b", "a"]],
    ["find / -name x -exec chmod 1 {} +", ["find / -name x -exec chmod 1 {} +", "chmod 1 {}"]],
    ["xargs -n 1 rm", ["xargs -n 1 rm", "rm"]],
    ["timeout 5 a b", ["timeout 5 a b", "a b"]],
    ["eval 'a b'", ["eval a b", "a b"]],
    ["A=$(b) c", ["c", "b"]],
    ["A=1", [""]],
    ["sh <<E\na\nE", ["sh", "a"]],
    ["cat <<E >f\na\nE", ["cat"]],
    ["$X y", [" y"]],
  ])("%j", (source, wanted) => {
    expect(commands(source)).toEqual(wanted);
  });
});

test("what takes the output of a command is known, and who runs it", () => {
  const { commands: found } = readShell("curl x | tee y | sudo sh", (offset) => `/${offset}`);
  const names = found.map(({ name }) => name);
  const links = found.map(({ name, feeds, runBy }) => [
    name,
    feeds === null ? null : names[feeds],
    runBy === null ? null : names[runBy],
  ]);
  expect(links).toEqual([
    ["sudo", null, null],
    ["sh", null, "sudo"],
    ["tee", "sudo", null],
    ["curl", "tee", null],
  ]);
});

test("a substitution feeds the command in whose words it stands", () => {
  const { commands: found } = readShell('bash <(curl x); sh -c "$(curl y)"', () => "");
  expect(found.map(({ name, feeds }) => [name, feeds])).toEqual([
    ["bash", null],
    ["curl", 0],
    ["sh", null],
    ["", null],
    ["curl", 3],
  ]);
});

test("the exec form has one command, which may be a shell with a script", () => {
  const { commands: found } = readArguments(["sh", "-c", "a && b"], "/1/1");
  expect(found.map(({ name, at }) => [name, at])).toEqual([
    ["sh", "/1/1"],
    ["a", "/1/1"],
    ["b", "/1/1"],
  ]);
});

test("what a command writes to is known, also when it stands in a group", () => {
  const { commands: found } = readShell(
    'a >> "$F"; { b; c | d; } > x 2>/dev/null; e <in',
    () => "",
  );
  expect(found.map(({ name, into }) => [name, ...into.map(({ value }) => value)])).toEqual([
    ["a", "$F"],
    ["b", "x", "/dev/null"],
    ["d", "x", "/dev/null"],
    ["c", "x", "/dev/null"],
    ["e"],
  ]);
});

test("what cannot be read is said, and the rest is there", () => {
  const script = readShell("a && if b; then", (offset) => `/${offset}`);
  expect(script.commands.map(({ name }) => name)).toContain("a");
  expect(script.unread?.why).toMatch(/cannot be read/);
});

test("anything is read without an error", () => {
  const piece = fc.constantFrom(
    ..."a $a $( ) ( { } ` ' \" \\ | || & && ; ;; \n <<E E if then else fi for in do done case esac f() [[ ]] (( )) $(( )) ${ } <( > < # sh -c sudo env eval".split(
      " ",
    ),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.array(piece, { maxLength: 30 }).map((all) => all.join(" ")),
      ),
      (source) => {
        for (const { feeds, runBy } of readShell(source, () => "").commands)
          for (const index of [feeds, runBy])
            if (index !== null) expect(index).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 2000 },
  );
});

test("what is made to take long is not read", () => {
  const before = performance.now();
  for (const unit of [
    "$(",
    "`",
    '"$(',
    "<(",
    "$((",
    "<<E ",
    "f() ",
    "if ",
    "(",
    "a|",
    "$'",
    "${",
    "{ ",
  ])
    readShell(unit.repeat(100_000 / unit.length), () => "");
  expect(performance.now() - before).toBeLessThan(10_000);
});
