import { expect, test } from "vitest";
import { unitWord } from "./systemd-unit.ts";

test.each([
  ["/usr/bin/node", "/usr/bin/node"],
  ["--rules", "--rules"],
  ["syslog:udp://[::1]:514", '"syslog:udp://[::1]:514"'],
  ["/srv/my rules.yaml", '"/srv/my rules.yaml"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ["webhook:https://x/?a=%20", '"webhook:https://x/?a=%%20"'],
  ["$HOME", '"$$HOME"'],
  ["a\nExecStart=/bin/sh", '"a\\nExecStart=/bin/sh"'],
  ["", '""'],
])("%j is written %s", (word, written) => {
  expect(unitWord(word)).toBe(written);
});
