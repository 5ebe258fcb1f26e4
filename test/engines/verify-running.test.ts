// What runs on a real engine, verified at a real registry that has no list of referrers, by keys in overlap.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, type Ended, start } from "../lab/bundle.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  startDocker,
} from "../lab/docker-engine.ts";
import { labPeers, PEERS_TIMEOUT_MS } from "../lab/peers.ts";
import { missingPrograms } from "../lab/programs.ts";
import { type LabRegistry, startRegistry } from "../lab/registry.ts";
import { sharedPath } from "../shared.ts";

const ALPINE = sharedPath("data/goldens/images/alpine-311.tar.gz");
const shared = existsSync(ALPINE) || process.env["CI"] === "true" ? null : "shared fixtures absent";
const { peers, reason } = await labPeers(["cosign"]);
const missing = dockerHindrance() ?? missingPrograms("docker-registry") ?? reason ?? shared;

const DAY_MS = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
const [YESTERDAY, SOON] = [inDays(-1), inDays(20)];
const KEYS = ["new", "old", "ending", "ended", "revoked", "foreign"];
const NAMES = [...KEYS, "both", "bare", "gone"];

describe.skipIf(missing !== null)(`what runs on a Docker Engine (${missing ?? "real"})`, () => {
  let bundle: Bundle;
  let home: string;
  let engine: LabEngine;
  let registry: LabRegistry;
  const digests = new Map<string, string>();

  const docker = (...args: string[]): string =>
    execFileSync("docker", ["--host", engine.host, ...args], {
      env: { ...process.env, DOCKER_CONFIG: home },
      stdio: ["ignore", "pipe", "inherit"],
    })
      .toString()
      .trim();
  const bulwark = (...args: string[]): Promise<Ended> => {
    const env = {
      BULWARK_KEY_PASSWORD: "lab",
      DOCKER_HOST: engine.host,
      BULWARK_EVIDENCE: join(home, "usual"),
    };
    return start(bundle.program, args, { folder: home, env }).ended;
  };
  const done = async (...args: string[]): Promise<string> => {
    const { exit, stdout, stderr } = await bulwark(...args);
    if (exit !== 0) throw new Error(`bulwark ${args.join(" ")} ended with ${exit}: ${stderr}`);
    return stdout;
  };
  const at = (name: string): string => digests.get(name) ?? "";
  const named = (name: string): string => `${registry.host}/team/${name}`;

  /** An image of its own. */
  const build = (name: string): void => {
    docker("commit", "--change", `LABEL name=${name}`, "base", `${named(name)}:1`);
  };
  const push = (name: string): void => {
    const said = docker("push", `${named(name)}:1`);
    const digest = /digest: (sha256:[0-9a-f]{64})/.exec(said)?.[1] ?? "";
    digests.set(name, `${named(name)}@${digest}`);
  };
  const run = (name: string, reference = `${named(name)}:1`): void => {
    docker("run", "-d", "--network=none", `--name=${name}`, reference, "sleep", "600");
  };

  /** The bundle that was attached, as a file. */
  const attachedTo = async (name: string, signed: string): Promise<string> => {
    const ask = (kind: string, digest: string): Promise<Response> =>
      fetch(`http://${registry.host}/v2/team/${name}/${kind}/${digest}`, {
        headers: { accept: "application/vnd.oci.image.manifest.v1+json" },
      });
    const manifest = await ask("manifests", (JSON.parse(signed) as { digest: string }).digest);
    const { layers } = (await manifest.json()) as { layers: { digest: string }[] };
    const file = join(home, `${name}.sigstore.json`);
    writeFileSync(file, await (await ask("blobs", layers[0]?.digest ?? "")).text());
    return file;
  };

  beforeAll(
    async () => {
      bundle = buildBundle("verify-running");
      home = mkdtempSync(join(tmpdir(), "bulwark-verify-running-"));
      [engine, registry] = await Promise.all([
        startDocker(),
        startRegistry({ tls: false, auth: false }),
      ]);
      writeFileSync(join(home, "alpine.tar"), gunzipSync(readFileSync(ALPINE)));
      docker("load", "-i", join(home, "alpine.tar"));
      docker("create", "--network=none", "--name=base", "alpine:3.11", "sleep", "600");
      for (const name of KEYS) await done("keys", "generate", "--output", name);
      for (const name of [...NAMES, "local"]) build(name);
      for (const name of NAMES) push(name);
      const signed = new Map<string, string>();
      for (const name of KEYS) {
        signed.set(name, await done("sign", at(name), "--key", `${name}.key`, "--format", "json"));
      }
      await done("sign", at("both"), "--key", "old.key", "--old-tag");
      const cosign = ["sign", "--key", "new.key", "--tlog-upload=false", "-y"];
      const options = ["--use-signing-config=false", "--allow-insecure-registry"];
      await peers?.cosign.expect([...cosign, ...options, at("both")], {
        home,
        env: { COSIGN_PASSWORD: "lab" },
      });
      // What a key that has ended said about another image.
      const foreign = await attachedTo("ended", signed.get("ended") ?? "");
      const type = "application/vnd.dev.sigstore.bundle.v0.3+json";
      await done("attach", at("bare"), foreign, "--type", type);
      for (const name of [...NAMES, "local"]) run(name);
      run("again", docker("image", "inspect", "-f", "{{.Id}}", `${named("new")}:1`));
      const [, digest = ""] = at("gone").split("@");
      const gone = `http://${registry.host}/v2/team/gone/manifests/${digest}`;
      expect((await fetch(gone, { method: "DELETE" })).status).toBe(202);
      const key = (id: string, facts: object = {}): object => ({ id, key: `${id}.pub`, ...facts });
      const trust = {
        keys: [
          key("new"),
          key("old", { "replaced-by": "new" }),
          key("ending", { "not-after": SOON }),
          key("ended", { "not-after": YESTERDAY }),
          key("revoked", { revoked: YESTERDAY }),
        ],
      };
      writeFileSync(join(home, "trust.yaml"), JSON.stringify(trust));
    },
    BUNDLE_TIMEOUT_MS + 2 * ENGINE_TIMEOUT_MS + PEERS_TIMEOUT_MS,
  );
  afterAll(async () => {
    await engine.stop();
    await registry.stop();
    bundle.remove();
    rmSync(home, { recursive: true, force: true });
  }, ENGINE_TIMEOUT_MS);

  interface Recorded {
    readonly decision?: {
      readonly action: string;
      readonly outcome: string;
      readonly subject: { readonly name: string };
    };
  }

  interface Answer {
    readonly exitCode: number;
    readonly images: readonly {
      readonly image: string;
      readonly containers: readonly string[];
      readonly digest: string | null;
      readonly standing: string;
      readonly vouchers: readonly { readonly signatory: { id: string }; readonly old: unknown }[];
      readonly reasons: readonly string[];
    }[];
  }
  const answer = async (...options: string[]): Promise<Answer> => {
    const asked = ["verify", "--running", "--trust", "trust.yaml", "--format", "json"];
    const { exit, stdout } = await bulwark(...asked, ...options);
    const told = JSON.parse(stdout) as Answer;
    expect(told.exitCode).toBe(exit);
    return told;
  };
  const standings = ({ images }: Answer): [string, string, unknown][] =>
    images.map(({ containers, standing, vouchers }) => [
      containers.join(),
      standing,
      vouchers.map(({ signatory, old }) => [signatory.id, old]),
    ]);

  test("is told by who vouches for it, and whether only an old key does", async () => {
    const told = await answer();
    expect(told.exitCode).toBe(3);
    expect(new Map(standings(told).map(([name, ...rest]) => [name, rest]))).toEqual(
      new Map<string, unknown[]>([
        ["new", ["current", [["new", null]]]],
        ["again", ["current", [["new", null]]]],
        [
          "both",
          [
            "current",
            expect.toSatisfy(
              (found: unknown[][]) =>
                JSON.stringify(found.map(([id]) => id).sort()) === '["new","old"]',
            ),
          ],
        ],
        ["old", ["old-key", [["old", { kind: "replaced", by: "new" }]]]],
        ["ending", ["old-key", [["ending", { kind: "ending", at: SOON }]]]],
        ["ended", ["lapsed", [["ended", { kind: "ended", at: YESTERDAY }]]]],
        ["revoked", ["lapsed", [["revoked", { kind: "revoked", at: YESTERDAY }]]]],
        ["foreign", ["refused", []]],
        ["bare", ["refused", []]],
        ["gone", ["undecided", []]],
        ["local", ["undecided", []]],
      ]),
    );
    const reasonsOf = (name: string): string =>
      told.images.find(({ containers }) => containers.includes(name))?.reasons.join() ?? "";
    expect([
      reasonsOf("local"),
      reasonsOf("gone"),
      reasonsOf("ended"),
      reasonsOf("foreign"),
    ]).toEqual([
      expect.stringContaining("built or loaded here"),
      expect.stringContaining("does not have this digest"),
      expect.stringContaining(`the key's time ended at ${YESTERDAY}`),
      expect.stringContaining("it is not by a trusted key, wanted key new"),
    ]);
    expect(told.images.find(({ containers }) => containers.includes("new"))?.digest).toBe(
      at("new").split("@")[1],
    );
  });

  test("has keys that end later than asked for among the others", async () => {
    const told = new Map(standings(await answer("--ends-within", "7")).map((one) => [one[0], one]));
    expect(told.get("ending")?.[1]).toBe("current");
  });

  test("is recorded, each image by its digest", async () => {
    await answer("--evidence", "named");
    const shown = await done("evidence", "export", "--evidence", "named", "--format", "json");
    const { entries } = JSON.parse(shown) as { entries: readonly Recorded[] };
    const outcomes = entries.flatMap(({ decision }) =>
      decision === undefined
        ? []
        : [[decision.action, decision.outcome, decision.subject.name.replace(/^.*\/team\//, "")]],
    );
    expect(outcomes).toHaveLength(11);
    expect(outcomes).toEqual(
      expect.arrayContaining([
        ["verify", "allow", "new:1"],
        ["verify", "allow", "old:1"],
        ["verify", "deny", "ended:1"],
        ["verify", "deny", "bare:1"],
        ["verify", "undecided", "local:1"],
      ]),
    );
  });

  test("is shown to people, the worst first, each with what is wrong with it", async () => {
    const { stdout, exit } = await bulwark("verify", "--running", "--trust", "trust.yaml");
    const [first, , second] = stdout.split("\n");
    expect([exit, first, second]).toEqual([
      3,
      "11 images run: 2 not signed by anybody who is trusted, 2 signed only by keys that count no longer, 2 undecided, 2 signed only by old keys, 3 vouched for",
      expect.stringMatching(/^not signed +localhost/),
    ]);
    expect(stdout.replace(/\s+/g, " ")).toContain("(old), which is replaced by new");
  });

  test("and cannot be told at all when its engine or registry cannot be asked", async () => {
    docker("rm", "-f", ...KEYS.filter((name) => name !== "new"), "bare", "gone", "local");
    expect((await answer()).exitCode).toBe(0);
    await registry.stop();
    const without = await answer();
    expect([without.exitCode, new Set(standings(without).map((one) => one[1]))]).toEqual([
      4,
      new Set(["undecided"]),
    ]);
  });
});
