import { expect, test } from "vitest";
import { completed } from "./completed.ts";

test.each([
  ["1.0", "1.0.0.0"],
  ["v1.2.3", "1.2.3.0"],
  ["1.2.3-BETA.1", "1.2.3.0-beta1"],
  ["1.2b3", "1.2.0.0-beta3"],
  ["1.0.0-stable", "1.0.0.0"],
  ["1.0.0+build.5", "1.0.0.0"],
  ["1.0-p2", "1.0.0.0-patch2"],
  ["1.x-dev", "1.9999999.9999999.9999999-dev"],
  ["1.2.*", "1.2.9999999.9999999"],
  ["1.2.0-dev", "1.2.0.0-dev"],
  ["dev-main", "dev-main"],
  ["1.2.3.4.5", "1.2.3.4.5"],
])("completes %s to %s", (version, whole) => {
  expect(completed(version)).toBe(whole);
});
