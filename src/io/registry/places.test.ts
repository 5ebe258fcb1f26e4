import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../../kit/error.ts";
import { parseReference } from "../../model/reference.ts";
import { placesOf } from "./places.ts";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bulwark-home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const DIGEST = `sha256:${"a".repeat(64)}`;

interface Configuration {
  readonly registries?: string;
  readonly daemon?: unknown;
  readonly env?: Record<string, string>;
}

/** `host/repository`, with `plain` where it may be spoken to without TLS. */
async function placed(reference: string, configuration: Configuration = {}): Promise<string[]> {
  const conf = join(home, "registries.conf");
  writeFileSync(conf, configuration.registries ?? "");
  if (configuration.daemon !== undefined) {
    mkdirSync(join(home, ".docker"), { recursive: true });
    writeFileSync(join(home, ".docker/daemon.json"), JSON.stringify(configuration.daemon));
  }
  const env = { HOME: home, CONTAINERS_REGISTRIES_CONF: conf, ...configuration.env };
  try {
    const places = await placesOf(parseReference(reference), { env, insecure: ["asked.test"] });
    return places.map((p) => `${p.host}/${p.repository}${p.mayBePlain ? " plain" : ""}`);
  } catch (error) {
    return [error instanceof AppError ? `${error.code}: ${error.message}` : String(error)];
  }
}

describe("a registry", () => {
  test.each([
    ["alpine", {}, ["registry-1.docker.io/library/alpine"]],
    ["r.test/a", {}, ["r.test/a"]],
    ["localhost:5000/a", {}, ["localhost:5000/a plain"]],
    ["127.1.2.3/a", {}, ["127.1.2.3/a plain"]],
    ["[::1]:5000/a", {}, ["[::1]:5000/a plain"]],
    ["127.evil.test/a", {}, ["127.evil.test/a"]],
    ["asked.test/a", {}, ["asked.test/a plain"]],
    [
      "r.test:5000/a",
      { daemon: { "insecure-registries": ["r.test:5000"] } },
      ["r.test:5000/a plain"],
    ],
    ["r.test/a", { daemon: { "insecure-registries": ["r.test:5000"] } }, ["r.test/a"]],
    ["10.1.2.3:5/a", { daemon: { "insecure-registries": ["10.0.0.0/8"] } }, ["10.1.2.3:5/a plain"]],
    ["r.test/a", { env: { BULWARK_INSECURE_REGISTRIES: "x.test, r.test" } }, ["r.test/a plain"]],
    [
      "r.test/a",
      { registries: '[[registry]]\nlocation="r.test"\ninsecure=true' },
      ["r.test/a plain"],
    ],
  ])("%s with %j is spoken to at %j", async (reference, configuration, wanted) => {
    expect(await placed(reference, configuration)).toEqual(wanted);
  });
});

describe("mirrors", () => {
  const mirrored = [
    "[[registry]]",
    'location = "r.test"',
    "[[registry.mirror]]",
    'location = "m.test/cache"',
    "[[registry.mirror]]",
    'location = "n.test"',
    "insecure = true",
    'pull-from-mirror = "digest-only"',
  ].join("\n");

  test.each([
    ["r.test/a/b:1", mirrored, ["m.test/cache/a/b", "r.test/a/b"]],
    [`r.test/a@${DIGEST}`, mirrored, ["m.test/cache/a", "n.test/a plain", "r.test/a"]],
    ["other.test/a", mirrored, ["other.test/a"]],
    [
      "r.test/x/a",
      `${mirrored}\n[[registry]]\nprefix="r.test/x"\nlocation="y.test/z"`,
      ["y.test/z/a"],
    ],
    ["r.test/xy", `[[registry]]\nprefix="r.test/x"\nlocation="y.test/z"`, ["r.test/xy"]],
    ["a.r.test/x", '[[registry]]\nprefix="*.r.test"\nlocation="y.test/z"', ["y.test/z/x"]],
    ["r.test/x", '[[registry]]\nprefix="*.r.test"\nlocation="y.test/z"', ["r.test/x"]],
    [
      "alpine",
      '[[registry]]\nprefix="docker.io"\nlocation="m.test/hub"',
      ["m.test/hub/library/alpine"],
    ],
    [
      "alpine",
      '[[registry]]\nlocation="docker.io"\nmirror-by-digest-only=true\n[[registry.mirror]]\nlocation="m.test"',
      ["registry-1.docker.io/library/alpine"],
    ],
    ["r.test/x", "# [[registry]]\nunqualified-search-registries = []", ["r.test/x"]],
  ])("of %s in registries.conf", async (reference, registries, wanted) => {
    expect(await placed(reference, { registries })).toEqual(wanted);
  });

  test("in Docker's configuration are those of Docker Hub", async () => {
    const daemon = {
      "registry-mirrors": ["https://m.test/", "http://10.0.0.1:5000", "http://n.test", "nonsense"],
    };
    expect(await placed("alpine", { daemon })).toEqual([
      "m.test/library/alpine",
      "10.0.0.1:5000/library/alpine plain",
      "n.test:80/library/alpine plain",
      "registry-1.docker.io/library/alpine",
    ]);
    expect(await placed("r.test/a", { daemon })).toEqual(["r.test/a"]);
  });

  test("in files that are no configuration are an error that names the file", async () => {
    const [toml] = await placed("alpine", { registries: "[[registry]]\nprefix = " });
    expect(toml).toMatch(/^config-invalid: cannot read registries ".*registries.conf": line 2/);
    const [json] = await placed("alpine", { daemon: [] });
    expect(json).toMatch(/^config-invalid: cannot read Docker's configuration ".*daemon.json"/);
  });
});
