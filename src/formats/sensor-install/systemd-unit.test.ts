import { expect, test } from "vitest";
import { sensorUnit, unitWord } from "./systemd-unit.ts";

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

test.each([
  ["/usr/bin/node", "/usr/lib/bulwark/bulwark.js", true],
  ["/usr/bin/node", "/tmp/checkout/bin/bulwark.js", false],
  ["/var/tmp/node", "/usr/lib/bulwark/bulwark.js", false],
])("%s %s sees folders for temporary files of its own: %j", (node, script, isPrivate) => {
  const unit = sensorUnit({ command: [node, script, "watch"], madeBy: "a test" });
  expect(unit.includes("\nPrivateTmp=yes\n")).toBe(isPrivate);
});
