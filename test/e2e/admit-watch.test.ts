// A webhook whose policy was found and not named: when it goes away, that is a fault, and not the default policy instead.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, type Running, start } from "../lab/bundle.ts";

let bundle: Bundle;
let folder: string;
let webhook: Running;
let said = "";
/** Files are looked at every ten seconds. */
const LOOKED = { timeout: 30_000, interval: 200 };

beforeAll(() => {
  bundle = buildBundle("admit-watch");
  folder = mkdtempSync(join(tmpdir(), "bulwark-admit-watch-"));
  write("no-privileged");
  const ports = ["--listen", "127.0.0.1", "--port", "0", "--health-port", "0"];
  const args = ["admit", "serve", "--mode", "enforce", "--certificates", "certs", "--drain", "0"];
  webhook = start(bundle.program, [...args, ...ports], { folder });
  webhook.child.stderr?.on("data", (piece: Buffer) => {
    said += piece.toString();
  });
}, BUNDLE_TIMEOUT_MS);
afterAll(async () => {
  webhook.child.kill("SIGTERM");
  await webhook.ended;
  rmSync(folder, { recursive: true });
  bundle.remove();
});

function write(check: string): void {
  writeFileSync(join(folder, "bulwark.yaml"), `policy: mine\nrules: [{ check: ${check} }]\n`);
}

/** Whether a privileged pod may start. */
function mayStart(): Promise<boolean> {
  const container = { name: "a", image: "a", securityContext: { privileged: true } };
  const object = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a" },
    spec: { containers: [container] },
  };
  const kind = { group: "", version: "v1", kind: "Pod" };
  const asked = { uid: "u", kind, operation: "CREATE", namespace: "shop", name: "a", object };
  const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: asked };
  const port = Number(/webhook on port (\d+)/.exec(said)?.[1]);
  const ca = readFileSync(join(folder, "certs/ca.crt"));
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      path: "/validate",
      method: "POST",
      ca,
      agent: false,
    };
    const sent = request(options, (response) => {
      let body = "";
      response.on("data", (piece: Buffer) => {
        body += piece.toString();
      });
      response.on("end", () => {
        const { response: answer } = JSON.parse(body) as { response: { allowed: boolean } };
        resolve(answer.allowed);
      });
    });
    sent.on("error", reject);
    sent.end(JSON.stringify(review));
  });
}

test("goes on by a policy that is gone, says so, and follows the next one", {
  timeout: 90_000,
}, async () => {
  await expect.poll(() => said, LOOKED).toContain("policy mine in mode enforce");
  expect(await mayStart()).toBe(false);
  rmSync(join(folder, "bulwark.yaml"));
  await expect
    .poll(() => said, LOOKED)
    .toMatch(/what was read before goes on counting: .*bulwark\.yaml/);
  expect(await mayStart()).toBe(false);
  write("no-host-namespaces");
  await expect.poll(mayStart, LOOKED).toBe(true);
});
