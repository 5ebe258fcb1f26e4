// What oras, crane and cosign do to the registry for tests, they do to real ones: it is a measure for our client as far as they
// are satisfied with it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { LayoutWriter, named } from "../../../src/io/layout/test-support/layout-writer.ts";
import { labPeers, PEERS_TIMEOUT_MS } from "../peers.ts";
import type { Behaviour } from "./behaviour.ts";
import { type OciRegistry, startOciRegistry } from "./start.ts";

const { peers, reason } = await labPeers(["cosign", "crane", "oras"]);

describe.skipIf(reason !== null)(
  "the registry for tests (cosign, crane, oras of Debian sid)",
  () => {
    let home: string;
    let registry: OciRegistry;
    const env = { COSIGN_PASSWORD: "" };

    beforeAll(async () => {
      home = mkdtempSync(join(tmpdir(), "bulwark-oci-registry-"));
      const layout = new LayoutWriter(join(home, "layout"));
      layout.finish([named(layout.image(["content", "more"]).manifest, "one")]);
      writeFileSync(join(home, "sbom.json"), '{"bomFormat":"CycloneDX"}');
      await cosign("generate-key-pair");
    }, PEERS_TIMEOUT_MS);
    afterEach(() => registry.stop());
    afterAll(() => rmSync(home, { recursive: true, force: true }));

    const oras = (...args: string[]): Promise<string> => run("oras", args);
    const crane = (...args: string[]): Promise<string> => run("crane", args);
    const cosign = (...args: string[]): Promise<string> => run("cosign", args);
    async function run(name: "cosign" | "crane" | "oras", args: string[]): Promise<string> {
      if (peers === null) throw new Error(reason);
      return peers[name].expect(args, { home, env });
    }

    async function started(behaviour: Partial<Behaviour> = {}): Promise<string> {
      registry = await startOciRegistry(behaviour);
      const image = `${registry.host}/team/api:1`;
      await oras("cp", "--from-oci-layout", `${home}/layout:one`, "--to-plain-http", image);
      return image;
    }
    const attachedTo = async (image: string, ...more: string[]): Promise<string[]> => {
      const found = await oras("discover", "--plain-http", "--format", "json", ...more, image);
      const { referrers } = JSON.parse(found) as { referrers: { artifactType: string }[] | null };
      return (referrers ?? []).map((r) => r.artifactType);
    };
    const attach = (image: string, type: string): Promise<string> =>
      oras("attach", "--plain-http", "--artifact-type", type, image, "sbom.json:application/json");

    test("takes and gives images", async () => {
      const image = await started();
      const digest = (await crane("digest", "--insecure", image)).trim();
      expect(await crane("ls", "--insecure", image.replace(/:1$/, ""))).toBe("1\n");
      expect(await crane("validate", "--insecure", "--fast", "--remote", image)).toContain("PASS");
      await crane("copy", "--insecure", image, `${registry.host}/other/api:2`);
      const mounts = registry.seen.filter((r) => r.path.includes("mount="));
      expect([
        (await crane("digest", "--insecure", `${registry.host}/other/api:2`)).trim(),
      ]).toEqual([digest]);
      expect(mounts.length).toBeGreaterThan(0);
      await crane("delete", "--insecure", `${registry.host}/other/api@${digest}`);
      expect(await crane("catalog", "--insecure", registry.host)).toContain("team/api");
      expect(registry.repository("other/api").tags).toEqual([]);
    });

    test("lists what is attached, all and by kind", async () => {
      const image = await started();
      await attach(image, "application/x.one");
      await attach(image, "application/x.two");
      expect(await attachedTo(image)).toEqual(["application/x.one", "application/x.two"]);
      expect(await attachedTo(image, "--artifact-type", "application/x.two")).toEqual([
        "application/x.two",
      ]);
      expect(registry.repository("team/api").tags).toEqual(["1"]);
    });

    test("page by page", async () => {
      const image = await started({ pageSize: 2 });
      const kinds = ["a", "b", "c", "d", "e"].map((kind) => `application/x.${kind}`);
      for (const kind of kinds) await attach(image, kind);
      expect(await attachedTo(image)).toEqual(kinds);
    });

    test("without a list of referrers leaves the fallback tag to clients", async () => {
      const image = await started({ referrers: "none", etags: true });
      await attach(image, "application/x.one");
      await attach(image, "application/x.two");
      expect(await attachedTo(image)).toEqual(["application/x.one", "application/x.two"]);
      expect(registry.repository("team/api").tags).toEqual([
        "1",
        expect.stringMatching(/^sha256-[0-9a-f]{64}$/),
      ]);
    });

    test.each([["api"], ["none"]] as const)("is signed in, referrers: %s", async (referrers) => {
      const image = await started({ referrers });
      const digest = (await crane("digest", "--insecure", image)).trim();
      const reference = `${image.replace(/:1$/, "")}@${digest}`;
      const signing = ["--key", "cosign.key", "--tlog-upload=false", "--use-signing-config=false"];
      const insecure = "--allow-insecure-registry";
      await cosign("sign", ...signing, insecure, "-y", reference);
      const checking = ["--key", "cosign.pub", "--insecure-ignore-tlog=true", insecure];
      expect(await cosign("verify", ...checking, reference)).toContain(digest);
      const old = [...signing, "--new-bundle-format=false", insecure, "-y"];
      await cosign("sign", ...old, reference);
      expect(registry.repository("team/api").tags).toContain(`${digest.replace(":", "-")}.sig`);
    });

    test("with an account wants a token for what is done", async () => {
      const account = { username: "tester", password: "s3cret" };
      registry = await startOciRegistry({ account });
      const image = `${registry.host}/team/api:1`;
      const login = ["--username", account.username, "--password", account.password];
      await oras("login", "--plain-http", ...login, registry.host);
      await oras("cp", "--from-oci-layout", `${home}/layout:one`, "--to-plain-http", image);
      await attach(image, "application/x.one");
      expect(await attachedTo(image)).toEqual(["application/x.one"]);
      expect(await crane("ls", "--insecure", image.replace(/:1$/, ""))).toBe("1\n");
    });
  },
);
