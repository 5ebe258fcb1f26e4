// A megabyte of what is nearly something: readers take no longer than a text is long. Each row was quadratic once, and took minutes.
import { expect, test } from "vitest";
import { builtImage } from "../src/formats/built-image.ts";
import { helmDocuments } from "../src/formats/helm-manifest.ts";
import { readMixLock } from "../src/formats/mix-lock.ts";
import { mayBePinnable } from "../src/formats/pinnable.ts";
import { readStrictDocuments } from "../src/formats/strict-yaml.ts";
import { componentCommand } from "../src/formats/workload/component-flags.ts";
import { readYamlParts } from "../src/formats/yaml-parts.ts";
import { readYarnLock } from "../src/formats/yarn-lock.ts";
import { known } from "../src/kit/fact.ts";
import { bytesOfBase64 } from "../src/plugins/secrets/shared/decode.ts";

const SIZE = 1_000_000;
/** A thousandth of what the quadratic ones took, on a machine that does much else. */
const MILLISECONDS_MAX = 5_000;
const BLANKS = " ".repeat(SIZE);
const SETTINGS = {
  ...{
    user: "",
    env: [],
    entrypoint: [],
    cmd: [],
    workingDir: "",
    ports: [],
    volumes: [],
    labels: {},
  },
  healthcheck: null,
};

test.each<[what: string, read: () => unknown]>([
  ["pinnable: empty lines", () => mayBePinnable("\n".repeat(SIZE), "a.yaml")],
  ["built image: blanks behind a mark", () => historyOf(` # buildkit\n${BLANKS}\nx`)],
  ["built image: marks", () => historyOf(" # buildkit\n".repeat(SIZE / 12))],
  ["strict YAML: blanks in a value", () => readStrictDocuments(`a: b${BLANKS}\tx\n`)],
  ["strict YAML: blanks in a list", () => readStrictDocuments(`a: [b${BLANKS}\tx]\n`)],
  ["YAML: a line of blanks", () => yaml(`x: y\n${BLANKS}\n- {{ x\n`)],
  ["YAML: dashes", () => yaml(`x: y\nz: &a *b\n${"- ".repeat(SIZE / 2)}\n`)],
  ["Helm: blanks in where it is from", () => helmDocuments(`---\n# Source: a${BLANKS}x\n`)],
  ["Mix: blanks", () => readMixLock(`${BLANKS}x\n`)],
  ["yarn: quotes that nothing closes", () => readYarnLock(`"${'\\"'.repeat(SIZE / 2)}:\n`)],
  ["component: signs in an image's name", () => componentOf(`${"@".repeat(SIZE)}\n`)],
  ["base64: signs of padding", () => bytesOfBase64(`${"=".repeat(SIZE)}x`)],
])("%s", (_, read) => {
  const began = performance.now();
  read();
  expect(performance.now() - began).toBeLessThan(MILLISECONDS_MAX);
});

function historyOf(line: string): unknown {
  return builtImage({ settings: SETTINGS, history: [line] });
}

function yaml(text: string): unknown {
  return readYamlParts(Buffer.from(text));
}

function componentOf(image: string): unknown {
  return componentCommand([known("--x", "/0")], known(image, "/image"));
}
