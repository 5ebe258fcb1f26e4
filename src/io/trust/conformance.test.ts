// The vectors of sigstore-conformance, each by file and by digest.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { type Claim, UNLIMITED } from "../../model/trust.ts";
import type { Circumstances, Wanted } from "./examination.ts";
import { publicRoot, rootFromFile } from "./load-trust.ts";
import { readPublicKey } from "./public-key.ts";
import { sha256, signedBundle } from "./signed.ts";
import { loadVerifiesDigest, verifySigned } from "./verify-signed.ts";

const FOLDER = "fixtures/trust/sigstore-conformance/test/assets/bundle-verify";
const IDENTITY =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const ISSUER = "https://token.actions.githubusercontent.com";

describeShared("bundles of sigstore-conformance", () => {
  const folder = sharedPath(FOLDER);
  const names = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
    : [];

  test("are all here", () => {
    expect(names).toHaveLength(70);
  });

  for (const name of names)
    for (const by of ["file", "digest"] as const)
      test(`${name} by ${by}`, async () => {
        const claim = await claimOf(join(folder, name), by);
        expect(claim.outcome).toBe(name.endsWith("_fail") ? "refused" : "verified");
      });
});

async function claimOf(folder: string, by: "file" | "digest"): Promise<Pick<Claim, "outcome">> {
  const path = (name: string): string => join(folder, name);
  const read = (name: string, otherwise: string): string =>
    existsSync(path(name)) ? readFileSync(path(name), "utf8").trim() : otherwise;
  const artifact = readFileSync(
    existsSync(path("artifact")) ? path("artifact") : join(folder, "../a.txt"),
  );
  const wanted: Wanted = {
    sha256: sha256(artifact).toString("hex"),
    bytes: by === "file" ? artifact : null,
    predicateTypes: null,
  };
  try {
    const pem = read("key.pub", "");
    const keys =
      pem === ""
        ? []
        : [
            {
              id: "key.pub",
              pem,
              ...UNLIMITED,
              ...(await readPublicKey(pem, "key.pub")),
            },
          ];
    const identity = read("identity", IDENTITY);
    const issuer = read("issuer", ISSUER);
    const root = existsSync(path("trusted_root.json"))
      ? await rootFromFile(path("trusted_root.json"))
      : await publicRoot();
    const circumstances: Circumstances = {
      trust: {
        keys,
        identities:
          pem === "" ? [{ id: "beacon", issuer, identity, isGlob: false, root: root.name }] : [],
        roots: [root],
        certificates: [],
      },
      now: new Date().toISOString(),
      verifiesDigest: by === "file" ? null : await loadVerifiesDigest(),
    };
    return verifySigned(
      signedBundle(readFileSync(path("bundle.sigstore.json")), "bundle.sigstore.json"),
      wanted,
      circumstances,
    );
  } catch {
    return { outcome: "refused" };
  }
}
