// How fast signatures are verified, in time of the processor and in one warm process: `node tools/run.js bench/trust.ts`.
// The floor is what nobody can leave out: the arithmetic of one signature by Node alone.
import { generateKeyPairSync, sign, verify } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { BUNDLE_MEDIA_TYPE } from "../src/formats/sigstore-bundle.ts";
import { parseTrustedRoot } from "../src/formats/trusted-root.ts";
import { referrersOf } from "../src/io/attachments/referrers-of.ts";
import { registryPlace } from "../src/io/attachments/registry-place.ts";
import { attach, putManifest } from "../src/io/attachments/test-support/attached.ts";
import { attachedClaims } from "../src/io/trust/attached-claims.ts";
import type { LoadedTrust } from "../src/io/trust/examination.ts";
import { publicRoot } from "../src/io/trust/load-trust.ts";
import { publicKeyOf } from "../src/io/trust/public-key.ts";
import { loadRoot } from "../src/io/trust/roots.ts";
import { signedBundle } from "../src/io/trust/signed.ts";
import { deployment, IDENTITY, ISSUER } from "../src/io/trust/test-support/deployment.ts";
import { verifySigned } from "../src/io/trust/verify-signed.ts";
import { hexOf } from "../src/model/digest.ts";
import { parseReference } from "../src/model/reference.ts";
import { SIGN_PREDICATE, UNLIMITED } from "../src/model/trust.ts";
import { startOciRegistry } from "../test/lab/oci-registry/start.ts";
import { median, verdictLine } from "./measure.ts";

const SHA256 = "a".repeat(64);
const SIGNATURES = 200;
const lines: string[] = [];

const releaseKey = generateKeyPairSync("ec", { namedCurve: "P-256" });
const services = await deployment(new Date());
const trust: LoadedTrust = {
  keys: [{ id: "release", pem: "", ...UNLIMITED, ...publicKeyOf(releaseKey.publicKey, "release") }],
  identities: [{ id: "ci", identity: IDENTITY, issuer: ISSUER, isGlob: false, root: "ours" }],
  certificates: [],
  roots: [loadRoot("ours", parseTrustedRoot(services.root(), "root.json"))],
};

/** Milliseconds of the processor for one call: the median of rounds, each long enough to be measured. */
function costOf(run: () => void): number {
  for (let i = 0; i < 50; i += 1) run();
  const rounds = Array.from({ length: 15 }, () => {
    const start = process.cpuUsage();
    for (let i = 0; i < 50; i += 1) run();
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000 / 50;
  });
  return median(rounds);
}

function verification(bundle: Buffer, believed: LoadedTrust, about: object): () => void {
  const wanted = { sha256: SHA256, bytes: null, predicateTypes: null, ...about };
  const circumstances = { trust: believed, now: new Date().toISOString(), verifiesDigest: null };
  return () => {
    const { refusal } = verifySigned(signedBundle(bundle, "bench"), wanted, circumstances);
    if (refusal !== null) throw new Error(`${refusal.step}: ${refusal.reason}`);
  };
}

/** A bundle as the public instance wrote it, where the material is at hand. */
async function recorded(): Promise<(() => void) | null> {
  const folder = resolve("../shared/fixtures/trust/sigstore-js/tests/bundles");
  if (!existsSync(folder)) return null;
  const bundle = readFileSync(join(folder, "bundleV03-dsse.sigstore"));
  const { content } = signedBundle(bundle, "bench");
  const digests = content.kind === "statement" ? content.statement.subjects[0]?.digests : null;
  const identity = "brian@dehamer.com";
  const issuer = "https://github.com/login/oauth";
  const identities = [{ id: "x", identity, issuer, isGlob: false, root: "public" }];
  const believed = { ...trust, identities, roots: [await publicRoot()] };
  return verification(bundle, believed, { sha256: "", sha512: digests?.get("sha512") ?? "" });
}

async function single(): Promise<void> {
  const bytes = Buffer.from("what is signed");
  const signature = sign("sha256", bytes, releaseKey.privateKey);
  const floor = costOf(() => void verify("sha256", bytes, releaseKey.publicKey, signature));
  const keyed = await services.bundle({ key: releaseKey, withLog: false });
  const keyless = await services.bundle();
  const public_ = await recorded();
  const rows: (readonly [string, number, number])[] = [
    ["by a key", costOf(verification(keyed, trust, {})), 1],
    ["keyless", costOf(verification(keyless, trust, {})), 30],
    ...(public_ === null ? [] : [["keyless, as recorded", costOf(public_), 30] as const]),
  ];
  console.log(`one signature by Node alone: ${floor.toFixed(3)} ms`);
  for (const [name, cost, max] of rows) {
    console.log(`${name}: ${cost.toFixed(3)} ms, ${(cost / floor).toFixed(1)} of them`);
    lines.push(verdictLine(`verify, ${name}`, cost, max, "ms"));
  }
}

/** One image with many signatures: all of them by one list, each manifest and each content once. */
async function many(): Promise<void> {
  const registry = await startOciRegistry();
  const home = mkdtempSync(join(tmpdir(), "bulwark-bench-"));
  try {
    const repository = registry.repository("app");
    const image = putManifest(repository);
    for (let i = 0; i < SIGNATURES; i += 1) {
      const sha256 = hexOf(image.digest);
      const content = await services.bundle({ key: releaseKey, withLog: false, sha256 });
      const digest = repository.putBlob(content);
      const layers = [{ mediaType: BUNDLE_MEDIA_TYPE, digest, size: content.length }];
      attach(repository, image, "signature", { artifactType: BUNDLE_MEDIA_TYPE, layers });
    }
    const place = await registryPlace(parseReference(`${registry.host}/app`), {
      env: { HOME: home },
    });
    const { signal } = new AbortController();
    const start = process.cpuUsage();
    const { referrers } = await referrersOf(place, image.digest, { signal });
    const listedAt = process.cpuUsage(start);
    const wanted = {
      ...{ sha256: hexOf(image.digest), bytes: null },
      predicateTypes: [SIGN_PREDICATE],
    };
    const now = new Date().toISOString();
    const { claims } = await attachedClaims(referrers, wanted, { trust, now });
    const all = process.cpuUsage(start);
    const verified = claims.filter(({ outcome }) => outcome === "verified").length;
    if (verified !== SIGNATURES) throw new Error(`${verified} of ${SIGNATURES} are verified`);
    const asked = (part: string): number =>
      registry.seen.filter(({ path }) => path.includes(part)).length;
    const ms = ({ user, system }: NodeJS.CpuUsage): string => ((user + system) / 1000).toFixed(0);
    console.log(
      `${SIGNATURES} signatures of one image: ${ms(all)} ms with a registry in this process, ${ms(listedAt)} of them to list and open`,
    );
    lines.push(
      verdictLine(`${SIGNATURES} signatures, lists asked for`, asked("/referrers/"), 1, ""),
    );
    lines.push(
      verdictLine(
        `${SIGNATURES} signatures, manifests`,
        asked("/manifests/sha256:"),
        SIGNATURES,
        "",
      ),
    );
    lines.push(verdictLine(`${SIGNATURES} signatures, contents`, asked("/blobs/"), SIGNATURES, ""));
  } finally {
    await registry.stop();
    rmSync(home, { recursive: true });
  }
}

await single();
await many();
console.log(`\n${lines.join("\n")}`);
process.exitCode = lines.some((line) => line.startsWith("OVER")) ? 1 : 0;
