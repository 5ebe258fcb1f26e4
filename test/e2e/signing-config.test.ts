// A signing configuration that cosign wrote, and signatures by its services that cosign verifies.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type LabServices,
  startServices,
  token,
} from "../../src/io/keyless/test-support/services.ts";
import { LayoutWriter, named } from "../../src/io/layout/test-support/layout-writer.ts";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, start } from "../lab/bundle.ts";
import { type OciRegistry, startOciRegistry } from "../lab/oci-registry/start.ts";
import { labPeers, PEERS_TIMEOUT_MS } from "../lab/peers.ts";

const { peers, reason } = await labPeers(["cosign", "crane", "oras"]);
const ISSUER = "https://issuer.example";
const SUBJECT = "https://git.example/acme/app/release.yml@refs/heads/main";

describe.skipIf(reason !== null)(
  `services of one's own (${reason ?? "cosign of Debian sid"})`,
  () => {
    let bundle: Bundle;
    let home: string;
    let services: LabServices;
    let registry: OciRegistry;
    const run = (name: "cosign" | "crane" | "oras", ...args: string[]): Promise<string> => {
      if (peers === null) throw new Error(reason);
      return peers[name].expect(args, { home });
    };
    const bulwark = async (...args: string[]): Promise<string> => {
      const env = {
        BULWARK_KEY_PASSWORD: "lab",
        SIGSTORE_ID_TOKEN: token({ iss: ISSUER, sub: SUBJECT }),
      };
      const { exit, stdout, stderr } = await start(bundle.program, args, { folder: home, env })
        .ended;
      if (exit !== 0) throw new Error(`bulwark ${args.join(" ")} ended with ${exit}: ${stderr}`);
      return stdout;
    };
    let image = "";

    beforeAll(async () => {
      bundle = buildBundle("signing-config");
      home = mkdtempSync(join(tmpdir(), "bulwark-signing-config-"));
      [services, registry] = await Promise.all([startServices(), startOciRegistry()]);
      writeFileSync(join(home, "root.json"), services.deployment.root());
      const writer = new LayoutWriter(join(home, "layout"));
      writer.finish([named(writer.image(["signed by services"]).manifest, "one")]);
      const tag = `${registry.host}/team/api:1`;
      await run("oras", "cp", "--from-oci-layout", "layout:one", "--to-plain-http", tag);
      image = `${registry.host}/team/api@${(await run("crane", "digest", "--insecure", tag)).trim()}`;
      const url = services.address.href.replace(/\/$/, "");
      const span = "start-time=2024-01-01T00:00:00Z,operator=acme";
      await run(
        ...(["cosign", "signing-config", "create"] as const),
        `--fulcio=url=${url},api-version=1,${span}`,
        `--rekor=url=${url},api-version=1,${span}`,
        "--rekor-config=EXACT:1",
        `--oidc-provider=url=${ISSUER},api-version=1,${span}`,
        `--tsa=url=${url}/stamp,api-version=1,${span}`,
        "--tsa-config=ANY",
        "--out=config.json",
      );
    }, BUNDLE_TIMEOUT_MS + PEERS_TIMEOUT_MS);
    afterAll(async () => {
      await services.stop();
      await registry.stop();
      bundle.remove();
      rmSync(home, { recursive: true, force: true });
    });

    test("are asked as the configuration says, and cosign believes what they vouch for", async () => {
      await bulwark("sign", image, "--keyless", "--signing-config", "config.json");
      expect(services.asked).toEqual(["/api/v2/signingCert", "/api/v1/log/entries", "/stamp"]);
      const person = ["--certificate-identity", SUBJECT, "--certificate-oidc-issuer", ISSUER];
      const options = ["--trusted-root", "root.json", "--allow-insecure-registry"];
      await run("cosign", "verify", ...person, ...options, "--use-signed-timestamps", image);
      const ours = ["--identity", SUBJECT, "--issuer", ISSUER, "--trusted-root", "root.json"];
      expect(await bulwark("verify", image, ...ours)).toContain("verified");
    });

    test("vouch for the time of a key's signature, too", async () => {
      await bulwark("keys", "generate", "--output", "release");
      await bulwark("sign", image, "--key", "release.key", "--signing-config", "config.json");
      const options = ["--trusted-root", "root.json", "--allow-insecure-registry"];
      await run("cosign", "verify", "--key", "release.pub", ...options, image);
      expect(await bulwark("verify", image, "--key", "release.pub")).toContain("verified");
    });
  },
);
