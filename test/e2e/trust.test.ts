// What cosign and Notation sign we verify, and what we sign they verify: every kind of key, both forms, both kinds of registry.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LayoutWriter, named } from "../../src/io/layout/test-support/layout-writer.ts";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, type Ended, start } from "../lab/bundle.ts";
import { type OciRegistry, startOciRegistry } from "../lab/oci-registry/start.ts";
import { labPeers, PEERS_TIMEOUT_MS } from "../lab/peers.ts";

const sid = await labPeers(["cosign", "crane", "notation", "oras"]);
const trixie = await labPeers(["cosign"], "trixie");
const missing = sid.reason ?? trixie.reason;
const PASSWORD = "lab";
const KINDS = ["ecdsa-p256", "ecdsa-p384", "ecdsa-p521", "rsa-2048", "ed25519"];
let bundle: Bundle;
let home: string;
let registry: OciRegistry;

beforeAll(async () => {
  bundle = buildBundle("trust");
  home = mkdtempSync(join(tmpdir(), "bulwark-trust-"));
  registry = await startOciRegistry();
}, BUNDLE_TIMEOUT_MS + PEERS_TIMEOUT_MS);
afterAll(async () => {
  bundle.remove();
  await registry.stop();
  rmSync(home, { recursive: true, force: true });
});

function bulwark(...args: string[]): Promise<Ended> {
  const env = { BULWARK_KEY_PASSWORD: PASSWORD };
  return start(bundle.program, args, { folder: home, env }).ended;
}

async function done(...args: string[]): Promise<string> {
  const { exit, stdout, stderr } = await bulwark(...args);
  if (exit !== 0)
    throw new Error(`bulwark ${args.join(" ")} ended with ${exit}: ${stdout}${stderr}`);
  return stdout;
}

/** The first words of the answer: what is verified, or what was found instead. */
async function verified(image: string, ...args: string[]): Promise<string> {
  const { exit, stdout, stderr } = await bulwark("verify", image, ...args);
  const [first = "", ...lines] = stdout.trim().split("\n");
  return `${exit} ${first.split("  ", 1)[0]} ${lines.length} ${stderr}`.trim();
}

describe.skipIf(missing !== null)(
  "signatures between programs (cosign, crane, notation, oras of Debian sid; cosign of trixie)",
  () => {
    const where = (): { home: string; env: Record<string, string> } => ({
      home,
      env: { COSIGN_PASSWORD: PASSWORD },
    });
    const run = (name: "cosign" | "crane" | "notation" | "oras", ...args: string[]) => {
      if (sid.peers === null) throw new Error(sid.reason);
      return sid.peers[name].expect(args, where());
    };
    const oldCosign = (...args: string[]) => {
      if (trixie.peers === null) throw new Error(trixie.reason);
      return trixie.peers.cosign.expect(args, where());
    };
    let count = 0;

    /** An image of its own, named by digest. */
    async function image(): Promise<string> {
      count += 1;
      const layout = join(home, `layout-${count}`);
      const writer = new LayoutWriter(layout);
      writer.finish([named(writer.image([`content ${count}`]).manifest, "one")]);
      const tag = `${registry.host}/team/api:${count}`;
      await run("oras", "cp", "--from-oci-layout", `${layout}:one`, "--to-plain-http", tag);
      const digest = (await run("crane", "digest", "--insecure", tag)).trim();
      return `${registry.host}/team/api@${digest}`;
    }

    const SIGNING = ["--tlog-upload=false", "--allow-insecure-registry", "-y"];
    const VERIFYING = ["--insecure-ignore-tlog=true", "--allow-insecure-registry"];
    const WITHOUT_LOG = "--use-signing-config=false";

    beforeAll(async () => {
      for (const kind of KINDS) await done("keys", "generate", "--type", kind, "--output", kind);
      writeFileSync(join(home, "sbom.json"), '{"bomFormat":"CycloneDX","specVersion":"1.6"}');
    }, PEERS_TIMEOUT_MS);

    test.each(KINDS)(
      "with %s, both ways, in both forms",
      async (kind) => {
        const [key, pub] = [`${kind}.key`, `${kind}.pub`];
        const ours = await image();
        await done("sign", ours, "--key", key, "--old-tag");
        await run("cosign", "verify", "--key", pub, ...VERIFYING, ours);
        await oldCosign("verify", "--key", pub, ...VERIFYING, ours);
        const theirs = await image();
        await run("cosign", "sign", "--key", key, WITHOUT_LOG, ...SIGNING, theirs);
        const older = await image();
        await oldCosign("sign", "--key", key, ...SIGNING, older);
        expect([
          await verified(ours, "--key", pub),
          await verified(theirs, "--key", pub),
          await verified(older, "--key", pub),
        ]).toEqual(["0 verified 2", "0 verified 1", "0 verified 1"]);
      },
      PEERS_TIMEOUT_MS,
    );

    test(
      "attestations, both ways, and never for a signature",
      async () => {
        const [key, pub] = ["ecdsa-p256.key", "ecdsa-p256.pub"];
        const ours = await image();
        const statement = ["--predicate", "sbom.json", "--type", "cyclonedx"];
        await done("attest", ours, "--key", key, ...statement, "--old-tag");
        const asked = ["--key", pub, "--type", "cyclonedx", ...VERIFYING];
        await run("cosign", "verify-attestation", ...asked, ours);
        await oldCosign("verify-attestation", ...asked, ours);
        const theirs = await image();
        await run("cosign", "attest", "--key", key, ...statement, WITHOUT_LOG, ...SIGNING, theirs);
        expect([
          await verified(ours, "--key", pub, "--type", "cyclonedx"),
          await verified(theirs, "--key", pub, "--type", "cyclonedx"),
          await verified(theirs, "--key", pub),
          await verified(theirs, "--key", pub, "--type", "vuln"),
          await verified(theirs, "--key", "rsa-2048.pub", "--type", "cyclonedx"),
        ]).toEqual([
          "0 verified 2",
          "0 verified 1",
          "3 not verified 1",
          "3 not verified 1",
          "3 not verified 1",
        ]);
      },
      PEERS_TIMEOUT_MS,
    );

    test(
      "where clients keep the list of what is attached",
      async () => {
        registry.behaviour.referrers = "none";
        try {
          const both = await image();
          await done("sign", both, "--key", "ecdsa-p256.key");
          const other = ["--key", "rsa-2048.key", WITHOUT_LOG];
          await run("cosign", "sign", ...other, ...SIGNING, both);
          await run("cosign", "verify", "--key", "ecdsa-p256.pub", ...VERIFYING, both);
          expect([
            await verified(both, "--key", "ecdsa-p256.pub"),
            await verified(both, "--key", "rsa-2048.pub"),
            await verified(both, "--key", "ed25519.pub"),
          ]).toEqual(["0 verified 1", "0 verified 1", "3 not verified 2"]);
        } finally {
          registry.behaviour.referrers = "api";
        }
      },
      PEERS_TIMEOUT_MS,
    );

    test(
      "of Notation",
      async () => {
        await run("notation", "cert", "generate-test", "--default", "lab");
        const signed = await image();
        await run("notation", "sign", "--insecure-registry", signed);
        const found = join(home, ".config/notation/localkeys/lab.crt");
        const trust = (pem: string): string =>
          JSON.stringify({ certificates: [{ id: "lab", certificate: pem }] });
        writeFileSync(join(home, "trust.yaml"), trust(readFileSync(found, "utf8")));
        expect(await verified(signed, "--trust", "trust.yaml")).toBe("0 verified 1");
        const others = await image();
        expect(await verified(others, "--trust", "trust.yaml")).toBe("3 not verified 1");
      },
      PEERS_TIMEOUT_MS,
    );

    test(
      "in a layout",
      async () => {
        const writer = new LayoutWriter(join(home, "signed"));
        writer.finish([named(writer.image(["in a layout"]).manifest, "one")]);
        await done("sign", "oci:signed:one", "--key", "ecdsa-p256.key", "--offline");
        const ask = ["--key", "ecdsa-p256.pub", "--offline"];
        expect(await verified("oci:signed:one", ...ask)).toBe("0 verified 1");
        const copy = `${registry.host}/copy:1`;
        await run("oras", "cp", "-r", "--from-oci-layout", "signed:one", "--to-plain-http", copy);
        await run("cosign", "verify", "--key", "ecdsa-p256.pub", ...VERIFYING, copy);
      },
      PEERS_TIMEOUT_MS,
    );
  },
);
