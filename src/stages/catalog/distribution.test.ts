import { expect, test } from "vitest";
import type { Distribution } from "../../model/distribution.ts";
import type { VisibleReading } from "./contract.ts";
import { chooseDistribution } from "./distribution.ts";

const named = (id: string): Distribution => ({
  id,
  versionId: "1",
  codename: null,
  name: id,
  like: [],
});
const at = (path: string, id: string): VisibleReading => ({
  path,
  reading: { packages: [], distribution: named(id), problems: [] },
});

const cases: readonly [string, readonly VisibleReading[], string | null][] = [
  [
    "nothing names one",
    [{ path: "etc/os-release", reading: { packages: [], problems: [] } }],
    null,
  ],
  ["no reading at all", [], null],
  [
    "os-release of etc comes before that of usr",
    [at("usr/lib/os-release", "b"), at("etc/os-release", "a")],
    "a",
  ],
  [
    "a descendant of Debian is not Debian",
    [at("etc/debian_version", "debian"), at("etc/lsb-release", "ubuntu")],
    "ubuntu",
  ],
  [
    "Oracle's redhat-release says Red Hat",
    [at("etc/redhat-release", "rhel"), at("etc/oracle-release", "ol")],
    "ol",
  ],
  ["among paths we do not rank the first counts", [at("x", "a"), at("y", "b")], "a"],
  [
    "a path we do not rank comes last",
    [at("x", "a"), at("etc/debian_version", "debian")],
    "debian",
  ],
];

test.each(cases)("%s", (_, readings, wanted) => {
  expect(chooseDistribution(readings)?.id ?? null).toBe(wanted);
});
