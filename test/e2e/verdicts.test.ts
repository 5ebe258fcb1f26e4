// From the gate to the rule that asks for its verdict: decided once, signed, attached to the digest, and asked again.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OCI_MANIFEST } from "../../src/formats/oci-media-type.ts";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, type Ended, start } from "../lab/bundle.ts";
import { type OciRegistry, startOciRegistry } from "../lab/oci-registry/start.ts";

const TIMEOUT_MS = 120_000;
let bundle: Bundle;
let home: string;
let registry: OciRegistry;

beforeAll(async () => {
  bundle = buildBundle("verdicts");
  home = mkdtempSync(join(tmpdir(), "bulwark-verdicts-"));
  registry = await startOciRegistry();
  for (const name of ["gate", "release", "stranger"])
    expect((await bulwark("keys", "generate", "--output", name)).exit).toBe(0);
  const keys = ["gate", "release"].map((name) => `  - { id: ${name}, key: ${name}.pub }\n`);
  writeFileSync(join(home, "bulwark.trust.yaml"), `keys:\n${keys.join("")}`);
  writeFileSync(
    join(home, "bulwark.yaml"),
    `policy: payments
rules:
  - { id: user, stages: [build], about: image, when: 'image.user == ""', message: it starts as root }
  - { id: signed, stages: [deploy], signed: { by: [release] } }
  - { id: passed, stages: [deploy], verdict: { by: [gate], policy: payments } }
`,
  );
}, BUNDLE_TIMEOUT_MS);
afterAll(async () => {
  bundle.remove();
  await registry.stop();
  rmSync(home, { recursive: true, force: true });
});

function bulwark(...args: string[]): Promise<Ended> {
  const env = { BULWARK_KEY_PASSWORD: "lab", HOME: home, XDG_DATA_HOME: join(home, "data") };
  return start(bundle.program, args, { folder: home, env }).ended;
}

/** An image without layers, pushed. */
function image(name: string, user: string): string {
  const repository = registry.repository(name);
  const blob = (document: object, mediaType: string) => {
    const bytes = Buffer.from(JSON.stringify(document));
    return { mediaType, digest: repository.putBlob(bytes), size: bytes.length };
  };
  const config = {
    os: "linux",
    architecture: "amd64",
    config: { User: user },
    rootfs: { type: "layers", diff_ids: [] },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: blob(config, "application/vnd.oci.image.config.v1+json"),
    layers: [],
  };
  const { digest } = repository.putManifest(Buffer.from(JSON.stringify(manifest)), OCI_MANIFEST);
  repository.tag("1", digest);
  return `${registry.host}/${name}:1`;
}

interface Gated {
  readonly exit: number | null;
  readonly rules: Readonly<Record<string, string>>;
}

async function gate(...args: string[]): Promise<Gated> {
  const { exit, stdout, stderr } = await bulwark("gate", ...args, "--format", "json");
  if (stdout === "") throw new Error(stderr);
  const [result] = JSON.parse(stdout).results;
  const rules = result.answers.map((answer: { rule: string; outcome: string; summary: string }) => [
    answer.rule,
    `${answer.outcome}: ${answer.summary.split(": ").slice(2).join(": ")}`,
  ]);
  return { exit, rules: Object.fromEntries(rules) };
}

const NOTHING = "violated: nothing of the kind is attached";

test(
  "an image passes at deploy once it is signed, and has passed at build",
  async () => {
    const api = image("team/api", "65532");
    const deploy = [api, "--stage", "deploy"];
    const before = await gate(...deploy);
    const attested = await gate(api, "--attest", "--key", "gate.key");
    const unsigned = await gate(...deploy);
    await bulwark("sign", api, "--key", "stranger.key");
    const strange = await gate(...deploy);
    await bulwark("sign", api, "--key", "release.key");
    expect([before, attested, unsigned, strange, await gate(...deploy)]).toEqual([
      { exit: 3, rules: { signed: NOTHING, passed: NOTHING } },
      { exit: 0, rules: {} },
      { exit: 3, rules: { signed: NOTHING } },
      { exit: 3, rules: { signed: expect.stringContaining("it is not by a trusted key") } },
      { exit: 0, rules: {} },
    ]);
  },
  TIMEOUT_MS,
);

test(
  "a verdict that denies is attached, too, and supersedes one that allowed",
  async () => {
    const api = image("team/root", "");
    await bulwark("sign", api, "--key", "release.key");
    const attested = await gate(api, "--attest", "--key", "gate.key");
    const denied = await gate(api, "--stage", "deploy");
    expect([attested.exit, denied]).toEqual([
      3,
      {
        exit: 3,
        rules: { passed: expect.stringMatching(/its newest verdict, of \S+, is FAILED/) },
      },
    ]);
  },
  TIMEOUT_MS,
);

test(
  "a verdict by somebody who is trusted for something else does not count",
  async () => {
    const api = image("team/other", "65532");
    await bulwark("sign", api, "--key", "release.key");
    await gate(api, "--attest", "--key", "release.key");
    expect(await gate(api, "--stage", "deploy")).toEqual({
      exit: 3,
      rules: { passed: "violated: it is by release" },
    });
  },
  TIMEOUT_MS,
);

test(
  "nobody who is believed, and nothing that could be signed, are said",
  async () => {
    const api = image("team/nobody", "65532");
    const noTrust = await bulwark(
      "gate",
      api,
      "--policy",
      "supply-chain",
      "--stage",
      "deploy",
      "--trust",
      "none.yaml",
    );
    const noKey = await bulwark("gate", api, "--attest");
    const stranger = await bulwark("gate", api, "--attest", "--key", "no.key");
    writeFileSync(
      join(home, "odd.yaml"),
      "policy: odd\nrules: [{ id: s, signed: { by: [nobody] } }]\n",
    );
    const odd = await bulwark("gate", api, "--policy", "odd.yaml");
    expect(
      [noTrust, noKey, stranger, odd].map(({ exit, stderr }) => [exit, stderr.split("\n")[0]]),
    ).toEqual([
      [1, expect.stringContaining('cannot open trust file "none.yaml"')],
      [2, expect.stringContaining("name either --key or --keyless")],
      [1, expect.stringContaining("no.key")],
      [2, expect.stringContaining('rule s names "nobody", who is not in "bulwark.trust.yaml"')],
    ]);
  },
  TIMEOUT_MS,
);

/** What the gate says of a Compose file with one service, and what is said at deploy of its image by the verdict that it attached. */
async function excepted(name: string, scope: string): Promise<[number | null, Gated]> {
  const api = image(name, "");
  await bulwark("sign", api, "--key", "release.key");
  const [compose, exceptions] = [join(home, `${scope}.yaml`), join(home, `${scope}-except.yaml`)];
  writeFileSync(compose, `services: { probe: { image: "${api}" } }\n`);
  const why = "reason: it needs it, owner: team, until: 2099-01-01";
  const one = `{ rule: user, scope: { ${scope}: "${scope === "image" ? `**/${name}` : "probe"}" }, ${why} }`;
  writeFileSync(exceptions, `exceptions: [${one}]\n`);
  const attesting = ["--exceptions", exceptions, "--attest", "--key", "gate.key"];
  const { exit, stderr } = await bulwark("gate", compose, ...attesting);
  if (exit !== 0) throw new Error(stderr);
  return [exit, await gate(api, "--stage", "deploy")];
}

test(
  "what an exception for an image let through is let through everywhere",
  async () => {
    expect(await excepted("team/excepted", "image")).toEqual([0, { exit: 0, rules: {} }]);
  },
  TIMEOUT_MS,
);

test(
  "what an exception for one container let through is attested for nobody",
  async () => {
    const rules = { passed: expect.stringMatching(/its newest verdict, of \S+, is FAILED/) };
    expect(await excepted("team/one", "container")).toEqual([0, { exit: 3, rules }]);
  },
  TIMEOUT_MS,
);
