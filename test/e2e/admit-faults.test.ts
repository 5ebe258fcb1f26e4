// Rows of the table of faults that are the webhook's: over TLS, against a registry that fails on command, and killed under load.
import type { ChildProcess } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startWebhook } from "../../src/app/admit-serve.ts";
import { signImage } from "../../src/app/sign.ts";
import { putManifest } from "../../src/io/attachments/test-support/attached.ts";
import { renewedCertificates } from "../../src/io/certificates/renew.ts";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, start } from "../lab/bundle.ts";
import { type OciRegistry, startOciRegistry } from "../lab/oci-registry/start.ts";

let home: string;
let registry: OciRegistry;
let program: Bundle;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  program = buildBundle("admit-faults");
  registry = await startOciRegistry();
}, BUNDLE_TIMEOUT_MS);
afterAll(async () => {
  await registry.stop();
  program.remove();
});
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bulwark-admit-faults-"));
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(join(home, "release.key"), privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(join(home, "release.pub"), publicKey.export({ type: "spki", format: "pem" }));
  writeFileSync(join(home, "trust.yaml"), "keys: [{ id: release, key: release.pub }]\n");
  registry.behaviour.fault = () => null;
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(home, { recursive: true, force: true });
});

function around(): Parameters<typeof signImage>[1] {
  const { signal } = new AbortController();
  return { env: { HOME: home }, signal, progress: () => undefined, warn: () => undefined };
}

function policy(onUnknown: string): string {
  const path = join(home, "policy.yaml");
  const rule = `{ id: signed, onUnknown: ${onUnknown}, signed: { by: [release] } }`;
  writeFileSync(path, `policy: faults\ntrust: trust.yaml\nrules: [${rule}]\n`);
  return path;
}

let count = 0;
async function signed(): Promise<string> {
  count += 1;
  const name = `team/fault-${count}`;
  const { digest } = putManifest(registry.repository(name), { annotations: { name } });
  const image = `${registry.host}/${name}@${digest}`;
  const services = { identityToken: null, fulcio: null, rekor: null, timestamps: null };
  const keyless = { ...services, signingConfig: null, rekorVersion: 1 } as const;
  const key = { key: join(home, "release.key"), password: async () => "", keyless };
  await signImage({ image, ...key, withOldTag: false, offline: false }, around());
  return image;
}

interface Webhook {
  readonly port: number;
  readonly authorities: string;
  stop(): Promise<void>;
}

async function webhook(path: string): Promise<Webhook> {
  const started = await startWebhook(
    {
      ...{ policy: path, trust: null, exceptions: null, overrides: { files: [], keys: [] } },
      ...{ offline: false, platform: null, mode: "enforce", host: "127.0.0.1", port: 0 },
      ...{ healthPort: 0, certificates: join(home, "certs"), names: [], name: "guard" },
      ...{
        memory: join(home, "memory"),
        excluded: [],
        evidence: join(home, "evidence"),
        drainMs: 0,
        policyReports: false,
      },
    },
    async () => undefined,
    around(),
  );
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (!isStopped) await started.stop();
    isStopped = true;
  };
  closing.push(stop);
  return { ...started, stop };
}

interface Answer {
  readonly uid: string;
  readonly allowed: boolean;
  readonly status?: { readonly message: string };
}

function review(uid: string, spec: object): string {
  const object = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec };
  const asked = { uid, kind: { kind: "Pod" }, operation: "CREATE", namespace: "shop", object };
  return JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: asked,
  });
}

function ask(
  { port, authorities }: Omit<Webhook, "stop">,
  body: string,
  agent?: Agent,
): Promise<Answer> {
  return new Promise((done, fail) => {
    const options = { host: "127.0.0.1", port, path: "/validate", method: "POST", ca: authorities };
    const keeping = { agent: agent ?? new Agent({ keepAlive: false }), servername: "localhost" };
    const sent = request({ ...options, ...keeping }, (response) => {
      let said = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        said += piece;
      });
      response.on("error", fail);
      response.on("end", () => done((JSON.parse(said) as { response: Answer }).response));
    });
    sent.on("error", fail);
    sent.end(body);
  });
}

const podOf = (image: string): object => ({ containers: [{ name: "app", image }] });

test.each([
  ["closed", false],
  ["open", true],
  ["last-known-good", false],
])("registry down, %s: an image that nobody has seen", async (mode, allowed) => {
  const image = await signed();
  const server = await webhook(policy(mode));
  registry.behaviour.fault = () => ({ status: 403 });
  const { status, ...answer } = await ask(server, review("a", podOf(image)));
  expect([answer, status?.message ?? ""]).toEqual([
    {
      uid: "a",
      allowed,
      ...(allowed ? { warnings: expect.anything() } : { auditAnnotations: expect.anything() }),
    },
    allowed ? "" : expect.stringContaining("policy faults cannot be told about Pod shop/web"),
  ]);
});

test.each([
  ["closed", false],
  ["open", true],
  ["last-known-good", true],
])(
  "registry down, %s: an image that was allowed, before another process came up",
  async (mode, allowed) => {
    const image = await signed();
    const before = await webhook(policy(mode));
    const first = await ask(before, review("a", podOf(image)));
    // What was allowed is written down soon, and not while somebody waits.
    await sleep(2_500);
    await before.stop();
    registry.behaviour.fault = () => ({ status: 403 });
    const after = await webhook(policy(mode));
    const second = await ask(after, review("b", podOf(image)));
    expect([first.allowed, second.allowed]).toEqual([true, allowed]);
  },
);

test("slow registry: the API server gets its answer before it stops waiting", async () => {
  const image = await signed();
  const server = await webhook(policy("closed"));
  registry.behaviour.fault = () => ({ delayMs: 30_000 });
  const begun = performance.now();
  const { allowed, status } = await ask(server, review("a", podOf(image)));
  expect([allowed, status?.message, performance.now() - begun < 15_000]).toEqual([
    false,
    expect.stringContaining("its registry did not answer within 4 s"),
    true,
  ]);
}, 60_000);

test("clock skew: what a clock that was ahead has made is not served, and one that is behind is", async () => {
  const ahead = new Date(Date.now() + 20 * 86_400_000);
  const wrong = renewedCertificates(null, ["localhost", "127.0.0.1"], ahead);
  mkdirSync(join(home, "certs"));
  for (const [name, text] of Object.entries(wrong)) writeFileSync(join(home, "certs", name), text);
  const server = await webhook(policy("closed"));
  const served = readFileSync(join(home, "certs", "tls.crt"), "utf8");
  const { validFrom } = new X509Certificate(served);
  const halfAnHourAgo = new Date(Date.now() - 1_800_000);
  expect([served === wrong["tls.crt"], new Date(validFrom) < halfAnHourAgo]).toEqual([false, true]);
  const authorities = readFileSync(join(home, "certs", "ca.crt"), "utf8");
  expect(await ask({ ...server, authorities }, review("a", { containers: [] }))).toMatchObject({
    uid: "a",
  });
});

/** Any that is free now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

test("killed under load: what is answered is right, and its successor is believed", async () => {
  const [port, health] = [await freePort(), await freePort()];
  const words = `admit serve --policy pss-baseline --mode enforce --listen 127.0.0.1 --certificates certs --evidence evidence --port ${port} --health-port ${health}`;
  const run = (): ChildProcess => {
    const { child, ended } = start(program.program, words.split(" "), { folder: home, env: {} });
    closing.push(async () => {
      child.kill("SIGKILL");
      await ended;
    });
    return child;
  };
  const certificates = join(home, "certs", "tls.crt");
  const untilThere = async (): Promise<void> => {
    for (let i = 0; i < 300; i += 1) {
      const authorities = existsSync(certificates)
        ? readFileSync(join(home, "certs", "ca.crt"), "utf8")
        : "";
      const isThere = await ask({ port, authorities }, review("up", {})).then(
        () => true,
        () => false,
      );
      if (isThere) return;
      await sleep(100);
    }
    throw new Error("it does not come up");
  };
  const first = run();
  await untilThere();
  const authorities = readFileSync(join(home, "certs", "ca.crt"), "utf8");
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const outcomes = { right: 0, wrong: 0, unanswered: 0 };
  let isOver = false;
  const load = Array.from({ length: 8 }, async (_, worker) => {
    for (let i = 0; !isOver; i += 1) {
      const isBad = i % 2 === 0;
      const uid = `${worker}-${i}`;
      const body = review(uid, { hostNetwork: isBad, containers: [{ name: "app", image: "a:1" }] });
      try {
        const answer = await ask({ port, authorities }, body, agent);
        const isRight = answer.uid === uid && answer.allowed === !isBad;
        outcomes[isRight ? "right" : "wrong"] += 1;
      } catch {
        outcomes.unanswered += 1;
        await sleep(20);
      }
    }
  });
  await sleep(500);
  first.kill("SIGKILL");
  await sleep(300);
  const before = outcomes.right;
  run();
  await untilThere();
  await sleep(500);
  isOver = true;
  await Promise.all(load);
  agent.destroy();
  expect([outcomes.wrong, outcomes.unanswered > 0, before > 0, outcomes.right > before]).toEqual([
    0,
    true,
    true,
    true,
  ]);
}, 120_000);
