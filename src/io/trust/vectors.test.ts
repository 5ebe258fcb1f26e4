// Signatures that others have made and published: cosign's older form, Notation's envelopes, bundles of every version.
import { X509Certificate } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { parseNotationJws } from "../../formats/notation-jws.ts";
import { parseManifest } from "../../formats/oci.ts";
import { parseDigest } from "../../model/digest.ts";
import { type Claim, SIGN_PREDICATE, UNLIMITED } from "../../model/trust.ts";
import type { Referrer } from "../attachments/referrers-of.ts";
import { attachedClaims } from "./attached-claims.ts";
import type { LoadedCertificate, LoadedKey, LoadedTrust, Wanted } from "./examination.ts";
import { publicRoot, rootFromFile } from "./load-trust.ts";
import { NOTATION_STEPS, verifyNotation } from "./notation.ts";
import { readPublicKey } from "./public-key.ts";
import { signedBundle } from "./signed.ts";
import { verifySigned } from "./verify-signed.ts";

const NOBODY: LoadedTrust = { keys: [], identities: [], roots: [], certificates: [] };
const NOW = "2026-11-01T00:00:00Z";

function told({ outcome, refusal, format, predicateType }: Claim): string {
  return `${format} ${outcome}${refusal === null ? "" : ` at ${refusal.step}`} ${predicateType === SIGN_PREDICATE ? "" : predicateType}`.trim();
}

async function key(id: string, pem: string): Promise<LoadedKey> {
  return { id, pem, ...UNLIMITED, ...(await readPublicKey(pem, id)) };
}

describeShared("images of Connaisseur", () => {
  const data = sharedPath("fixtures/trust/connaisseur/test/testdata");

  async function claims(repository: string, name: string, wanted: Wanted, trust: LoadedTrust) {
    const folder = join(data, repository);
    const manifest = readFileSync(join(folder, "manifests", `${name}.json`));
    const parsed = parseManifest(manifest);
    const referrer: Referrer = {
      digest: parseDigest(`sha256:${"0".repeat(64)}`),
      bytes: manifest,
      oldTag: "sig",
      mediaType: parsed.mediaType,
      artifactType: parsed.artifactType,
      annotations: parsed.annotations,
      layers: parsed.layers,
      blob: async ({ digest }) => {
        const bytes = readFileSync(join(folder, "blobs", `${digest}.json`));
        // Some were stored with a line end.
        return bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
      },
    };
    return (await attachedClaims([referrer], wanted, { trust, now: NOW })).claims.map(told);
  }

  const image = (hex: string): Wanted => ({
    sha256: hex,
    bytes: null,
    predicateTypes: [SIGN_PREDICATE],
  });
  const MULTI = "071bf7a986f1ca9cb2a1f0bc8392822a7777f90d58f2d2c6f271913e08de7c81";
  const ALL = "bfec161fecb0a887df7cb85e4da327c65986ccda7060cf3cd92171c6c90d7533";
  const KEYLESS = "31dc72a13a0c34b40eb95419d2b2fd67320c856baf3b72da518023ee8d370aee";
  const COSIGN = "cosign/securesystemsengineering/testimage";

  const trusting = async (...names: string[]): Promise<LoadedTrust> => ({
    ...NOBODY,
    keys: await Promise.all(
      names.map((name) => key(name, readFileSync(join(data, "cosign", `${name}.key`), "utf8"))),
    ),
  });

  test("one of one signatures is by alice", async () => {
    const trust = await trusting("alice");
    expect(await claims(COSIGN, `sha256-${MULTI}.sig`, image(MULTI), trust)).toEqual([
      "cosign-tag verified",
    ]);
    expect(await claims(COSIGN, `sha256-${MULTI}.sig`, image(ALL), trust)).toEqual([
      "cosign-tag refused at subject",
    ]);
  });

  test("of three signatures, those count whose key is trusted", async () => {
    const all = await claims(COSIGN, `sha256-${ALL}.sig`, image(ALL), await trusting("bob"));
    expect(all.filter((claim) => claim === "cosign-tag verified")).toHaveLength(1);
    expect(all).toHaveLength(3);
    const three = await trusting("alice", "bob", "charlie");
    expect(await claims(COSIGN, `sha256-${ALL}.sig`, image(ALL), three)).toEqual(
      Array.from({ length: 3 }, () => "cosign-tag verified"),
    );
  });

  test("a keyless signature with its entry in the public log is by its holder and nobody else", async () => {
    const manifest = parseManifest(
      readFileSync(join(data, COSIGN, "manifests", `sha256-${KEYLESS}.sig.json`)),
    );
    const pem = manifest.layers[0]?.annotations.get("dev.sigstore.cosign/certificate") ?? "";
    const name = new X509Certificate(pem).subjectAltName ?? "";
    const identity = name.replace(/^(?:URI|email):/, "");
    const trusted = (who: string, issuer: string): LoadedTrust["identities"] => [
      { id: "x", issuer, identity: who, isGlob: false, root: "public" },
    ];
    const ask = async (identities: LoadedTrust["identities"]): Promise<string[]> =>
      claims(COSIGN, `sha256-${KEYLESS}.sig`, image(KEYLESS), {
        ...NOBODY,
        roots: [await publicRoot()],
        identities,
      });
    const issuer = "https://github.com/login/oauth";
    expect(await ask(trusted(identity, issuer))).toEqual(["cosign-tag verified"]);
    expect(await ask(trusted(identity.slice(0, -1), issuer))).toEqual([
      "cosign-tag refused at identity",
    ]);
    expect(await ask(trusted(identity, "https://accounts.google.com"))).toEqual([
      "cosign-tag refused at identity",
    ]);
  });

  test("a Notation signature is by the certificate that the fixture's configuration names", async () => {
    const configuration = readFileSync(join(data, "notation/01_notation.yaml"), "utf8");
    const pems = configuration.replaceAll(/^ +/gm, "").match(/-----BEGIN[\s\S]*?-----END.*-----/g);
    const certificates = (pems ?? []).map((pem, i) => certificate(`c${i}`, pem, "ca"));
    const [first, ...others] = certificates;
    const hex = "a136cc4e785798e5e8483047cf621cf0a0300a93d47703a3f066c340c070f5cf";
    const name = "sha256:d397b30282982b80818b2705f8d542d35158bc59d8bf42549f3e898f23d55a77";
    const ask = (trusted: readonly LoadedCertificate[]): Promise<string[]> =>
      claims("notation/sse-secure-systems/testimage", name, image(hex), {
        ...NOBODY,
        certificates: trusted,
      });
    expect(await ask(first === undefined ? [] : [first])).toEqual(["notation verified"]);
    expect(await ask(others)).toEqual(["notation refused at certificate"]);
  });
});

function certificate(id: string, pem: string, kind: LoadedCertificate["kind"]): LoadedCertificate {
  return { id, pem, kind, subjects: null, certificate: new X509Certificate(pem) };
}

describeShared("envelopes of notation-go", () => {
  const folder = sharedPath("fixtures/trust/notation-go");
  const envelopes = join(folder, "internal/mock/testdata");
  const AT = "2023-01-11T20:00:00Z";

  function answer(name: string, steps = NOTATION_STEPS): string {
    const bytes = readFileSync(join(envelopes, name));
    const envelope = parseNotationJws(bytes);
    // What they trust is their own last certificate, as the program's tests have it.
    const last = new X509Certificate(envelope.chain.at(-1) ?? Buffer.alloc(0));
    const trust = {
      ...NOBODY,
      certificates: [
        certificate("root", last.toString(), "ca"),
        certificate("authority", last.toString(), "signing-authority"),
      ],
    };
    const wanted = {
      sha256: envelope.target.digest.slice("sha256:".length),
      bytes: null,
      predicateTypes: null,
    };
    const now = name.startsWith("ca_") && name.includes("plugin") ? NOW : AT;
    const { outcome, refusal } = verifyNotation(envelope, name, { wanted, trust, now }, steps);
    return refusal === null ? outcome : `${outcome} at ${refusal.step}`;
  }

  test.each([
    ["ca_valid_sig_env.json", "verified"],
    ["sa_valid_sig_env.json", "verified"],
    ["sig_env_with_metadata.json", "verified"],
    ["ca_invalid_sig_env.json", "refused at signature"],
    ["sa_invalid_sig_env.json", "refused at signature"],
    ["ca_expired_sig_env.json", "refused at expiry"],
    ["sa_expired_sig_env.json", "refused at expiry"],
    ["ca_plugin_sig_env.json", "refused at critical"],
    ["sa_plugin_sig_env.json", "refused at critical"],
  ])("%s is %s", (name, wanted) => {
    expect(answer(name)).toBe(wanted);
  });

  test("what demands a plugin is refused, and nothing else is wrong with it", () => {
    const names = readdirSync(envelopes).filter((name) => name.includes("pluginver"));
    const without = NOTATION_STEPS.filter(({ name }) => name !== "critical");
    expect(names).toHaveLength(8);
    for (const name of names)
      expect([name, answer(name), answer(name, without)]).toEqual([
        name,
        "refused at critical",
        "verified",
      ]);
  });
});

describeShared("bundles of sigstore-js and cosign", () => {
  let root: LoadedTrust["roots"][number];
  beforeAll(async () => {
    root = await publicRoot();
  });

  function claim(bytes: Buffer, digests: Pick<Wanted, "sha256" | "sha512">, trust: LoadedTrust) {
    const wanted = { ...digests, bytes: null, predicateTypes: null };
    const circumstances = { trust, now: NOW, verifiesDigest: null };
    return verifySigned(signedBundle(bytes, "bundle"), wanted, circumstances);
  }

  describe("sigstore-js", () => {
    const folder = sharedPath("fixtures/trust/sigstore-js/tests/bundles");
    const IDENTITY = "brian@dehamer.com";

    test.each(readdirSync(folder))("%s", (name) => {
      const bytes = readFileSync(join(folder, name));
      const bundle = signedBundle(bytes, name);
      const { content } = bundle;
      const digests = content.kind === "statement" ? content.statement.subjects[0]?.digests : null;
      const sha512 = digests?.get("sha512") ?? "";
      const trust = (identity: string): LoadedTrust => ({
        ...NOBODY,
        roots: [root],
        identities: [
          {
            id: "x",
            issuer: "https://github.com/login/oauth",
            identity,
            isGlob: false,
            root: "public",
          },
        ],
      });
      expect([
        told(claim(bytes, { sha256: "", sha512 }, trust(IDENTITY))),
        told(claim(bytes, { sha256: "", sha512: "0" }, trust(IDENTITY))),
        told(claim(bytes, { sha256: "", sha512 }, trust(`${IDENTITY}.example`))),
      ]).toEqual([
        "bundle verified https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
        "bundle refused at subject https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
        "bundle refused at identity https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
      ]);
    });
  });

  test("cosign's attestation of an image, by its own root", async () => {
    const folder = sharedPath("fixtures/trust/cosign/pkg/cosign/testdata");
    const bytes = readFileSync(join(folder, "oci-attestation.sigstore.json"));
    const trust: LoadedTrust = {
      ...NOBODY,
      roots: [await rootFromFile(join(folder, "trusted_root_pgi.json"), "pgi")],
      identities: [
        {
          id: "x",
          issuer: "https://github.com/login/oauth",
          identity: "cody@soyland.com",
          isGlob: false,
          root: "pgi",
        },
      ],
    };
    const sha256 = "732112270d7e59418a8c080b134b24cabd67d250d0d0147a97ed95ba5c280aa4";
    expect(told(claim(bytes, { sha256 }, trust))).toBe(
      "bundle verified https://cosign.sigstore.dev/attestation/v1",
    );
  });

  test.each(["google", "rsa"])("cosign's public key %s is read", async (name) => {
    const pem = readFileSync(sharedPath(`fixtures/trust/cosign/pkg/cosign/testdata/${name}`));
    await expect(readPublicKey(pem.toString("utf8"), name)).resolves.toBeDefined();
  });

  test.each(["garbage-there-are-limits", "letsencrypt-testflume-2021"])(
    "cosign's %s is no key of the kinds that are read",
    async (name) => {
      const pem = readFileSync(sharedPath(`fixtures/trust/cosign/pkg/cosign/testdata/${name}`));
      await expect(readPublicKey(pem.toString("utf8"), name)).rejects.toMatchObject({
        code: "key-invalid",
      });
    },
  );
});
