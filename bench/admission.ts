// The webhook under load, in a process of its own: reviews in a second of its processor, how long they take, and what it keeps in
// memory. A bare HTTPS server that parses the same JSON is the floor. Every image is signed, and its verdict known beforehand.
import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect, type TLSSocket } from "node:tls";
import { signImage } from "../src/app/sign.ts";
import { putManifest } from "../src/io/attachments/test-support/attached.ts";
import { type OciRegistry, startOciRegistry } from "../test/lab/oci-registry/start.ts";
import { BENCH } from "./layout.ts";
import { verdictLine } from "./measure.ts";

const IMAGES = Number(process.env["BENCH_IMAGES"] ?? 1000);
const REQUESTS = Number(process.env["BENCH_REVIEWS"] ?? 100_000);
const CONNECTIONS = 4;
/** As what `bulwark admit install` writes has it. */
const NODE_OPTIONS = "--max-semi-space-size=8 --v8-pool-size=1";
const HOME = join(BENCH, "admission");
const PORTS = { webhook: 18_443, health: 18_080, bare: 18_444 };

/** What came of a load. */
interface Load {
  readonly perCpuSecond: number;
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** MB, at the end. */
  readonly resident: number;
  readonly denied: number;
}

/** @returns Lines for the closing table. */
async function admission(): Promise<string[]> {
  rmSync(HOME, { recursive: true, force: true });
  mkdirSync(HOME, { recursive: true });
  const registry = await startOciRegistry();
  const children: ChildProcess[] = [];
  try {
    const reviews = await signedReviews(registry);
    children.push(startWebhook(), startBare());
    await untilListening();
    await load(PORTS.webhook, reviews, children[0], IMAGES);
    const webhook = await load(PORTS.webhook, reviews, children[0], REQUESTS);
    const bare = await load(PORTS.bare, reviews, children[1], Math.min(REQUESTS, 30_000));
    console.log(
      `\nadmission: ${IMAGES} images, ${REQUESTS} reviews of ${reviews[0]?.length} bytes`,
    );
    told("bulwark admit serve", webhook);
    told("bare HTTPS server", bare);
    if (webhook.denied > 0) throw new Error(`${webhook.denied} reviews were denied`);
    return [
      verdictLine("1,500 reviews / reviews in a CPU second", 1500 / webhook.perCpuSecond, 1),
      verdictLine(
        "bare server / webhook, reviews in a CPU second",
        bare.perCpuSecond / webhook.perCpuSecond,
        6,
      ),
      verdictLine("webhook, p99", webhook.p99, 5, "ms"),
      verdictLine("webhook, resident", webhook.resident, 150, "MB"),
    ];
  } finally {
    for (const child of children) child.kill("SIGKILL");
    await registry.stop();
  }
}

function told(name: string, { perCpuSecond, perSecond, p50, p99, resident }: Load): void {
  const rates = `${perCpuSecond.toFixed(0)} in a CPU second, ${perSecond.toFixed(0)} in a second`;
  const times = `p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`;
  console.log(`  ${name.padEnd(24)} ${rates}, ${times}, ${resident.toFixed(0)} MB`);
}

const CERTS = join(HOME, "certs");

function startWebhook(): ChildProcess {
  const policy = "policy: bench\ntrust: trust.yaml\npacks: [pss-restricted]\n";
  const rule = "rules: [{ id: signed, signed: { by: [release] } }]\n";
  writeFileSync(join(HOME, "policy.yaml"), policy + rule);
  const args = ["admit", "serve", "--policy", join(HOME, "policy.yaml"), "--mode", "enforce"];
  const ports = ["--port", `${PORTS.webhook}`, "--health-port", `${PORTS.health}`];
  const folders = ["--certificates", CERTS, "--evidence", join(HOME, "evidence")];
  const output = openSync(join(HOME, "decisions.jsonl"), "w");
  return spawn(
    process.execPath,
    [resolve("bin/bulwark.js"), ...args, ...ports, ...folders, "--listen", "127.0.0.1"],
    { stdio: ["ignore", output, "inherit"], env: { ...process.env, HOME, NODE_OPTIONS } },
  );
}

function startBare(): ChildProcess {
  const script = resolve("bench/bare-webhook.js");
  const wait = `while [ ! -f ${CERTS}/tls.key ]; do sleep 0.1; done; sleep 0.2;`;
  const command = `${wait} exec ${process.execPath} ${script} ${CERTS}/tls.crt ${CERTS}/tls.key ${PORTS.bare}`;
  return spawn("sh", ["-c", command], { stdio: "inherit" });
}

async function untilListening(): Promise<void> {
  for (const port of [PORTS.webhook, PORTS.bare]) {
    for (let i = 0; ; i += 1) {
      const isThere =
        existsSync(join(CERTS, "tls.key")) &&
        (await ask(port, `{"request":{}}`, new Agent()).then(
          () => true,
          () => false,
        ));
      if (isThere) break;
      if (i > 200) throw new Error(`nobody listens on ${port}`);
      await sleep(100);
    }
    if (port === PORTS.bare) return;
  }
}

/** Signs as many images as are wanted, and asks about a pod of each. */
async function signedReviews(registry: OciRegistry): Promise<string[]> {
  const password = async (): Promise<string> => "";
  // Unencrypted: reading an encrypted one a thousand times is what would be measured.
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  writeFileSync(join(HOME, "release.key"), privateKey.export({ type: "pkcs8", format: "pem" }));
  writeFileSync(join(HOME, "release.pub"), publicKey.export({ type: "spki", format: "pem" }));
  writeFileSync(join(HOME, "trust.yaml"), "keys: [{ id: release, key: release.pub }]\n");
  const services = {
    identityToken: null,
    fulcio: null,
    rekor: null,
    timestamps: null,
    signingConfig: null,
  };
  const keyless = { ...services, rekorVersion: 1 } as const;
  const around = {
    env: { HOME },
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: () => undefined,
  };
  const reviews: string[] = [];
  for (let i = 0; i < IMAGES; i += 1) {
    const name = `team/api-${i}`;
    const { digest } = putManifest(registry.repository(name), { annotations: { name } });
    const image = `${registry.host}/${name}@${digest}`;
    const key = { key: join(HOME, "release.key"), password, keyless };
    await signImage({ image, ...key, withOldTag: false, offline: false }, around);
    reviews.push(review(image, i));
  }
  return reviews;
}

/** A pod as a Deployment's controller makes it. */
function review(image: string, i: number): string {
  const labels = { "app.kubernetes.io/name": "api", "pod-template-hash": "5d4f8c7b9" };
  const token = {
    name: "kube-api-access-abcde",
    mountPath: "/var/run/secrets/kubernetes.io/serviceaccount",
    readOnly: true,
  };
  const resources = { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } };
  const probe = {
    httpGet: { path: "/healthz", port: 8080, scheme: "HTTP" },
    periodSeconds: 10,
    failureThreshold: 3,
  };
  const securityContext = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ["ALL"] },
  };
  const container = {
    image,
    resources,
    securityContext,
    env: ["PORT", "LEVEL", "REGION", "CACHE", "QUEUE"].map((name) => ({
      name,
      value: `${name.toLowerCase()}-1`,
    })),
    ports: [{ containerPort: 8080, protocol: "TCP" }],
    livenessProbe: probe,
    readinessProbe: probe,
    volumeMounts: [token, { name: "tmp", mountPath: "/tmp" }],
    terminationMessagePath: "/dev/termination-log",
    imagePullPolicy: "IfNotPresent",
  };
  const fields = Object.fromEntries(
    ["containers", "securityContext", "volumes", "tolerations", "dnsPolicy", "schedulerName"].map(
      (name) => [
        `f:${name}`,
        {
          ".": {},
          'k:{"name":"api"}': { "f:image": {}, "f:name": {}, "f:resources": {}, "f:env": {} },
        },
      ],
    ),
  );
  const object = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      generateName: "api-5d4f8c7b9-",
      namespace: "shop",
      labels,
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "ReplicaSet",
          name: "api-5d4f8c7b9",
          uid: "5b0c",
          controller: true,
        },
      ],
      managedFields: [
        { manager: "kube-controller-manager", operation: "Update", fieldsV1: { "f:spec": fields } },
      ],
    },
    spec: {
      containers: [
        { ...container, name: "api" },
        { ...container, name: "proxy" },
      ],
      initContainers: [{ ...container, name: "migrate" }],
      securityContext: { seccompProfile: { type: "RuntimeDefault" } },
      volumes: [
        { name: "tmp", emptyDir: {} },
        { name: "kube-api-access-abcde", projected: { sources: [] } },
      ],
      serviceAccountName: "api",
      tolerations: [
        {
          key: "node.kubernetes.io/not-ready",
          operator: "Exists",
          effect: "NoExecute",
          tolerationSeconds: 300,
        },
      ],
    },
    status: {},
  };
  const asked = {
    uid: `0b4b3a2c-1d2e-4f50-8a6b-${String(i).padStart(12, "0")}`,
    kind: { group: "", version: "v1", kind: "Pod" },
    resource: { group: "", version: "v1", resource: "pods" },
    namespace: "shop",
    operation: "CREATE",
    userInfo: {
      username: "system:serviceaccount:kube-system:replicaset-controller",
      groups: ["system:authenticated"],
    },
    object,
    oldObject: null,
    dryRun: false,
  };
  return JSON.stringify({
    kind: "AdmissionReview",
    apiVersion: "admission.k8s.io/v1",
    request: asked,
  });
}

let ca: Buffer | undefined;

function ask(port: number, body: string, agent: Agent): Promise<string> {
  return new Promise((done, fail) => {
    ca ??= readFileSync(join(CERTS, "ca.crt"));
    const options = { host: "127.0.0.1", port, path: "/validate", method: "POST", agent, ca };
    const sent = request({ ...options, servername: "localhost" }, (response) => {
      let said = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        said += piece;
      });
      response.on("end", () => done(said));
    });
    sent.on("error", fail);
    sent.end(body);
  });
}

async function load(
  port: number,
  reviews: readonly string[],
  server: ChildProcess | undefined,
  count: number,
): Promise<Load> {
  const requests = reviews.map((body) => Buffer.from(`${headOf(body)}${body}`));
  const times = new Float64Array(count);
  let next = 0;
  let denied = 0;
  const pid = server?.pid ?? 0;
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => connected(port)));
  const before = cpuSeconds(pid);
  const begun = performance.now();
  const one = async (exchange: Exchange): Promise<void> => {
    while (next < count) {
      const i = next;
      next += 1;
      const at = performance.now();
      const said = await exchange(requests[i % requests.length] ?? Buffer.alloc(0));
      times[i] = performance.now() - at;
      if (!said.includes('"allowed":true')) denied += 1;
    }
  };
  await Promise.all(connections.map(({ exchange }) => one(exchange)));
  const wall = (performance.now() - begun) / 1000;
  for (const { socket } of connections) socket.destroy();
  times.sort();
  return {
    perCpuSecond: count / (cpuSeconds(pid) - before),
    perSecond: count / wall,
    p50: times[Math.floor(count * 0.5)] ?? 0,
    p99: times[Math.floor(count * 0.99)] ?? 0,
    resident: residentMb(pid),
    denied,
  };
}

const headOf = (body: string): string =>
  `POST /validate HTTP/1.1\r\nhost: localhost\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;

type Exchange = (request: Buffer) => Promise<string>;

/** A client of Node's own would be half of what is measured: requests are written beforehand, and answers only waited for. */
async function connected(port: number): Promise<{ socket: TLSSocket; exchange: Exchange }> {
  const socket = connect({ host: "127.0.0.1", port, ca, servername: "localhost" });
  await once(socket, "secureConnect");
  let said = "";
  let answered: (text: string) => void = () => undefined;
  socket.setEncoding("latin1").on("data", (piece: string) => {
    said += piece;
    const body = said.indexOf("\r\n\r\n") + 4;
    const length = Number(/content-length: (\d+)/i.exec(said)?.[1] ?? Number.POSITIVE_INFINITY);
    if (body < 4 || said.length < body + length) return;
    const whole = said;
    said = "";
    answered(whole);
  });
  const exchange: Exchange = (request) =>
    new Promise((resolve) => {
      answered = resolve;
      socket.write(request);
    });
  return { socket, exchange };
}

/** Of a process and its threads, in user and in kernel mode. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

const lines = await admission();
console.log(`\n${lines.join("\n")}`);
process.exitCode = lines.some((line) => line.startsWith("OVER")) ? 1 : 0;
