// The real kubectl reads every object that we print. It has no API server here: kustomize parses, sorts and prints them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { installManifests } from "../../src/app/admit-install.ts";
import { labPeers } from "../lab/peers.ts";

const { peers, reason } = await labPeers(["kubectl"]);

describe.skipIf(peers === null)(`kubectl (${reason})`, () => {
  test("reads every object", async () => {
    const home = mkdtempSync(join(tmpdir(), "bulwark-kubectl-"));
    try {
      const text = await installManifests({
        ...{ name: "guard", namespace: "guards", replicas: 2, excluded: [], mutates: true },
        policyReports: true,
        evidenceClaim: null,
        ...{ registrySecret: "registries", image: "registry.example/bulwark:1", mode: "audit" },
        ...{ policy: "pss-restricted", files: [], fail: null, args: [] },
        ...{ namespaceSelector: null, objectSelector: "!legacy" },
      });
      writeFileSync(join(home, "all.yaml"), text);
      writeFileSync(join(home, "kustomization.yaml"), "resources: [all.yaml]\n");
      const printed = await peers?.kubectl.expect(["kustomize", home], { home });
      const kinds = (of: string): string[] =>
        [...of.matchAll(/^kind: (.*)$/gm)].map(([, k = ""]) => k);
      expect(kinds(printed ?? "").sort()).toEqual(kinds(text).sort());
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});
