// Signing by the services that a configuration names, and what their proofs are good for afterwards.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type LabServices, startServices, token } from "../io/keyless/test-support/services.ts";
import { LayoutWriter, named } from "../io/layout/test-support/layout-writer.ts";
import { generateKeys } from "./keys.ts";
import { type SignRequest, signImage } from "./sign.ts";
import type { KeylessRequest } from "./signing-services.ts";
import type { Surroundings } from "./surroundings.ts";
import { verifyImage } from "./verify.ts";

const ISSUER = "https://issuer.example";
const SUBJECT = "https://git.example/acme/app/release.yml@refs/heads/main";
const password = async (): Promise<string> => "lab";
/** Keys are encrypted slowly, and machines that test are busy. */
const START_TIMEOUT_MS = 60_000;
const NONE: KeylessRequest = {
  ...{ identityToken: null, fulcio: null, rekor: null, rekorVersion: 1 },
  ...{ timestamps: null, signingConfig: null },
};

let home = "";
let services: LabServices;
let key = "";
let count = 0;
let image = "";

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "bulwark-signing-services-"));
  services = await startServices("/sigstore");
  key = (await generateKeys({ kind: "ecdsa-p384", prefix: join(home, "release") }, password))
    .privatePath;
  writeFileSync(join(home, "root.json"), services.deployment.root());
}, START_TIMEOUT_MS);
beforeEach(() => {
  services.asked.length = 0;
  count += 1;
  const layout = join(home, `layout-${count}`);
  const writer = new LayoutWriter(layout);
  writer.finish([named(writer.image([`content ${count}`]).manifest, "one")]);
  image = `oci:${layout}:one`;
});
afterAll(async () => {
  await services.stop();
  rmSync(home, { recursive: true, force: true });
});

function around(): Surroundings {
  return {
    env: { SIGSTORE_ID_TOKEN: token({ iss: ISSUER, sub: SUBJECT }) },
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: () => undefined,
  };
}

/** A configuration of the services here, as other programs write it. */
function config(changes: Record<string, unknown> = {}): string {
  const path = join(home, `config-${count}.json`);
  const url = services.address.href;
  const service = { url, majorApiVersion: 1, validFor: { start: "2021-01-01T00:00:00Z" } };
  const whole = {
    mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
    caUrls: [{ ...service, operator: "acme" }],
    rekorTlogUrls: [{ ...service, operator: "acme" }],
    rekorTlogConfig: { selector: "ANY" },
    tsaUrls: [{ ...service, url: `${url}/stamp`, operator: "acme" }],
    tsaConfig: { selector: "ANY" },
    ...changes,
  };
  writeFileSync(path, JSON.stringify(whole));
  return path;
}

function sign(
  keyless: Partial<KeylessRequest>,
  changes: Partial<SignRequest> = {},
): Promise<object> {
  const request = { image, key: null, password, withOldTag: false, offline: false };
  return signImage({ ...request, keyless: { ...NONE, ...keyless }, ...changes }, around());
}

async function verified(facts: object = {}): Promise<string> {
  const trust = join(home, `trust-${count}.yaml`);
  writeFileSync(
    trust,
    JSON.stringify({
      keys: [{ id: "release", key: "release.pub", ...facts }],
      identities: [{ issuer: ISSUER, identity: SUBJECT, root: "acme" }],
      roots: [{ name: "acme", root: "root.json" }],
    }),
  );
  const nobody = { keys: [], identity: null, issuer: null, trustedRoot: null };
  const request = { ...nobody, image, types: null, offline: true, trust };
  const { outcome, claims } = (await verifyImage(request, around())).verification;
  const [claim] = claims;
  return [outcome, claim?.refusal?.step ?? "", claim?.signedAt === null ? "" : "at a time"]
    .join(" ")
    .trim();
}

test("a certificate's signature is vouched for by all services of a configuration", async () => {
  await sign({ signingConfig: config() });
  expect([await verified(), services.asked]).toEqual([
    "verified  at a time",
    ["/sigstore/api/v2/signingCert", "/sigstore/api/v1/log/entries", "/sigstore/stamp"],
  ]);
});

test("the newer version of the log is asked where it counts", async () => {
  const url = services.address.href;
  const rekorTlogUrls = [
    { url: "http://127.0.0.1:1", majorApiVersion: 1 },
    { url: "http://127.0.0.1:2", majorApiVersion: 2, validFor: { start: "2099-01-01T00:00:00Z" } },
    { url, majorApiVersion: 2, validFor: { start: "2021-01-01T00:00:00Z" } },
  ];
  await sign({ signingConfig: config({ rekorTlogUrls }) });
  expect([await verified(), services.asked[1]]).toEqual([
    "verified  at a time",
    "/sigstore/api/v2/log/entries",
  ]);
});

test.each([
  ["no log", { rekorTlogUrls: [] }, ["/sigstore/stamp"]],
  ["no timestamps", { tsaUrls: [] }, ["/sigstore/api/v1/log/entries"]],
  ["the log of version 2", {}, ["/sigstore/api/v2/log/entries", "/sigstore/stamp"]],
])("a key's signature is vouched for by a configuration with %s", async (what, changes, asked) => {
  const second = { rekorTlogUrls: [{ url: services.address.href, majorApiVersion: 2 }] };
  const signingConfig = config(what.includes("version 2") ? second : changes);
  await sign({ signingConfig }, { key });
  expect([await verified(), services.asked]).toEqual(["verified  at a time", asked]);
});

test("a key asks nobody that is not named", async () => {
  await sign({}, { key });
  expect([await verified(), services.asked]).toEqual(["verified", []]);
});

test("what a key signed before its end counts afterwards where the time is proved, and only there", async () => {
  await sign({ timestamps: `${services.address.href}/stamp` }, { key });
  const first = image;
  count += 1;
  const writer = new LayoutWriter(join(home, `layout-${count}`));
  writer.finish([named(writer.image(["unproved"]).manifest, "one")]);
  image = `oci:${join(home, `layout-${count}`)}:one`;
  await sign({}, { key });
  const end = new Date(Date.now() + 1000).toISOString();
  await sleep(1100);
  expect(await verified({ "not-after": end })).toBe("refused key-life");
  image = first;
  expect(await verified({ "not-after": end })).toBe("verified  at a time");
});

test.each<[string, () => Partial<KeylessRequest>, string]>([
  [
    "that is named beside single services",
    () => ({ signingConfig: config(), rekor: "https://rekor.example" }),
    "--signing-config names every service",
  ],
  [
    "whose authorities have ended",
    () => ({
      signingConfig: config({
        caUrls: [
          {
            url: "https://a.example",
            majorApiVersion: 1,
            validFor: { end: "2024-01-01T00:00:00Z" },
          },
        ],
      }),
    }),
    "cannot choose among the certificate authorities",
  ],
  [
    "that wants more logs than there are",
    () => ({ signingConfig: config({ rekorTlogConfig: { selector: "EXACT", count: 2 } }) }),
    "it wants 2 of different operators, and 1 can be had",
  ],
  [
    "of which nobody proves the time",
    () => ({ signingConfig: config({ rekorTlogUrls: [], tsaUrls: [] }) }),
    "nobody would prove the time",
  ],
])("a configuration %s is refused before anybody is asked", async (_, keyless, wanted) => {
  await expect(sign(keyless())).rejects.toThrow(wanted);
  expect(services.asked).toEqual([]);
});
