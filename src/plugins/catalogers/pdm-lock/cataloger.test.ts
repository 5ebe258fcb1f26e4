import { expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { pdmLock } from "./cataloger.ts";

const read = (text: string, path = "pdm.lock"): Reading =>
  pdmLock.read({ path, bytes: utf8Bytes(text) });

test("reads groups, requirements and folders", () => {
  const reading = read(`[metadata]
groups = ["default", "dev", "socks"]

[[package]]
name = "requests"
version = "2.28.0"
groups = ["default"]
dependencies = [
    "Charset_Normalizer<3,>=2",
    "idna; python_version >= '3'",
]

[[package]]
name = "pysocks"
version = "1.7.1"
groups = ["socks"]

[[package]]
name = "pytest"
version = "7.0.0"
groups = ["dev", "test"]

[[package]]
name = "own"
version = "0.1.0"
path = "./own"
`);
  expect(reading).toEqual({
    packages: [
      {
        type: "pypi",
        name: "requests",
        version: "2.28.0",
        dependsOn: ["charset-normalizer", "idna"],
        line: 4,
      },
      { type: "pypi", name: "pysocks", version: "1.7.1", line: 13 },
      { type: "pypi", name: "pytest", version: "7.0.0", development: true, line: 18 },
    ],
    problems: [],
  });
});
