// What cosign, Notation and oras attach, as `bulwark tree` shows it: at registries of both kinds, and in layouts that were copied.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LayoutWriter, named } from "../../src/io/layout/test-support/layout-writer.ts";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, start } from "../lab/bundle.ts";
import { startOciRegistry } from "../lab/oci-registry/start.ts";
import { labPeers, PEERS_TIMEOUT_MS } from "../lab/peers.ts";
import { missingPrograms } from "../lab/programs.ts";
import { REGISTRY_PROGRAMS, startRegistry } from "../lab/registry.ts";

const { peers, reason } = await labPeers(["cosign", "crane", "notation", "oras"]);
const missing = reason ?? missingPrograms(...REGISTRY_PROGRAMS);
let bundle: Bundle;
let home: string;

beforeAll(() => {
  bundle = buildBundle("tree");
  home = mkdtempSync(join(tmpdir(), "bulwark-tree-"));
}, BUNDLE_TIMEOUT_MS + PEERS_TIMEOUT_MS);
afterAll(() => {
  bundle.remove();
  rmSync(home, { recursive: true, force: true });
});

type Name = "cosign" | "crane" | "notation" | "oras";
async function run(name: Name, ...args: string[]): Promise<string> {
  if (peers === null) throw new Error(reason);
  return peers[name].expect(args, { home, env: { COSIGN_PASSWORD: "" } });
}

/** The tree with what differs from run to run replaced. */
async function tree(image: string): Promise<string> {
  const { exit, stdout, stderr } = await start(bundle.program, ["tree", image], { folder: home })
    .ended;
  if (exit !== 0) return stderr;
  return stdout
    .replaceAll(/\b[0-9a-f]{12}\b/g, "DIGEST")
    .replaceAll(/\b\d{4}-\d\d-\d\d\b/g, "DATE")
    .replaceAll(/ +[0-9.]+ k?B\b/g, " SIZE")
    .replaceAll(/(?:localhost|127\.0\.0\.1):\d+/g, "HOST")
    .concat(stderr);
}

describe.skipIf(missing !== null)(
  "the tree of an image (cosign, crane, notation, oras of Debian sid; docker-registry, htpasswd, openssl, skopeo)",
  () => {
    const layout = (): string => join(home, "layout");

    beforeAll(async () => {
      const writer = new LayoutWriter(layout());
      const [amd, arm] = [
        writer.image(["for amd"]),
        writer.image(["for arm"], { architecture: "arm64" }),
      ];
      const index = writer.index([
        { ...amd.manifest, platform: { os: "linux", architecture: "amd64" } },
        { ...arm.manifest, platform: { os: "linux", architecture: "arm64" } },
      ]);
      writer.finish([named(index, "many")]);
      writeFileSync(join(home, "sbom.json"), '{"bomFormat":"CycloneDX"}');
      writeFileSync(join(home, "provenance.json"), '{"buildDefinition":{}}');
      await run("cosign", "generate-key-pair");
      await run("notation", "cert", "generate-test", "--default", "lab");
    }, PEERS_TIMEOUT_MS);

    async function attached(host: string): Promise<string> {
      const image = `${host}/team/api:1`;
      await run("oras", "cp", "--from-oci-layout", `${layout()}:many`, "--to-plain-http", image);
      const digest = (await run("crane", "digest", "--insecure", image)).trim();
      const subject = `${host}/team/api@${digest}`;
      const offline = ["--tlog-upload=false", "--use-signing-config=false"];
      const signing = ["--key", "cosign.key", ...offline, "--allow-insecure-registry", "-y"];
      const old = "--new-bundle-format=false";
      await run("cosign", "sign", "-r", ...signing, subject);
      await run("cosign", "sign", old, ...signing, subject);
      const provenance = ["--type", "slsaprovenance1", "--predicate", "provenance.json"];
      await run("cosign", "attest", ...provenance, ...signing, subject);
      await run("cosign", "attest", old, ...provenance, ...signing, subject);
      await run("notation", "sign", "--insecure-registry", subject);
      const sbom = "application/vnd.cyclonedx+json";
      const flags = ["--plain-http", "--artifact-type", sbom];
      await run("oras", "attach", ...flags, subject, `sbom.json:${sbom}`);
      return image;
    }

    test("at a registry that lists, and in layouts that are copied from there", async () => {
      const registry = await startOciRegistry();
      try {
        const image = await attached(registry.host);
        expect(await tree(image)).toBe(TREE);
        const copy = join(home, "copy");
        await run("oras", "cp", "-r", "--from-plain-http", image, "--to-oci-layout", `${copy}:1`);
        expect((await tree(`oci:${copy}:1`)).split("\n")).toEqual([
          `oci:${copy}:1: 4 signatures, 1 attestation and 1 SBOM`,
          expect.stringMatching(/^index/),
          expect.stringMatching(/^├─ linux\/amd64/),
          expect.stringMatching(/^│ {2}└─ signature/),
          expect.stringMatching(/^├─ linux\/arm64/),
          expect.stringMatching(/^│ {2}└─ signature/),
          ...Array.from({ length: 4 }, () => expect.stringMatching(/^[├└]─ /)),
          "",
        ]);
        const saved = join(home, "saved");
        await run("cosign", "save", "--allow-insecure-registry", "--dir", saved, image);
        expect(await tree(`oci:${saved}`)).toContain("/saved: 1 signature and 1 attestation\n");
      } finally {
        await registry.stop();
      }
    });

    test("at a registry where clients keep the list, which is wrong about kinds", async () => {
      const registry = await startRegistry({ tls: false, auth: false });
      try {
        expect(await tree(await attached(registry.host))).toBe(TREE);
      } finally {
        await registry.stop();
      }
    });
  },
);

const TREE = `HOST/team/api:1: 5 signatures, 2 attestations and 1 SBOM
index                                   DIGEST
├─ linux/amd64                          DIGEST
│  └─ signature             bundle      DIGEST SIZE  DATE
├─ linux/arm64                          DIGEST
│  └─ signature             bundle      DIGEST SIZE  DATE
├─ signature                bundle      DIGEST SIZE  DATE
├─ signature                Notation    DIGEST SIZE  DATE
├─ signature                cosign tag  DIGEST SIZE
├─ attests SLSA provenance  bundle      DIGEST SIZE  DATE
├─ attests SLSA provenance  cosign tag  DIGEST SIZE
└─ SBOM (CycloneDX)         OCI         DIGEST SIZE  DATE
`;
