// Admission against a registry that fails on command: what is asked once, what is remembered, what is let in when nothing answers.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type OciRegistry, startOciRegistry } from "../../test/lab/oci-registry/start.ts";
import { OCI_INDEX } from "../formats/oci-media-type.ts";
import { readKubernetes } from "../formats/workload/kubernetes.ts";
import { putIndex, putManifest } from "../io/attachments/test-support/attached.ts";
import { forgetful } from "../io/verdict-memory.ts";
import type { WorkloadDecision } from "../model/admission.ts";
import type { Workload } from "../model/workload.ts";
import { type AdmissionRequest, openAdmission } from "./admission.ts";
import { type ImageVerdicts, imageVerdicts, type Lifetimes } from "./image-verdicts.ts";
import { generateKeys } from "./keys.ts";
import { loadPolicy } from "./policy.ts";
import { trustForImages } from "./policy-trust.ts";
import { signImage } from "./sign.ts";
import type { Surroundings } from "./surroundings.ts";
import { watchedAdmission } from "./watched-admission.ts";

let home: string;
let registry: OciRegistry;
const warnings: string[] = [];
const password = async (): Promise<string> => "lab";

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "bulwark-admission-"));
  registry = await startOciRegistry();
  await generateKeys({ kind: "ecdsa-p256", prefix: join(home, "release") }, password);
  writeFileSync(join(home, "trust.yaml"), "keys: [{ id: release, key: release.pub }]\n");
});
afterAll(async () => {
  await registry.stop();
  rmSync(home, { recursive: true, force: true });
});
beforeEach(() => {
  registry.behaviour.fault = () => null;
  warnings.length = 0;
});

function around(): Surroundings {
  const { signal } = new AbortController();
  const env = { HOME: home };
  return { env, signal, progress: () => undefined, warn: (text) => warnings.push(text) };
}

function policy(name: string, ...rules: readonly string[]): string {
  const path = join(home, `${name}.yaml`);
  const lines = rules.map((rule) => `  - ${rule}\n`).join("");
  writeFileSync(path, `policy: ${name}\ntrust: trust.yaml\nrules:\n${lines}`);
  return path;
}

const SIGNED = "{ id: signed, signed: { by: [release] } }";

function request(path: string): AdmissionRequest {
  const nobody = { files: [], keys: [] };
  const nothing = { trust: null, exceptions: null, overrides: nobody, platform: null };
  return { policy: path, offline: false, ...nothing };
}

let count = 0;
async function image(...of: readonly "signed"[]): Promise<string> {
  count += 1;
  const name = `team/api-${count}`;
  const repository = registry.repository(name);
  const { digest } = putManifest(repository, { annotations: { name } });
  repository.tag("1", digest);
  const reference = `${registry.host}/${name}:1`;
  if (of.length > 0) await sign(reference);
  return reference;
}

async function sign(reference: string): Promise<void> {
  const keyless = {
    identityToken: null,
    fulcio: null,
    rekor: null,
    rekorVersion: 1,
    timestamps: null,
    signingConfig: null,
  } as const;
  const key = { key: join(home, "release.key"), password, keyless };
  await signImage({ image: reference, ...key, withOldTag: false, offline: false }, around());
}

function pod(...images: readonly string[]): Workload {
  const containers = images.map((text, i) => ({ name: `c${i}`, image: text }));
  const metadata = { name: "web", namespace: "shop" };
  const [workload] = readKubernetes({
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec: { containers },
  });
  if (workload === undefined) throw new Error("no workload");
  return workload;
}

const outcomes = ({ verdict, images }: WorkloadDecision): unknown => [
  verdict.outcome,
  ...images.map((each) => each.verdict.outcome),
];
const requests = (): number => registry.seen.length;

test("a signed image may run, an unsigned one may not, and neither is asked about twice", async () => {
  const [good, bad] = [await image("signed"), await image()];
  const admission = await openAdmission(request(policy("one", SIGNED)), around());
  const first = await admission.decide(pod(good, bad));
  const asked = requests();
  const again = admission.decide(pod(good, bad, good));
  expect([outcomes(first), again, requests() - asked, admission.counts]).toEqual([
    ["deny", "allow", "deny"],
    { ...first },
    0,
    { hits: 2, asked: 2, failed: 0, known: 2 },
  ]);
  expect(first.verdict.reasons).toEqual([
    `signed: ${bad} is not signed by release: nothing of the kind is attached`,
  ]);
});

test("many who ask at once wait for one question", async () => {
  const good = await image("signed");
  const admission = await openAdmission(request(policy("many", SIGNED)), around());
  const before = requests();
  const all = await Promise.all(Array.from({ length: 50 }, () => admission.decide(pod(good))));
  const asked = requests() - before;
  expect([
    new Set(all.map((one) => one.verdict.outcome)),
    admission.counts.asked,
    asked < 12,
  ]).toEqual([new Set(["allow"]), 1, true]);
});

test.each([
  ["closed", "undecided"],
  ["open", "allow"],
  ["last-known-good", "undecided"],
])("an image that nobody has seen, when its registry is down: %s", async (mode, outcome) => {
  const good = await image("signed");
  const rule = `{ id: signed, onUnknown: ${mode}, signed: { by: [release] } }`;
  registry.behaviour.fault = () => ({ status: 403 });
  const admission = await openAdmission(request(policy(`down-${mode}`, rule)), around());
  expect((await admission.decide(pod(good))).verdict.outcome).toBe(outcome);
});

test("nothing is asked of a registry that is not about images", async () => {
  const admission = await openAdmission(
    request(policy("checks", "check: no-privileged")),
    around(),
  );
  const before = requests();
  const decision = admission.decide(pod(await image()));
  expect([admission.asksAboutImages, decision, requests() - before]).toMatchObject([
    false,
    { verdict: { outcome: "allow" }, images: [] },
    0,
  ]);
});

test("every container that is objected to is named", async () => {
  const admission = await openAdmission(request(policy("named", "check: no-privileged")), around());
  const containers = ["a", "b"].map((name) => ({
    name,
    image: "x",
    securityContext: { privileged: true },
  }));
  const [workload] = readKubernetes({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {},
    spec: { containers },
  });
  const { findings, verdict } = await admission.decide(workload ?? pod());
  expect([verdict.reasons, findings.map(({ message }) => message)]).toEqual([
    ["2 findings against no-privileged"],
    ["Pod, container a: is privileged", "Pod, container b: is privileged"],
  ]);
});

test.each([
  ["an image id", `sha256:${"ab".repeat(32)}`, "deny", "it was built here and never pushed"],
  ["what is no name", "no name", "undecided", "cannot read"],
  ["an image that is not there", "HOST/team/none:1", "undecided", "it is not there"],
])("%s", async (_, written, outcome, reason) => {
  const text = written.replace("HOST", registry.host);
  const admission = await openAdmission(request(policy("odd", SIGNED)), around());
  const { verdict } = await admission.decide(pod(text));
  expect([verdict.outcome, verdict.reasons[0]]).toEqual([outcome, expect.stringContaining(reason)]);
});

test("a slow registry is not waited for longer than those who ask can wait", async () => {
  const good = await image("signed");
  registry.behaviour.fault = () => ({ delayMs: 30_000 });
  const admission = await openAdmission(request(policy("slow", SIGNED)), around());
  const began = performance.now();
  const { verdict } = await admission.decide(pod(good));
  expect([verdict.outcome, verdict.reasons[0], performance.now() - began < 9_000]).toEqual([
    "undecided",
    expect.stringContaining("its registry did not answer within 4 s"),
    true,
  ]);
}, 20_000);

const BRIEF = { digest: 0, tag: 0, stale: 0, failed: 0 };

async function verdicts(mode: string, hours: string, lifetimes: Lifetimes): Promise<ImageVerdicts> {
  const rule = `{ id: signed, onUnknown: ${mode}, signed: { by: [release] } }`;
  const path = policy(`again-${mode}`, rule);
  writeFileSync(path, `lastKnownGood: ${hours}\n`, { flag: "a" });
  const loaded = await loadPolicy(path);
  const question = loaded.imagesAt("deploy");
  const trust = await trustForImages(loaded, "deploy", null);
  if (question === null) throw new Error("nothing is asked");
  const { lastKnownGoodHours } = loaded.policy;
  const platform = { os: "linux", architecture: "amd64" };
  const asked = {
    question,
    trust,
    platform,
    offline: false,
    lastKnownGoodHours,
    memory: forgetful(),
  };
  return imageVerdicts(asked, around(), lifetimes);
}

test.each([
  ["last-known-good", "allow", true],
  ["closed", "undecided", false],
  ["open", "allow", false],
])("an image that was allowed, when its registry is down: %s", async (mode, outcome, isGood) => {
  const good = await image("signed");
  const images = await verdicts(mode, "1h", BRIEF);
  const before = await images.of(good);
  registry.behaviour.fault = () => ({ status: 403 });
  const after = await images.of(good);
  expect([before.verdict.outcome, after.verdict.outcome, after.isLastKnownGood]).toEqual([
    "allow",
    outcome,
    isGood,
  ]);
});

test("what was allowed outlives the process, and not a change of the policy", async () => {
  const good = await image("signed");
  const rule = "{ id: signed, onUnknown: last-known-good, signed: { by: [release] } }";
  const memory = join(home, "memory");
  const path = policy("kept", rule);
  const ask = async (): Promise<string> => {
    const admission = await openAdmission({ ...request(path), memory }, around());
    return (await admission.decide(pod(good))).verdict.outcome;
  };
  const seen = [await ask()];
  const file = join(memory, "last-known-good.json");
  for (let i = 0; i < 100 && !existsSync(file); i += 1) await sleep(100);
  registry.behaviour.fault = () => ({ status: 403 });
  seen.push(await ask());
  policy("kept", rule, "{ id: more, stages: [run], signed: {} }");
  seen.push(await ask());
  policy("kept", rule);
  writeFileSync(file, "{ broken");
  seen.push(await ask());
  expect(seen).toEqual(["allow", "allow", "undecided", "undecided"]);
}, 20_000);

test("an image whose signature was taken away is no longer let in, however good it was", async () => {
  const good = await image("signed");
  const images = await verdicts("last-known-good", "1h", BRIEF);
  const before = await images.of(good);
  registry.behaviour.fault = ({ path }) => (path.includes("/referrers/") ? EMPTY_LIST : null);
  const after = await images.of(good);
  registry.behaviour.fault = () => ({ status: 403 });
  const later = await images.of(good);
  expect([before, after, later].map(({ verdict }) => verdict.outcome)).toEqual([
    "allow",
    "deny",
    "undecided",
  ]);
});

const EMPTY_LIST = {
  status: 200,
  headers: { "content-type": OCI_INDEX },
  body: `{"schemaVersion":2,"mediaType":"${OCI_INDEX}","manifests":[]}`,
};

test.each([
  ["its list cannot be had", (path: string) => path.includes("/referrers/")],
  ["nothing of it can be had", () => true],
])(
  "a tag that means another image now is not let in for what it meant, when %s",
  async (_, fails) => {
    const good = await image("signed");
    const images = await verdicts("last-known-good", "1h", BRIEF);
    const seen = [(await images.of(good)).verdict.outcome];
    const name = good.slice(registry.host.length + 1, -2);
    const repository = registry.repository(name);
    repository.tag("1", putManifest(repository, { annotations: { other: name } }).digest);
    seen.push((await images.of(good)).verdict.outcome);
    const again = await images.of(good);
    registry.behaviour.fault = ({ path }) => (fails(path) ? { status: 403 } : null);
    seen.push((await images.of(good)).verdict.outcome);
    expect([seen, again.digest === null]).toEqual([["allow", "deny", "undecided"], false]);
  },
);

test("a tag that moves while its registry fails half is not let in for what it meant", async () => {
  const good = await image("signed");
  const images = await verdicts("last-known-good", "1h", BRIEF);
  const before = await images.of(good);
  const name = good.slice(registry.host.length + 1, -2);
  const repository = registry.repository(name);
  repository.tag("1", putManifest(repository, { annotations: { other: name } }).digest);
  registry.behaviour.fault = ({ path }) => (path.includes("/referrers/") ? { status: 403 } : null);
  const after = await images.of(good);
  expect([before.verdict.outcome, after.verdict.outcome, after.digest !== before.digest]).toEqual([
    "allow",
    "undecided",
    true,
  ]);
});

test("what is unknown of one image says nothing of another", async () => {
  const images = await verdicts("last-known-good", "1h", BRIEF);
  await images.of("bad name!");
  await images.of(await image("signed"));
  expect((await images.of("other bad name!")).verdict.outcome).toBe("undecided");
});

/** An image for two platforms; what is signed of it. */
async function platforms(
  name: string,
  ...signed: readonly ("index" | "amd64" | "arm64")[]
): Promise<string> {
  const repository = registry.repository(name);
  const child = (architecture: string) => ({
    ...putManifest(repository, { annotations: { architecture } }),
    platform: { os: "linux", architecture },
  });
  const [amd64, arm64] = [child("amd64"), child("arm64")];
  const index = putIndex(repository, [amd64, arm64]);
  repository.tag("1", index.digest);
  for (const what of signed)
    await sign(`${registry.host}/${name}@${{ amd64, arm64, index }[what].digest}`);
  return `${registry.host}/${name}:1`;
}

test.each([
  ["one of two is signed", ["amd64"], null, "deny", "(linux/arm64) is not signed"],
  ["both are signed", ["amd64", "arm64"], null, "allow", ""],
  ["the index is signed", ["index"], null, "allow", ""],
  ["the one that machines take is signed", ["arm64"], "arm64", "allow", ""],
  ["the one that machines do not take is signed", ["arm64"], "amd64", "deny", "(linux/amd64)"],
] as const)(
  "of an image for two platforms %s",
  async (what, signed, architecture, outcome, reason) => {
    const name = `multi/${what.replaceAll(" ", "-")}`;
    const reference = await platforms(name, ...signed);
    const platform = architecture === null ? null : { os: "linux", architecture };
    const admission = await openAdmission(
      { ...request(policy("multi", SIGNED)), platform },
      around(),
    );
    const { verdict } = await admission.decide(pod(reference));
    expect([verdict.outcome, verdict.reasons[0]]).toEqual([
      outcome,
      expect.stringContaining(reason),
    ]);
  },
);

test("while the verdict about a digest is renewed, the older one answers", async () => {
  const tagged = await image("signed");
  const images = await verdicts("closed", "1h", { ...BRIEF, stale: 60_000 });
  const { digest } = await images.of(tagged);
  const fixed = tagged.replace(/:1$/, `@${digest}`);
  await images.of(fixed);
  registry.behaviour.fault = () => ({ delayMs: 200 });
  const began = performance.now();
  const answer = images.of(fixed);
  expect([answer instanceof Promise, performance.now() - began < 100, images.counts.hits]).toEqual([
    false,
    true,
    1,
  ]);
});

test("rules about what is inside are answered by the verdicts of gates, or not at all", async () => {
  const inside = "{ id: severe, findings: { atLeast: critical } }";
  const path = policy("inside", inside);
  const admission = await openAdmission(request(path), around());
  const { verdict } = await admission.decide(pod(await image("signed")));
  expect([verdict.outcome, verdict.reasons[0]]).toEqual([
    "deny",
    expect.stringMatching(/is not passed by policy inside: nothing of the kind is attached/),
  ]);
});

test("with nobody who is believed nothing is told, and that is said", async () => {
  const path = join(home, "nobody.yaml");
  writeFileSync(path, "policy: nobody\nrules: [{ id: severe, findings: { atLeast: critical } }]\n");
  const admission = await openAdmission(request(path), around());
  const { verdict } = await admission.decide(pod(await image("signed")));
  expect([verdict.outcome, verdict.reasons[0], warnings]).toEqual([
    "undecided",
    expect.stringContaining("nobody is named whose signatures and verdicts are believed"),
    [expect.stringContaining("policy nobody has rules about what is inside images")],
  ]);
});

test("a policy that changes counts without a restart, and one that is broken does not", async () => {
  const bad = await image();
  const path = policy("living", SIGNED);
  const admission = await watchedAdmission(request(path), around(), 50);
  try {
    const seen = [(await admission.decide(pod(bad))).verdict.outcome];
    const until = async (isDone: () => boolean): Promise<void> => {
      for (let i = 0; i < 200 && !isDone(); i += 1) await sleep(50);
    };
    const before = admission.fingerprint;
    writeFileSync(path, "policy: living\nrules: [{ check: no-privileged }]\n");
    await until(() => admission.fingerprint !== before);
    seen.push((await admission.decide(pod(bad))).verdict.outcome);
    writeFileSync(path, "policy: living\nrules: [");
    await until(() => warnings.length > 0);
    seen.push((await admission.decide(pod(bad))).verdict.outcome);
    expect([seen, warnings]).toEqual([
      ["deny", "allow", "allow"],
      [expect.stringContaining("what was read before goes on counting: cannot read policy")],
    ]);
  } finally {
    admission.stop();
  }
}, 30_000);

const exceptFor = (scope: string): string => {
  const path = join(home, `exceptions-${scope.replace(/\W+/g, "-")}.yaml`);
  const one = `{ rule: signed, scope: ${scope}, reason: legacy, owner: team, until: 2099-01-01 }`;
  writeFileSync(path, `exceptions: [${one}]\n`);
  return path;
};
const OWNER = { kind: "Deployment", name: "shop-web" };

test.each([
  ["{ container: c0 }", "allow", "deny"],
  ["{ resource: Pod/web, container: c0 }", "allow", "deny"],
  ["{ resource: Pod/web }", "allow", "allow"],
  ["{ resource: Pod/other }", "deny", "deny"],
  ["{ resource: shop/Deployment/shop-web }", "allow", "allow"],
  ["{ resource: Deployment/web }", "deny", "deny"],
])("an exception for %s is for nobody else", async (scope, alone, both) => {
  const bad = await image();
  const exceptions = exceptFor(scope);
  const path = policy("excepted", SIGNED);
  const admission = await openAdmission({ ...request(path), exceptions }, around());
  const ask = async (...images: string[]): Promise<string> =>
    (await admission.decide({ owner: OWNER, ...pod(...images) })).verdict.outcome;
  expect([await ask(bad), await ask(bad, bad), await ask(bad)]).toEqual([alone, both, alone]);
});
