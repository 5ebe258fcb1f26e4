import { expect, test } from "vitest";
import { ABSENT, known, unknown } from "../../../kit/fact.ts";
import type { ContainerSecurity } from "../../../model/workload.ts";
import { capabilityDifferences } from "./capabilities.ts";

/** `+CHOWN -ALL`, as an engine or a unit has them. */
function security(words: string): ContainerSecurity {
  const list = (sign: string) =>
    words
      .split(" ")
      .filter((word) => word.startsWith(sign))
      .map((word) => known(word.slice(1), word));
  const privileged = words.includes("!") ? known(true, "") : ABSENT;
  return {
    privileged,
    capabilitiesAdded: list("+"),
    capabilitiesDropped: list("-"),
  } as unknown as ContainerSecurity;
}

const ALL_BUT_CHOWN =
  "-AUDIT_WRITE -DAC_OVERRIDE -FOWNER -FSETID -KILL -MKNOD -NET_BIND_SERVICE -NET_RAW -SETFCAP -SETGID -SETPCAP -SETUID -SYS_CHROOT";

test.each([
  ["what is usual", "", "-AUDIT_WRITE -MKNOD -NET_RAW", []],
  ["what was usual before", "", "", []],
  ["none but one", "-ALL +CHOWN", ALL_BUT_CHOWN, []],
  [
    "none but one, and one that was usual before",
    "-ALL +CHOWN",
    ALL_BUT_CHOWN.replace("-NET_RAW ", ""),
    ["NET_RAW there"],
  ],
  ["one more", "+SYS_ADMIN", "+SYS_ADMIN", []],
  ["one more that is not declared", "", "+SYS_ADMIN", ["SYS_ADMIN there"]],
  ["one less that is not declared", "", "-KILL", ["KILL gone"]],
  ["one that was asked for, and is usual at times", "+NET_RAW", "-NET_RAW", ["NET_RAW gone"]],
  ["one that was dropped, and is there", "-KILL", "", ["KILL there"]],
  ["everything", "+ALL", "+SYS_ADMIN", []],
  ["what is privileged", "", "! -SYS_RESOURCE", []],
])("%s", (_, declared, running, wanted) => {
  const found = capabilityDifferences(security(declared), security(running));
  expect(
    Array.isArray(found)
      ? found.map(({ name, at }) => `${name} ${at === null ? "there" : "gone"}`)
      : found,
  ).toEqual(wanted);
});

test("a name that cannot be told leaves it open", () => {
  const capabilitiesAdded = [unknown("/x", "it is a template")];
  const found = capabilityDifferences({ ...security(""), capabilitiesAdded }, security(""));
  expect(found).toEqual(unknown("/x", "it is a template"));
});
