// Installing into a cluster and removing from it, over HTTPS against a server that applies as the documentation of server-side
// apply says: no real API server can be had from this machine's packages.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { type ClusterStandIn, startClusterApi } from "../../test/lab/cluster-api.ts";
import { type ClusterPlan, planInstall, planUninstall } from "./admit-apply.ts";
import type { InstallRequest } from "./admit-install.ts";
import type { Surroundings } from "./surroundings.ts";

const home = mkdtempSync(join(tmpdir(), "bulwark-apply-"));
afterAll(() => rmSync(home, { recursive: true }));

let cluster: ClusterStandIn;
beforeEach(async () => {
  cluster = await startClusterApi("tools");
});
afterEach(() => cluster.stop());

const INSTALL: InstallRequest = {
  ...{ name: "guard", namespace: "guards", replicas: 2, excluded: [], mutates: true },
  ...{ policyReports: false, evidenceClaim: null },
  ...{ registrySecret: null, image: `registry.example/bulwark@sha256:${"a".repeat(64)}` },
  ...{ mode: "audit", policy: "pss-restricted", files: [], fail: null, args: [] },
  ...{ namespaceSelector: null, objectSelector: null },
};

const around = (env: Surroundings["env"] = {}): Surroundings => ({
  env: { HOME: home, PATH: process.env["PATH"], ...env },
  signal: new AbortController().signal,
  progress: () => undefined,
  warn: () => undefined,
  note: () => undefined,
});

/** A kubeconfig whose user says who they are like this. */
function kubeconfig(user: string, more = ""): string {
  const ca = Buffer.from(cluster.place.ca).toString("base64");
  const path = join(home, "config.yaml");
  writeFileSync(
    path,
    `apiVersion: v1
kind: Config
current-context: lab
contexts: [{name: lab, context: {cluster: lab, user: me}}]
clusters:
- name: lab
  cluster:
    server: ${cluster.place.server}
    certificate-authority-data: ${ca}
${more}users:
- name: me
  user:
${user}
`,
  );
  return path;
}

const choiceOf = (path: string): { kubeconfig: string; context: null } => ({
  kubeconfig: path,
  context: null,
});
const known = (): { kubeconfig: string; context: null } =>
  choiceOf(kubeconfig(`    token: ${cluster.place.token}`));

const install = (request = INSTALL, isForced = false): Promise<ClusterPlan> =>
  planInstall(request, { choice: known(), isForced }, around());
const uninstall = (): Promise<ClusterPlan> => planUninstall(INSTALL, known(), around());

const told = ({ steps }: ClusterPlan): string[] =>
  steps.map(({ verb, kind, object }) => `${verb} ${kind} ${object}`);
const changes = (plan: ClusterPlan): string[] =>
  told(plan).filter((line) => !line.startsWith("keep"));
const DEPLOYMENT = "/apis/apps/v1/namespaces/guards/deployments/guard";
const VALIDATING = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/guard";

test("a plan changes nothing, carrying it out makes every object, whom the API server asks last", async () => {
  const plan = await install();
  const before = cluster.objects.size;
  await plan.carryOut();
  expect([before, told(plan)]).toEqual([
    0,
    [
      "create Namespace guards",
      "create ServiceAccount guards/guard",
      "create Secret guards/guard",
      "create Role guards/guard",
      "create RoleBinding guards/guard",
      "create ClusterRole guard",
      "create ClusterRoleBinding guard",
      "create Deployment guards/guard",
      "create Service guards/guard",
      "create PodDisruptionBudget guards/guard",
      "create ValidatingWebhookConfiguration guard",
      "create MutatingWebhookConfiguration guard",
    ],
  ]);
  expect(cluster.objects.size).toBe(12);
});

test("a cluster is not told to ask a pod that does not come to run", async () => {
  cluster.kubelets.run = false;
  const plan = await planInstall(
    INSTALL,
    { choice: known(), isForced: false, startMs: 20 },
    around(),
  );
  await expect(plan.carryOut()).rejects.toMatchObject({
    code: "cluster-failed",
    hint: expect.stringContaining("kubectl -n guards describe pods"),
  });
  const before = [...cluster.objects.keys()].filter((path) => path.includes("webhook"));
  cluster.kubelets.run = true;
  await cluster.put(DEPLOYMENT, {
    ...cluster.objects.get(DEPLOYMENT),
    status: { availableReplicas: 1 },
  });
  await (await install()).carryOut();
  expect([before, cluster.objects.has(VALIDATING)]).toEqual([[], true]);
});

test("what is already so is kept, what changed is changed, what is no longer wanted is removed", async () => {
  await (await install()).carryOut();
  const again = changes(await install());
  const other = await install({ ...INSTALL, mutates: false, mode: "warn" });
  await other.carryOut();
  expect([
    again,
    changes(other),
    changes(await install({ ...INSTALL, mutates: false, mode: "warn" })),
  ]).toEqual([
    [],
    ["remove MutatingWebhookConfiguration guard", "change Deployment guards/guard"],
    [],
  ]);
});

test("what the webhook itself has written stays: its certificates, and who vouches for them", async () => {
  await (await install()).carryOut();
  const secret = "/api/v1/namespaces/guards/secrets/guard";
  cluster.put(secret, { ...cluster.objects.get(secret), data: { "tls.key": "c2VjcmV0" } });
  const configuration = structuredClone(cluster.objects.get(VALIDATING)) as {
    webhooks: { clientConfig: Record<string, unknown> }[];
  };
  for (const webhook of configuration.webhooks) webhook.clientConfig["caBundle"] = "Y2E=";
  cluster.put(VALIDATING, configuration as unknown as Record<string, unknown>);
  const plan = await install({ ...INSTALL, excluded: ["storage"] });
  await plan.carryOut();
  const after = cluster.objects.get(VALIDATING) as unknown as typeof configuration;
  expect([changes(plan), cluster.objects.get(secret)?.["data"], after.webhooks]).toMatchObject([
    [
      "change Deployment guards/guard",
      "change ValidatingWebhookConfiguration guard",
      "change MutatingWebhookConfiguration guard",
    ],
    { "tls.key": "c2VjcmV0" },
    [{ clientConfig: { caBundle: "Y2E=", service: { name: "guard" } } }],
  ]);
});

test("a field that somebody else has set is taken over only when that is said", async () => {
  await (await install()).carryOut();
  const scaled = structuredClone(cluster.objects.get(DEPLOYMENT)) as { spec: { replicas: number } };
  scaled.spec.replicas = 5;
  cluster.put(DEPLOYMENT, scaled as unknown as Record<string, unknown>);
  await expect(install()).rejects.toMatchObject({
    code: "cluster-failed",
    subject: DEPLOYMENT,
    message: expect.stringContaining('conflict with "someone": .spec.replicas'),
  });
  const forced = await install(INSTALL, true);
  await forced.carryOut();
  expect([changes(forced), cluster.objects.get(DEPLOYMENT)]).toMatchObject([
    ["change Deployment guards/guard"],
    { spec: { replicas: 2 } },
  ]);
});

test("an object of the name that is not of this installation is not touched", async () => {
  cluster.put(VALIDATING, { kind: "ValidatingWebhookConfiguration", metadata: { name: "guard" } });
  await expect(install()).rejects.toMatchObject({
    code: "cluster-failed",
    message: expect.stringContaining('cannot apply ValidatingWebhookConfiguration "guard"'),
  });
  const plan = await uninstall();
  await plan.carryOut();
  expect([told(plan), cluster.objects.size]).toEqual([
    ["leave ValidatingWebhookConfiguration guard"],
    1,
  ]);
});

test("what is refused is known before anything is changed", async () => {
  cluster.put("/api/v1/namespaces/guards", { kind: "Namespace", metadata: { name: "guards" } });
  cluster.refused.set("/apis/rbac.authorization.k8s.io/v1/clusterroles/guard", 403);
  await expect(install()).rejects.toMatchObject({
    code: "cluster-failed",
    message: expect.stringMatching(/clusterroles\/guard.*: 403 who asks may not/),
  });
  expect(cluster.objects.size).toBe(1);
});

test("uninstalling leaves nothing, the webhook configurations and reports in other namespaces included", async () => {
  await (await install()).carryOut();
  const instance = { "app.kubernetes.io/instance": "guard" };
  const labels = { ...instance, "app.kubernetes.io/managed-by": "bulwark" };
  const reports = "/apis/wgpolicyk8s.io/v1alpha2/namespaces/shop/policyreports";
  const foreign = `${reports}/other`;
  cluster.put(`${reports}/guard`, { metadata: { name: "guard", namespace: "shop", labels } });
  cluster.put(foreign, { metadata: { name: "other", namespace: "shop", labels: instance } });
  const plan = await uninstall();
  const first = told(plan).slice(0, 2);
  await plan.carryOut();
  expect([first, [...cluster.objects.keys()], told(await uninstall())]).toEqual([
    ["remove ValidatingWebhookConfiguration guard", "remove MutatingWebhookConfiguration guard"],
    [foreign],
    [],
  ]);
});

test("a namespace that was there before, or holds what is not ours, is left", async () => {
  const path = "/api/v1/namespaces/guards";
  cluster.put(path, { kind: "Namespace", metadata: { name: "guards" } });
  await (await install()).carryOut();
  await (await uninstall()).carryOut();
  const before = [...cluster.objects.keys()];
  cluster.objects.clear();
  await (await install()).carryOut();
  const guest = "/api/v1/namespaces/guards/secrets/registries";
  cluster.put(guest, { kind: "Secret", metadata: { name: "registries", namespace: "guards" } });
  const plan = await uninstall();
  await plan.carryOut();
  expect([before, [...cluster.objects.keys()], plan.steps.at(-1)?.why]).toEqual([
    [path],
    [path, guest],
    "it holds Secret registries, which is not ours",
  ]);
});

test("an object that was replaced meanwhile is not removed", async () => {
  await (await install()).carryOut();
  const plan = await uninstall();
  cluster.objects.delete(VALIDATING);
  cluster.put(VALIDATING, { kind: "ValidatingWebhookConfiguration", metadata: { name: "guard" } });
  await expect(plan.carryOut()).rejects.toMatchObject({
    code: "cluster-failed",
    subject: VALIDATING,
  });
});

test("a token file, an exec plugin and a certificate say who we are; the plugin is run without a shell, beside its file", async () => {
  writeFileSync(join(home, "token"), `${cluster.place.token}\n`);
  const byFile = choiceOf(kubeconfig("    tokenFile: token"));
  const plugin = join(home, "who");
  writeFileSync(
    plugin,
    `#!/usr/bin/env node
const info = JSON.parse(process.env.KUBERNETES_EXEC_INFO);
if (process.argv[2] !== "a b; $(c)" || process.env.WHO !== "me" || info.spec.cluster.server === undefined) process.exit(3);
console.log(JSON.stringify({ apiVersion: info.apiVersion, kind: "ExecCredential", status: { token: "${cluster.place.token}" } }));
`,
  );
  chmodSync(plugin, 0o755);
  const plans = [(await planUninstall(INSTALL, byFile, around())).steps];
  const exec = `    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: ./who
      args: ["a b; $(c)"]
      env: [{name: WHO, value: me}]
      provideClusterInfo: true
      interactiveMode: IfAvailable`;
  plans.push((await planUninstall(INSTALL, choiceOf(kubeconfig(exec)), around())).steps);
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const { certificate, key } = cluster.place.client;
  const user = `    client-certificate-data: ${base64(certificate)}\n    client-key-data: ${base64(key)}`;
  plans.push((await planUninstall(INSTALL, choiceOf(kubeconfig(user)), around())).steps);
  expect(plans).toEqual([[], [], []]);
});

test("KUBECONFIG names several files, of which the first entry of a name counts; without any we are in a cluster", async () => {
  const { kubeconfig: path } = known();
  const first = join(home, "first.yaml");
  writeFileSync(first, 'current-context: ""\nusers: [{name: me, user: {token: wrong}}]\n');
  const listed = (paths: string): Surroundings => around({ KUBECONFIG: paths });
  const none = { kubeconfig: null, context: null };
  const ok = await planUninstall(INSTALL, none, listed(`${path}:${first}:${join(home, "absent")}`));
  const inside = await planUninstall(
    INSTALL,
    none,
    around({ ...cluster.env, HOME: join(home, "x") }),
  );
  expect([ok.cluster.label, inside.cluster.label]).toEqual([
    "context lab",
    "the cluster around us",
  ]);
  await expect(planUninstall(INSTALL, none, listed(`${first}:${path}`))).rejects.toMatchObject({
    message: expect.stringContaining("401"),
  });
});

test.each([
  [
    "a server that nobody vouches for",
    "    token: x",
    "    tls-server-name: elsewhere.example\n",
    "cluster-failed",
    /certificate/,
  ],
  [
    "a certificate without its key",
    "    client-certificate-data: LS0tLS1CRUdJTiA=",
    "",
    "config-invalid",
    /go together/,
  ],
  [
    "a server that may be anybody",
    "    token: x",
    "    insecure-skip-tls-verify: true\n",
    "config-invalid",
    /anybody/,
  ],
  ["an outdated way", "    auth-provider: {name: gcp}", "", "config-invalid", /auth-provider/],
  [
    "a program that is not there",
    "    exec: {apiVersion: client.authentication.k8s.io/v1, command: bulwark-none}",
    "",
    "cluster-failed",
    /no such program/,
  ],
  [
    "a program that wants to ask",
    "    exec: {apiVersion: client.authentication.k8s.io/v1, command: who, interactiveMode: Always}",
    "",
    "cluster-failed",
    /ask you/,
  ],
])("%s is refused", async (_, user, more, code, message) => {
  const choice = choiceOf(kubeconfig(user, more));
  await expect(planUninstall(INSTALL, choice, around())).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  });
});
