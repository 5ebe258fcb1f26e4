// The webhook as a cluster asks it: over TLS, by names and authorities that it made known itself.
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request as requestPlain } from "node:http";
import { Agent, type RequestOptions, request as requestTls } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ClusterStandIn, startClusterApi } from "../../test/lab/cluster-api.ts";
import { renewedCertificates } from "../io/certificates/renew.ts";
import { type AdmitServeRequest, type RunningWebhook, startWebhook } from "./admit-serve.ts";

let home: string;
const closing: (() => Promise<void>)[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bulwark-webhook-"));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(home, { recursive: true, force: true });
});

interface Started extends RunningWebhook {
  readonly lines: string[];
  readonly warnings: string[];
}

async function start(
  wanted: Partial<AdmitServeRequest> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const [lines, warnings]: [string[], string[]] = [[], []];
  const nobody = { files: [], keys: [] };
  const request: AdmitServeRequest = {
    ...{ policy: "pss-baseline", trust: null, exceptions: null, overrides: nobody },
    ...{
      offline: true,
      platform: null,
      mode: "enforce",
      host: "127.0.0.1",
      port: 0,
      healthPort: 0,
    },
    ...{ certificates: env["KUBERNETES_SERVICE_HOST"] === undefined ? join(home, "certs") : null },
    ...{ names: [], name: "guard", excluded: [], evidence: join(home, "evidence"), drainMs: 0 },
    policyReports: false,
    ...wanted,
  };
  const { signal } = new AbortController();
  const warn = (text: string): void => void warnings.push(text);
  const around = { env: { HOME: home, ...env }, signal, progress: () => undefined, warn };
  const print = async (text: string): Promise<void> => void lines.push(text);
  const webhook = await startWebhook(request, print, around, 50);
  let isStopped = false;
  const stop = async (): Promise<void> => {
    if (!isStopped) await webhook.stop();
    isStopped = true;
  };
  closing.push(stop);
  return { ...webhook, stop, lines, warnings };
}

async function cluster(): Promise<ClusterStandIn> {
  const api = await startClusterApi("guards");
  closing.push(api.stop);
  api.objects.set(SECRET, { kind: "Secret", metadata: { name: "guard", resourceVersion: "1" } });
  const webhooks = [
    { name: "a", clientConfig: {} },
    { name: "b", clientConfig: { caBundle: "b2xk" } },
  ];
  api.objects.set(CONFIGURATION, { metadata: { name: "guard", resourceVersion: "1" }, webhooks });
  return api;
}
const SECRET = "/api/v1/namespaces/guards/secrets/guard";
const CONFIGURATION = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/guard";

interface Heard {
  readonly status: number;
  readonly body: string;
}

function heard(options: RequestOptions, body: string, isPlain = false): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const send = isPlain ? requestPlain : requestTls;
    const asked = send({ host: "127.0.0.1", ...options }, (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(pieces).toString() });
      });
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const pod = (spec: object): object => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web" },
  spec,
});
const GOOD = pod({ containers: [{ name: "app", image: "registry.example/app:1" }] });
const BAD = pod({ hostNetwork: true, containers: [] });

function review(object: object, more: object = {}): string {
  const userInfo = { username: "anna" };
  const request = {
    uid: "u-1",
    kind: { kind: "Pod" },
    operation: "CREATE",
    namespace: "shop",
    userInfo,
  };
  const whole = { ...request, object, ...more };
  return JSON.stringify({
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: whole,
  });
}

async function asked(
  webhook: RunningWebhook,
  body: string,
  more: RequestOptions = {},
): Promise<unknown> {
  const options = {
    port: webhook.port,
    path: "/validate",
    method: "POST",
    ca: webhook.authorities,
  };
  const { status, body: said } = await heard(
    { servername: "localhost", ...options, ...more },
    body,
  );
  if (status !== 200) return status;
  const { response } = JSON.parse(said) as {
    response: { uid: string; allowed: boolean; status?: { code: number } };
  };
  return [response.uid, response.allowed, response.status?.code];
}

const health = async (webhook: RunningWebhook, path: string): Promise<Heard> =>
  heard({ port: webhook.healthPort, path }, "", true);

test("reviews are answered, and decisions written down, counted, and recorded", async () => {
  const webhook = await start();
  const answers = [
    await asked(webhook, review(GOOD)),
    await asked(webhook, review(BAD)),
    await asked(webhook, review(BAD, { namespace: "kube-system" })),
    await asked(webhook, "{"),
  ];
  expect(answers).toEqual([
    ["u-1", true, undefined],
    ["u-1", false, 403],
    ["u-1", true, undefined],
    ["", false, 400],
  ]);
  const { body } = await health(webhook, "/metrics");
  expect(body).toContain('bulwark_admission_reviews_total{outcome="deny",allowed="false"} 1\n');
  expect(body).toContain("bulwark_admission_review_duration_seconds_count 4\n");
  await webhook.stop();
  const lines = webhook.lines
    .join("")
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));
  expect(lines).toMatchObject([
    { event: "decision", outcome: "allow", user: "anna", namespace: "shop", name: "web" },
    { outcome: "deny", allowed: false, reasons: ["1 finding against no-host-namespaces"] },
    { outcome: "refused", allowed: false },
  ]);
  const { readFileSync } = await import("node:fs");
  const evidence = readFileSync(join(home, "evidence", "evidence-000001.jsonl"), "utf8");
  expect(evidence.match(/"action":"admit"/g)?.length).toBe(3);
});

test("what is too large is denied and says so, whoever asks", async () => {
  const webhook = await start();
  const huge = review(pod({ filler: "x".repeat(3 << 20) }));
  const request = (JSON.parse(huge) as { request: object }).request;
  const withoutUid = JSON.stringify({ filler: "x".repeat(2000), request });
  expect([await asked(webhook, huge), await asked(webhook, withoutUid)]).toEqual([
    ["u-1", false, 413],
    413,
  ]);
});

test.each([
  ["/other", "POST", 404],
  ["/validate", "GET", 405],
])("%s by %s is not answered", async (path, method, status) => {
  const webhook = await start();
  expect(await asked(webhook, "", { path, method })).toBe(status);
});

test("replicas share one certificate, and the API server hears who vouches for it", async () => {
  const api = await cluster();
  const [one, two] = await Promise.all([start({}, api.env), start({}, api.env)]);
  const name = { servername: "guard.guards.svc" };
  const answers = [await asked(one, review(GOOD), name), await asked(two, review(GOOD), name)];
  expect([answers[0], answers, one.authorities]).toEqual([
    ["u-1", true, undefined],
    [answers[0], answers[0]],
    two.authorities,
  ]);
  const { webhooks } = api.objects.get(CONFIGURATION) as {
    webhooks: { clientConfig: { caBundle: string } }[];
  };
  const bundles = webhooks.map(({ clientConfig }) =>
    Buffer.from(clientConfig.caBundle, "base64").toString(),
  );
  expect(bundles).toEqual([one.authorities, one.authorities]);
  expect(api.seen.filter((line) => !line.startsWith("GET") && line.endsWith("200")).length).toBe(2);
  expect([...one.warnings, ...two.warnings]).toEqual([]);
});

test("a configuration that somebody breaks heals", async () => {
  const api = await cluster();
  const webhook = await start({}, api.env);
  const before = api.objects.get(CONFIGURATION) as { webhooks: { clientConfig: object }[] };
  const broken = before.webhooks.map((one) => ({ ...one, clientConfig: { caBundle: "" } }));
  api.objects.set(CONFIGURATION, { ...before, webhooks: broken });
  const bundle = Buffer.from(webhook.authorities).toString("base64");
  await expect
    .poll(() => JSON.stringify(api.objects.get(CONFIGURATION)), { timeout: 5000 })
    .toContain(bundle);
});

test("a certificate is exchanged while requests go on, over connections that stay", async () => {
  const api = await cluster();
  const webhook = await start({}, api.env);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const name = { servername: "guard.guards.svc", agent };
  await asked(webhook, review(GOOD), name);
  const old = renewedCertificates(
    null,
    ["guard.guards.svc", "guard.guards", "guard.guards.svc.cluster.local"],
    new Date(),
  );
  const data = Object.fromEntries(
    Object.entries(old).map(([file, text]) => [file, Buffer.from(text).toString("base64")]),
  );
  api.objects.set(SECRET, { metadata: { name: "guard", resourceVersion: "77" }, data });
  const served = async (): Promise<string> =>
    new Promise((resolve, reject) => {
      const options = {
        host: "127.0.0.1",
        port: webhook.port,
        path: "/",
        rejectUnauthorized: false,
      };
      const sent = requestTls(
        { ...options, servername: name.servername, agent: false },
        (response) => {
          resolve(
            (
              response.socket as unknown as { getPeerX509Certificate(): X509Certificate }
            ).getPeerX509Certificate().fingerprint256,
          );
          response.resume();
        },
      );
      sent.on("error", reject).end();
    });
  const wanted = new X509Certificate(old["tls.crt"]).fingerprint256;
  await expect.poll(served, { timeout: 5000 }).toBe(wanted);
  expect(await asked(webhook, review(GOOD), name)).toEqual(["u-1", true, undefined]);
  agent.destroy();
});

test("an API that refuses is told and counted, and reviews are answered all the same", async () => {
  const api = await cluster();
  const webhook = await start({}, api.env);
  writeFileSync(join(String(api.env["BULWARK_SERVICE_ACCOUNT"]), "token"), "another");
  await expect
    .poll(() => webhook.warnings, { timeout: 5000 })
    .toEqual([expect.stringMatching(/certificates are not kept: cannot read .* 401 no: 401/)]);
  expect(await asked(webhook, review(GOOD), { servername: "guard.guards.svc" })).toEqual([
    "u-1",
    true,
    undefined,
  ]);
});

test("who is told to end says so, answers still, and is then gone", async () => {
  const webhook = await start({ drainMs: 600 });
  const stopping = webhook.stop();
  await sleep(50);
  expect((await health(webhook, "/readyz")).status).toBe(503);
  expect(await asked(webhook, review(GOOD))).toEqual(["u-1", true, undefined]);
  await stopping;
  await expect(asked(webhook, review(GOOD))).rejects.toThrow(/ECONNREFUSED|socket hang up/);
});

describe("reports in the cluster", () => {
  const REPORT = "/apis/wgpolicyk8s.io/v1alpha2/namespaces/shop/policyreports/guard";
  const other = {
    ...{ source: "bulwark", policy: "pss-baseline", rule: "no-privileged", result: "fail" },
    ...{ message: "of another replica", timestamp: { seconds: 1, nanos: 0 } },
    resources: [{ kind: "Pod", namespace: "shop", name: "other" }],
  };
  const said = (api: ClusterStandIn): unknown => {
    const { results = [], summary } = (api.objects.get(REPORT) ?? {}) as {
      readonly results?: readonly (typeof other)[];
      readonly summary?: unknown;
    };
    return [
      summary,
      ...results.map(({ rule, result, resources: [one] }) => `${one?.name} ${rule} ${result}`),
    ];
  };
  const IN_CLUSTER = { servername: "guard.guards.svc" };
  const counts = (fail: number): object => ({ pass: 0, fail, warn: 0, error: 0, skip: 0 });

  test("hold what is objected to, of all replicas, until it is mended", async () => {
    const api = await cluster();
    const options = { mode: "audit", policyReports: true } as const;
    const first = await start(options, api.env);
    await asked(first, review(BAD), IN_CLUSTER);
    await asked(first, review(BAD, { dryRun: true, namespace: "elsewhere" }), IN_CLUSTER);
    await first.stop();
    const made = said(api);
    const report = api.objects.get(REPORT) as { results: unknown[] };
    api.objects.set(REPORT, { ...report, results: [...report.results, other, { odd: true }] });
    const second = await start(options, api.env);
    await asked(second, review(BAD), IN_CLUSTER);
    await second.stop();
    const merged = said(api);
    const third = await start(options, api.env);
    await asked(third, review(GOOD), IN_CLUSTER);
    await third.stop();
    expect([made, merged, said(api)]).toEqual([
      [counts(1), "web no-host-namespaces fail"],
      [counts(2), "web no-host-namespaces fail", "other no-privileged fail"],
      [counts(1), "other no-privileged fail"],
    ]);
    expect(api.seen.filter((line) => line.includes("elsewhere"))).toEqual([]);
  });

  test("are not for where there is no cluster", async () => {
    await expect(start({ policyReports: true })).rejects.toThrow("this is not in a cluster");
  });
});
