// Trust on a machine without a network: one file is carried there, and nothing that --offline is given to touches the network.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LayoutWriter, named } from "../../src/io/layout/test-support/layout-writer.ts";
import { deployment, IDENTITY, ISSUER } from "../../src/io/trust/test-support/deployment.ts";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, type Ended, start } from "../lab/bundle.ts";
import { type NetworkTrap, networkTrap } from "../lab/network-trap.ts";

const CONTENT = "what was released";
let bundle: Bundle;
let home: string;
let trap: NetworkTrap;

function bulwark(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const all = { BULWARK_KEY_PASSWORD: "lab", ...trap.env, ...env };
  return start(bundle.program, args, { folder: home, env: all }).ended;
}

/** How it ended, what the trap noted, and the first line of its answer. */
async function ended(
  line: string,
  env?: Record<string, string>,
): Promise<[number, string[], string]> {
  const { exit, stdout, stderr } = await bulwark(line.split(" "), env);
  return [exit, trap.sprung(), `${stdout}${stderr}`.split("\n", 1)[0] ?? ""];
}

beforeAll(async () => {
  bundle = buildBundle("offline");
  home = mkdtempSync(join(tmpdir(), "bulwark-offline-"));
  trap = networkTrap(home);
  const sha256 = createHash("sha256").update(CONTENT).digest("hex");
  const ours = await deployment(new Date());
  writeFileSync(join(home, "app"), CONTENT);
  writeFileSync(join(home, "app.sigstore.json"), await ours.bundle({ sha256 }));
  mkdirSync(join(home, "keys"));
  writeFileSync(join(home, "keys/root.json"), ours.root());
  for (const name of ["one", "two"])
    await bulwark(["keys", "generate", "--output", `keys/${name}`]);
  const trust = {
    keys: [{ id: "release", key: "keys/one.pub", "not-after": "2099-01-01" }],
    identities: [{ issuer: ISSUER, identity: IDENTITY, root: "acme" }],
    roots: [{ name: "acme", root: "keys/root.json" }],
  };
  writeFileSync(join(home, "bulwark.trust.yaml"), JSON.stringify(trust));
  const writer = new LayoutWriter(join(home, "layout"));
  writer.finish([named(writer.image(["in a layout"]).manifest, "one")]);
}, BUNDLE_TIMEOUT_MS);
afterAll(() => {
  bundle.remove();
  rmSync(home, { recursive: true, force: true });
});

describe("a trust bundle", () => {
  test("stands for all the files that it was made of", async () => {
    expect(await ended("trust bundle --output offline.yaml")).toEqual([
      0,
      [],
      'bulwark: note: 1 key, 1 identity and 1 root stand in "offline.yaml"',
    ]);
    const text = readFileSync(join(home, "offline.yaml"), "utf8");
    expect([text.includes("keys/"), text.includes("-----BEGIN PUBLIC KEY-----")]).toEqual([
      false,
      true,
    ]);
    rmSync(join(home, "keys/root.json"));
    rmSync(join(home, "keys/one.pub"));
    const asked = "verify app --bundle app.sigstore.json --trust offline.yaml --offline";
    const [exit, sprung, first] = await ended(asked);
    expect([exit, sprung, first.startsWith("verified  app")]).toEqual([0, [], true]);
    const again = await bulwark(["trust", "bundle", "offline.yaml"]);
    expect(again.stdout).toBe(text);
  });

  test("is shown with whom it believes, and warned of before it ends", async () => {
    const shown = await bulwark(["trust", "show", "offline.yaml"]);
    expect([shown.exit, shown.stderr]).toEqual([0, ""]);
    expect(shown.stdout).toMatch(
      /^KEYS\n {2}release {2}P-256 {2}[0-9a-f]{12} {2}until 2099-01-01\n\nIDENTITIES\n {2}https:\/\/git\.example/,
    );
    const soon = await bulwark(["trust", "show", "offline.yaml", "--ends-within", "36500"]);
    expect(soon.stderr).toMatch(/warning: key "release" ends at 2099-01-01/);
    expect(soon.stderr).toMatch(/warning: an authority of the trusted root "acme" ends at /);
    const { roots, warnings } = JSON.parse(
      (await bulwark(["trust", "show", "offline.yaml", "--format", "json"])).stdout,
    ) as { roots: { name: string; neededBy: string[] }[]; warnings: string[] };
    expect([roots[0]?.name, roots[0]?.neededBy, warnings]).toEqual(["acme", [IDENTITY], []]);
  });

  test("takes up the built-in root where somebody is of it, and no private key", async () => {
    const keyed = await bulwark(["trust", "bundle", "--key", "keys/two.pub"]);
    const person = ["--identity", "me@acme.example", "--issuer", ISSUER];
    const ofPublic = await bulwark(["trust", "bundle", ...person]);
    const isThere = ({ stdout }: Ended): boolean => stdout.includes("fulcio.sigstore.dev");
    expect([isThere(keyed), isThere(ofPublic)]).toEqual([false, true]);
    const { exit, stdout, stderr } = await bulwark(["trust", "bundle", "--key", "keys/two.key"]);
    expect([exit, stdout]).toEqual([1, ""]);
    expect(stderr).toContain("it is not a public key");
  });
});

describe("without a network", () => {
  test("images are signed, attested and verified, and that is recorded where it is asked for", async () => {
    writeFileSync(join(home, "sbom.json"), "{}");
    const recorded = "--offline --evidence log";
    const [key, pub] = ["--key keys/two.key", "--key keys/two.pub"];
    const attested = "--predicate sbom.json --type cyclonedx";
    const endings = [
      await ended(`sign oci:layout:one ${key} ${recorded}`),
      await ended(`attest oci:layout:one ${key} ${attested} ${recorded}`),
      await ended(`verify oci:layout:one ${pub} ${recorded}`),
      await ended(`verify oci:layout:one --trust offline.yaml ${recorded}`),
      await ended(`verify app --bundle app.sigstore.json --trust offline.yaml ${recorded}`),
      await ended("tree oci:layout:one --offline"),
      await ended("scan oci:layout:one --offline"),
      await ended("gate oci:layout:one --offline"),
    ];
    expect(endings.map(([exit, sprung]) => [exit, sprung]).slice(0, 6)).toEqual([
      [0, []],
      [0, []],
      [0, []],
      [3, []],
      [0, []],
      [0, []],
    ]);
    expect(endings.flatMap(([, sprung]) => sprung)).toEqual([]);
    const shown = await bulwark(["evidence", "export", "--evidence", "log", "--format", "json"]);
    const { entries } = JSON.parse(shown.stdout) as {
      entries: { decision?: { action: string; outcome: string } }[];
    };
    expect(entries.flatMap(({ decision: d }) => (d ? [`${d.action} ${d.outcome}`] : []))).toEqual([
      "sign done",
      "attest done",
      "verify allow",
      "verify deny",
      "verify allow",
    ]);
  });

  test("what cannot be recorded where it must be fails", async () => {
    const asked = "verify app --bundle app.sigstore.json --trust offline.yaml --evidence app";
    const [exit, , first] = await ended(asked);
    expect([exit, first]).toEqual([1, expect.stringContaining("(evidence-unwritable)")]);
  });

  const REMOTE = "registry.example.org/team/api:1";
  test.each([
    `verify ${REMOTE} --key keys/two.pub --offline`,
    `sign ${REMOTE} --key keys/two.key --offline`,
    "sign oci:layout:one --key awskms:///alias/release --offline",
    "sign oci:layout:one --key hashivault://release --offline",
    "sign oci:layout:one --keyless --offline",
    `tree ${REMOTE} --offline`,
    "scan docker:api:1 --offline",
  ])("%s says that it would need one, and does not try", async (line) => {
    const token = `e30.${Buffer.from('{"sub":"x","email":"x@y.example"}').toString("base64url")}.e30`;
    const [exit, sprung, first] = await ended(line, {
      ...{ AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" },
      ...{ VAULT_ADDR: "https://vault.example", VAULT_TOKEN: "c", SIGSTORE_ID_TOKEN: token },
      DOCKER_HOST: "tcp://127.0.0.1:2375",
    });
    expect([exit, sprung, first]).toEqual([1, [], expect.stringContaining("--offline forbids it")]);
  });

  test.each([
    `verify ${REMOTE} --key keys/two.pub`,
    "sign oci:layout:one --key hashivault://release",
    "scan docker:api:1",
  ])("%s springs the trap, so that there is one", async (line) => {
    const [exit, sprung] = await ended(line, {
      ...{ VAULT_ADDR: "https://127.0.0.1:1", VAULT_TOKEN: "c" },
      DOCKER_HOST: "tcp://127.0.0.1:2375",
    });
    expect(exit).not.toBe(0);
    expect(sprung.length).toBeGreaterThan(0);
  });
});
