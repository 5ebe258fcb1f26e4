import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms } from "../../test/lab/programs.ts";
import { type LabRegistry, REGISTRY_PROGRAMS, startRegistry } from "../../test/lab/registry.ts";
import { osvRecord, writeFeed } from "../io/feeds/test-support/small-feed.ts";
import { openStore } from "../io/store/open.ts";
import { AppError } from "../kit/error.ts";
import {
  buildDatabase,
  databaseStatus,
  publishDatabase,
  updateFromPublishers,
  updateFromRegistry,
} from "./db.ts";
import type { Surroundings } from "./surroundings.ts";

let base: string;

beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), "bulwark-db-"));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function surroundings(env: Surroundings["env"] = {}): Surroundings {
  return {
    env: { HOME: base, ...env },
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: () => undefined,
  };
}

async function codeOf(action: Promise<unknown>): Promise<string> {
  const error: unknown = await action.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof AppError ? error.code : `no AppError: ${String(error)}`;
}

async function advisoriesOf(folder: string, ecosystem = "npm"): Promise<string[]> {
  const store = await openStore(folder);
  const found = store.source.affected(ecosystem, "x").map((s) => s.advisory);
  store.close();
  return found;
}

/** One record each for npm and Debian. */
function records(id: string, modified = "2026-01-02T03:04:05Z"): object[] {
  const affected = [{ package: { ecosystem: "Debian:12", name: "x" }, versions: ["1"] }];
  return [
    osvRecord(`${id}-N`, "x", { modified }),
    osvRecord(`${id}-D`, "x", { modified, affected }),
  ];
}

async function built(name: string, list: readonly object[]): Promise<string> {
  const folder = join(base, name);
  const from = [writeFeed(join(base, `${name}-feed`), list)];
  await buildDatabase({ from, folder }, surroundings());
  return folder;
}

test("events are sorted by the order of their ecosystem", async () => {
  const events = [
    { fixed: "1.10.0" },
    { introduced: "1.9.0" },
    { introduced: "1.0.0" },
    { fixed: "1.2.0" },
  ];
  const affected = [
    { package: { ecosystem: "npm", name: "x" }, ranges: [{ type: "SEMVER", events }] },
  ];
  const folder = await built("sorted", [osvRecord("G-1", "x", { affected })]);
  const { source, close } = await openStore(folder);
  expect(source.affected("npm", "x")[0]?.ranges).toEqual([
    { introduced: "1.0.0", fixed: "1.2.0" },
    { introduced: "1.9.0", fixed: "1.10.0" },
  ]);
  close();
});

test("data is old after two days, by its own dates", async () => {
  const hours = (count: number): string => new Date(Date.now() - count * 3_600_000).toISOString();
  const status = async (name: string, age: number): ReturnType<typeof databaseStatus> =>
    databaseStatus(await built(name, records("A", hours(age))), surroundings());
  const [young, old] = [await status("young", 30), await status("old", 60)];
  expect([young, old].map((s) => [s.isOld, Math.round(s.data.ageHours ?? 0)])).toEqual([
    [false, 30],
    [true, 60],
  ]);
});

test("the status tells what scans keep of layers", async () => {
  const cacheDir = join(base, "cache");
  mkdirSync(join(cacheDir, "layers"), { recursive: true });
  writeFileSync(join(cacheDir, "layers/a"), "12345");
  const { cache } = await databaseStatus(
    await built("kept", records("A", new Date().toISOString())),
    surroundings({ BULWARK_CACHE_DIR: cacheDir }),
  );
  expect(cache).toEqual({ folder: cacheDir, entries: 1, sizeBytes: 5, sizeBytesMax: 2e9 });
});

describe("publishers", () => {
  let server: Server;
  let address: string;
  let body = JSON.stringify(records("P")[0]);
  let status = 200;
  const asked: (string | undefined)[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.headers["if-none-match"]);
      const tag = `"${body.length}"`;
      const isKnown = request.headers["if-none-match"] === tag;
      response.writeHead(status === 200 && isKnown ? 304 : status, { etag: tag });
      response.end(isKnown ? undefined : body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const bound = server.address();
    address = `http://127.0.0.1:${typeof bound === "object" && bound !== null ? bound.port : 0}`;
  });
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });

  test("are asked for what changed, and their last word counts when they fail", async () => {
    const folder = join(base, "fetched");
    const update = (): ReturnType<typeof updateFromPublishers> =>
      updateFromPublishers(
        { folder, offline: false, sources: [`own=${address}/a.json`], only: ["own"] },
        surroundings(),
      );
    const first = await update();
    const second = await update();
    body = JSON.stringify(osvRecord("P-NEWER", "x"));
    const third = await update();
    status = 404;
    const fourth = await update();
    status = 200;
    expect({
      changed: [first, second, third, fourth].map((r) => r.changed),
      problems: [first, second, third, fourth].map((r) => r.problemCount),
      asked: asked.map((tag) => tag !== undefined),
      found: await advisoriesOf(folder),
      isFresh: Date.now() - Date.parse(third.manifest.currentAt) < 60_000,
      isOldByItself: fourth.manifest.currentAt.slice(0, 10),
    }).toEqual({
      changed: [1, 0, 1, 0],
      problems: [0, 0, 0, 1],
      asked: [false, true, true, true],
      found: ["P-NEWER"],
      isFresh: true,
      isOldByItself: "2026-01-02",
    });
  });

  test.each([
    ["fetch-failed", false, ["own=http://127.0.0.1:1/"], ["own"]],
    ["offline", true, ["own=http://127.0.0.1:1/"], ["own"]],
    ["usage", false, [], ["nobody"]],
    ["usage", false, ["no pair"], []],
  ])("%s is said where it is so", async (code, offline, sources, only) => {
    const folder = join(base, "never");
    const update = updateFromPublishers({ folder, offline, sources, only }, surroundings());
    expect(await codeOf(update)).toBe(code);
  });
});

describe("a registry", () => {
  const missing = missingPrograms(...REGISTRY_PROGRAMS);
  let registry: LabRegistry;
  let lab: Surroundings;
  const key = (name: string): string => join(base, name);

  beforeAll(async () => {
    if (missing !== null) return;
    registry = await startRegistry();
    const auth = Buffer.from(`${registry.username}:${registry.password}`).toString("base64");
    mkdirSync(join(base, ".docker"));
    const config = { auths: { [registry.host]: { auth } } };
    writeFileSync(join(base, ".docker/config.json"), JSON.stringify(config));
    lab = surroundings({ SSL_CERT_FILE: registry.authority ?? "" });
    for (const name of ["ours", "theirs"]) {
      const { privateKey, publicKey } = generateKeyPairSync("ed25519");
      writeFileSync(key(`${name}.key`), privateKey.export({ type: "pkcs8", format: "pem" }));
      writeFileSync(key(`${name}.pub`), publicKey.export({ type: "spki", format: "pem" }));
    }
  }, 60_000);
  afterAll(async () => {
    if (missing === null) await registry.stop();
  });

  test.skipIf(missing !== null)(
    `gives signed stores by ecosystem, and what is new in them (${missing})`,
    async () => {
      const reference = `${registry.host}/team/db:v1`;
      const mine = await built("mine", records("R"));
      const published = await publishDatabase(
        { folder: mine, reference, key: key("ours.key") },
        lab,
      );
      const folder = join(base, "pulled");
      const pull = (ecosystems: readonly string[]): ReturnType<typeof updateFromRegistry> =>
        updateFromRegistry(
          {
            folder,
            reference,
            ecosystems,
            trust: key("ours.pub"),
            allowUnsigned: false,
            offline: false,
          },
          lab,
        );
      const part = await pull(["debian"]);
      const rest = await pull([]);
      const again = await pull([]);
      expect({
        signed: published.signed,
        part: part.manifest.tables.map((t) => t.name),
        rest: rest.manifest.tables.map((t) => t.name),
        loaded: [part, rest, again].map((r) => r.loadedBytes > 0),
        missing: await codeOf(pull(["Haiku"])),
        found: [await advisoriesOf(folder), await advisoriesOf(folder, "Debian:12")],
      }).toEqual({
        signed: true,
        part: ["Debian"],
        rest: ["Debian", "npm"],
        loaded: [true, true, false],
        missing: "store-invalid",
        found: [["R-N"], ["R-D"]],
      });
    },
    60_000,
  );

  test.skipIf(missing !== null)(
    `is not believed without the right signature (${missing})`,
    async () => {
      const unsigned = `${registry.host}/team/unsigned`;
      const signed = `${registry.host}/team/signed`;
      const folder = await built("unsigned", records("U"));
      await publishDatabase({ folder, reference: unsigned, key: null }, lab);
      await publishDatabase({ folder, reference: signed, key: key("theirs.key") }, lab);
      const into = join(base, "careful");
      const pull = (
        reference: string,
        trust: string | null,
        allowUnsigned = false,
      ): Promise<string> =>
        codeOf(
          updateFromRegistry(
            { folder: into, reference, ecosystems: [], trust, allowUnsigned, offline: false },
            lab,
          ),
        );
      expect([
        await pull(unsigned, null),
        await pull(unsigned, key("ours.pub")),
        await pull(signed, key("ours.pub")),
        await pull(signed, key("theirs.key.absent")),
        await pull(signed, join(base, ".docker/config.json")),
        await codeOf(openStore(into)),
        await pull(unsigned, null, true),
        await advisoriesOf(into),
      ]).toEqual([
        ...["usage", "store-invalid", "store-invalid", "not-found", "usage", "store-missing"],
        "no AppError: null",
        ["U-N"],
      ]);
    },
    60_000,
  );

  test.skipIf(missing !== null)(
    `cannot take newer knowledge away (${missing})`,
    async () => {
      const reference = `${registry.host}/team/replayed`;
      const old = await built("replayed", records("OLD", "2025-01-01T00:00:00Z"));
      const folder = await built("current", records("NEW", "2026-01-01T00:00:00Z"));
      await publishDatabase({ folder: old, reference, key: key("ours.key") }, lab);
      const request = { folder, reference, ecosystems: [], trust: key("ours.pub") };
      const { isKept } = await updateFromRegistry(
        { ...request, allowUnsigned: false, offline: false },
        lab,
      );
      expect([isKept, await advisoriesOf(folder)]).toEqual([true, ["NEW-N"]]);
    },
    60_000,
  );
});
