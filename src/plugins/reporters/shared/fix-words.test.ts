import { expect, test } from "vitest";
import { finding, scan } from "../../../../test/make-scan.ts";
import { groupByFix } from "../../../model/fix-group.ts";
import {
  closesPhrase,
  layerPhrase,
  placesOf,
  placesPhrase,
  severitiesPhrase,
} from "./fix-words.ts";

test("a group says what it closes, and a few words say how grave that is", () => {
  const [group] = groupByFix([
    finding({ id: "CVE-1", exploited: true, severity: "critical" }),
    finding({ id: "CVE-2", severity: "low" }),
    finding({ id: "CVE-3", severity: "low" }),
  ]).fixes;
  expect(group === undefined ? [] : [closesPhrase(group), severitiesPhrase(group.flaws)]).toEqual([
    "closes 3, one known exploited",
    "1 critical, 2 low",
  ]);
});

test.each([
  [0, "layer 1: ADD file:0123 in /"],
  [1, "layer 2: RUN npm ci --omit=dev"],
  [7, "layer 8"],
  [null, null],
])("layer %s reads as people wrote it", (layer, wanted) => {
  expect(layerPhrase(layer, scan())).toBe(wanted);
});

test("places are named once, with their lines", () => {
  const findings = [
    finding({ id: "CVE-1", path: "package-lock.json", line: 7 }),
    finding({ id: "CVE-2", path: "package-lock.json", line: 7 }),
    finding({ id: "CVE-3", path: "b" }),
    finding({ id: "CVE-4", path: "c" }),
  ];
  expect(placesPhrase(placesOf(findings), 2)).toBe("package-lock.json:7, b and 1 more");
});
