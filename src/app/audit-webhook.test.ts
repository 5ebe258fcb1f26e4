// What an API server posts, over real HTTP and HTTPS: lists of events become alerts, and nothing but events is taken.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request as httpsRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../test/shared.ts";
import { issueAuthority, issueServer, type KeyAndCertificate } from "../io/certificates/issue.ts";
import type { Alert } from "../model/alert.ts";
import { AuditWatch } from "./audit-watch.ts";
import { type AuditTlsFiles, type AuditWebhook, startAuditWebhook } from "./audit-webhook.ts";
import { replayAudit } from "./replay-audit.ts";
import { watch } from "./watch.ts";

const RULES = `
- rule: exec into a pod
  desc: d
  condition: ka.verb = create and ka.target.subresource = exec
  output: exec by %ka.user.name in %ka.target.name
  priority: WARNING
  source: k8s_audit
`;

let folder: string;
let webhook: AuditWebhook | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-audit-"));
  webhook = null;
});
afterEach(async () => {
  await webhook?.end();
  rmSync(folder, { recursive: true, force: true });
});

const event = (more: object = {}): object => ({
  level: "Request",
  auditID: "a-1",
  stage: "ResponseStarted",
  requestURI: "/api/v1/namespaces/shop/pods/web-0/exec",
  verb: "create",
  user: { username: "eve", groups: ["system:authenticated"] },
  objectRef: { resource: "pods", subresource: "exec", namespace: "shop", name: "web-0" },
  responseStatus: { code: 101 },
  stageTimestamp: "2026-11-27T01:02:03.123456Z",
  ...more,
});
const eventList = (items: readonly object[]): string =>
  JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items });

async function listening(tls: AuditTlsFiles | null, alerts: Alert[]): Promise<number> {
  const asked = new AuditWatch([{ path: "r", text: RULES }], "cp-1", (alert) => alerts.push(alert));
  webhook = await startAuditWebhook({ host: "127.0.0.1", port: 0, tls }, () => asked);
  return webhook.port;
}

/** A certificate for clients, as a cluster's authority gives it to its API server. */
function clientOf(at: string, authority: KeyAndCertificate): { cert: string; key: string } {
  const path = (name: string): string => join(at, name);
  writeFileSync(path("authority.crt"), authority.certificate);
  writeFileSync(path("authority.key"), authority.key);
  writeFileSync(path("client.ext"), "extendedKeyUsage=clientAuth\nkeyUsage=digitalSignature\n");
  const openssl = (words: string): void => {
    execFileSync("openssl", words.split(" "), { cwd: at, stdio: "ignore" });
  };
  openssl("ecparam -name prime256v1 -genkey -noout -out client.key");
  openssl("req -new -key client.key -subj /CN=apiserver -out client.csr");
  openssl(
    "x509 -req -in client.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 1 -extfile client.ext -out client.crt",
  );
  return {
    cert: readFileSync(path("client.crt"), "utf8"),
    key: readFileSync(path("client.key"), "utf8"),
  };
}

async function posted(port: number, body: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body });
  await response.text();
  return response.status;
}

describe("an API server's webhook", () => {
  test("each event of a list is asked of the rules", async () => {
    const alerts: Alert[] = [];
    const port = await listening(null, alerts);
    expect(await posted(port, eventList([event(), event({ verb: "get" }), event()]))).toBe(200);
    expect(alerts).toHaveLength(2);
    expect(alerts[0]).toMatchObject({
      rule: "exec into a pod",
      source: "k8s_audit",
      time: "2026-11-27T01:02:03.123456Z",
      hostname: "cp-1",
      output: "exec by eve in web-0",
      fields: {
        "ka.user.name": "eve",
        "ka.verb": "create",
        "ka.target.resource": "pods",
        "ka.target.namespace": "shop",
        "ka.target.name": "web-0",
        "ka.auditid": "a-1",
      },
    });
    expect(webhook?.received()).toEqual({ lists: 1, events: 3, damaged: 0 });
  });

  test("what is no list of events is refused, and what cannot be read in one is counted", async () => {
    const alerts: Alert[] = [];
    const port = await listening(null, alerts);
    expect(await posted(port, "hello")).toBe(400);
    expect(await posted(port, "[[[[[[[[1]]]]]]]]")).toBe(400);
    expect(await posted(port, '{"kind":"Pod"}')).toBe(400);
    expect(await posted(port, "x".repeat((16 << 20) + 1))).toBe(413);
    expect(await posted(port, eventList([{ verb: 3 }, event()]))).toBe(200);
    expect(await posted(port, eventList([]))).toBe(200);
    expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()).toBe("ok\n");
    expect((await fetch(`http://127.0.0.1:${port}/`, { method: "PUT", body: "x" })).status).toBe(
      405,
    );
    expect(alerts).toHaveLength(1);
    expect(webhook?.received()).toEqual({ lists: 2, events: 1, damaged: 5 });
  });

  test("without a certificate nobody but this machine may reach it", async () => {
    const asked = new AuditWatch([], "", () => undefined);
    await expect(
      startAuditWebhook({ host: "0.0.0.0", port: 0, tls: null }, () => asked),
    ).rejects.toMatchObject({ code: "usage" });
  });

  test("a certificate that is none is told", async () => {
    writeFileSync(join(folder, "bad"), "hello");
    const files = { certificate: join(folder, "bad"), key: join(folder, "bad"), clientCa: null };
    await expect(listening(files, [])).rejects.toMatchObject({ code: "config-invalid" });
  });

  test("with an authority for clients, only an API server that it vouches for is heard", async () => {
    const validity = {
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 3_600_000),
    };
    const [ours, theirs] = [issueAuthority("ours", validity), issueAuthority("theirs", validity)];
    const server = issueServer(["127.0.0.1"], validity, ours);
    const written = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const files = {
      certificate: written("tls.crt", server.certificate),
      key: written("tls.key", server.key),
      clientCa: written("ca.crt", theirs.certificate),
    };
    const alerts: Alert[] = [];
    const port = await listening(files, alerts);
    const body = eventList([event()]);
    const ask = (client: { cert?: string; key?: string }): Promise<number> =>
      new Promise((resolve, reject) => {
        const request = httpsRequest(
          { host: "127.0.0.1", port, method: "POST", ca: ours.certificate, ...client },
          (response) => {
            response.resume();
            resolve(response.statusCode ?? 0);
          },
        );
        request.on("error", reject);
        request.end(body);
      });
    await expect(ask({})).rejects.toThrow();
    const stranger = issueServer(["apiserver"], validity, ours);
    await expect(ask({ cert: stranger.certificate, key: stranger.key })).rejects.toThrow();
    expect(alerts).toEqual([]);
    // One that is for servers is none for clients.
    const notForClients = issueServer(["apiserver"], validity, theirs);
    await expect(
      ask({ cert: notForClients.certificate, key: notForClients.key }),
    ).rejects.toThrow();
    expect(await ask(clientOf(folder, theirs))).toBe(200);
    expect(alerts).toHaveLength(1);
  });
});

describeShared("Falco's rules over audit events", () => {
  const stock = sharedPath("fixtures/runtime/k8saudit/k8s_audit_rules.yaml");

  test("are watched without root and without a kernel, and end in a file and in a count", async () => {
    const ending = new AbortController();
    const log = join(folder, "alerts.jsonl");
    let told: (url: string) => void = () => undefined;
    const listens = new Promise<string>((resolve) => {
      told = resolve;
    });
    const folded: Alert[] = [];
    const watching = watch(
      {
        rules: [stock],
        audit: { host: "127.0.0.1", port: 0, tls: null },
        sinks: [`file:${log}`],
        isOnce: false,
        baselines: [],
        events: null,
        record: null,
        replaces: false,
        only: null,
        enforce: [],
        modes: [],
        withoutRecord: false,
        onReload: () => undefined,
      },
      { env: {}, signal: ending.signal, progress: () => undefined, warn: () => undefined },
      {
        tidings: (tidings) => {
          if (tidings.kind === "listening") told(tidings.url);
        },
        omitted: () => undefined,
        taken: () => Promise.resolve(),
        each: () => undefined,
        folded: (alert) => folded.push(alert),
      },
    );
    const body = eventList([event(), event(), event({ user: { username: "mallory" } })]);
    const answer = await fetch(await listens, { method: "POST", body });
    expect(answer.status).toBe(200);
    ending.abort();
    const watched = await watching;
    expect(watched).toMatchObject({
      alerts: 3,
      causes: 2,
      audit: { lists: 1, events: 3, damaged: 0 },
      sinks: [expect.objectContaining({ sent: 3, dropped: 0 })],
    });
    expect(folded.map(({ rule, repeats }) => [rule, repeats?.count])).toEqual([
      ["Attach/Exec Pod", undefined],
      ["Attach/Exec Pod", undefined],
      ["Attach/Exec Pod", 1],
    ]);
    expect(readFileSync(log, "utf8").trimEnd().split("\n")).toHaveLength(3);
  });

  test("are asked of a log, and a stranger's file is told", async () => {
    const log = join(folder, "audit.log");
    const lines = [event(), event({ verb: "get" })].map((one) =>
      JSON.stringify({ kind: "Event", apiVersion: "audit.k8s.io/v1", ...one }),
    );
    writeFileSync(log, `${lines.join("\n")}\n{"kind":"Event","apiVersion":"audit.k8s.io/v1","le`);
    const alerts: Alert[] = [];
    const surroundings = {
      env: {},
      signal: new AbortController().signal,
      progress: () => undefined,
      warn: () => undefined,
    };
    const use = { surroundings, alert: (alert: Alert): void => void alerts.push(alert) };
    const replayed = await replayAudit(log, [stock], use);
    expect(replayed).toMatchObject({ events: 2, problems: [{ code: "log-damaged" }] });
    expect(alerts.map(({ rule }) => rule)).toContain("Attach/Exec Pod");
    writeFileSync(log, "hello\n");
    await expect(replayAudit(log, [stock], use)).rejects.toMatchObject({
      code: "document-invalid",
    });
    await expect(replayAudit(log, [], use)).rejects.toMatchObject({ code: "document-invalid" });
  });
});
