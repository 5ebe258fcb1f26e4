import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fix } from "./fix.ts";
import type { Surroundings } from "./surroundings.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-fix-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const surroundings = { env: {}, signal: new AbortController().signal } as unknown as Surroundings;

function asked(path: string, policy: string | null = null): Parameters<typeof fix>[0] {
  const nothing = {
    threshold: null,
    exceptions: null,
    framework: null,
    before: null,
  };
  return { targets: [path], policy, ...nothing };
}

const PACK = "pss-restricted";

/** A pod against which that has nothing, but for what is given. */
function pod(context: string): string {
  return `# kept
apiVersion: v1
kind: Pod
metadata: {name: app} # kept too
spec:
  securityContext:
    runAsNonRoot: true
    seccompProfile: {type: RuntimeDefault}
  containers:
  - name: app
    image: registry.example/app:1@sha256:${"0".repeat(64)}
    securityContext:
${context}`;
}

const GOOD = "      allowPrivilegeEscalation: false\n      capabilities:\n        drop: [ALL]\n";

test("edits a file until nothing more follows, and leaves every other byte and its mode", async () => {
  const path = join(folder, "app.yaml");
  writeFileSync(path, `\uFEFF${pod("      privileged: true # why?\n")}`.replaceAll("\n", "\r\n"));
  chmodSync(path, 0o640);
  const run = await fix(asked(path, PACK), { isPreview: false }, surroundings);
  expect(run.left).toEqual([]);
  expect(run.fixed.map(({ rule }) => rule.id).sort()).toEqual([
    "drop-all-capabilities",
    "no-privilege-escalation",
    "no-privileged",
  ]);
  const wanted = pod(
    "      capabilities:\n        drop:\n        - ALL\n      allowPrivilegeEscalation: false\n",
  );
  expect(readFileSync(path, "utf8")).toBe(`\uFEFF${wanted}`.replaceAll("\n", "\r\n"));
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

test("shows what it would do, and does nothing", async () => {
  const path = join(folder, "shown.yaml");
  const text = pod(`${GOOD}      privileged: true\n`);
  writeFileSync(path, text);
  const run = await fix(asked(path, PACK), { isPreview: true }, surroundings);
  expect([readFileSync(path, "utf8"), run.files[0]?.after]).toEqual([text, pod(GOOD)]);
  expect([run.fixed.length, run.left.length, run.result.findings.length]).toEqual([1, 0, 0]);
});

test("says what it leaves, and why", async () => {
  const path = join(folder, "left.yaml");
  const shared = `x: &on {privileged: true}\n${pod(GOOD)}`;
  const other = "  - name: b\n    image: b\n    securityContext: *on\n";
  writeFileSync(path, shared + other);
  const { left } = await fix(asked(path), { isPreview: false }, surroundings);
  const reasons = new Map(left.map(({ finding, reason }) => [finding.rule.id, reason]));
  expect(reasons.get("no-privileged")).toMatch(/alias \*on/);
  expect(reasons.get("no-latest-tag")).toMatch(/depends on/);
});

test("repairs a workflow and a service as they are written", async () => {
  const workflow = join(folder, "ci.yml");
  writeFileSync(
    workflow,
    `on: push
permissions: {}
jobs:
  build:
    runs-on: ubuntu-24.04
    steps:
      # first
      - uses: actions/checkout@${"1".repeat(40)} # v4
      - uses: actions/upload-artifact@v3
        with: {path: .}
`,
  );
  await fix(asked(workflow), { isPreview: false }, surroundings);
  expect(readFileSync(workflow, "utf8")).toContain(
    `@${"1".repeat(40)} # v4\n        with:\n          persist-credentials: false\n      - uses`,
  );
  const compose = join(folder, "compose.yaml");
  writeFileSync(
    compose,
    "services:\n  app:\n    image: app\n    security_opt: [seccomp:unconfined]\n",
  );
  await fix(asked(compose), { isPreview: false }, surroundings);
  expect(readFileSync(compose, "utf8")).toContain("security_opt: [no-new-privileges:true]\n");
});
