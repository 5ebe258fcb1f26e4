// What is installed: sound by our own checks and by kubectl, no more than it needs, and wholly removed.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { AppError } from "../kit/error.ts";
import { type InstallRequest, installManifests, uninstallCommands } from "./admit-install.ts";
import { runCheck } from "./check.ts";

const home = mkdtempSync(join(tmpdir(), "bulwark-install-"));
afterAll(() => rmSync(home, { recursive: true }));
writeFileSync(
  join(home, "policy.yaml"),
  "policy: shop\ntrust: trust.yaml\npacks: [pss-restricted]\n",
);
writeFileSync(join(home, "trust.yaml"), "keys: []\n");

const PLAIN: InstallRequest = {
  ...{ name: "guard", namespace: "guards", replicas: 2, excluded: [], mutates: false },
  ...{ policyReports: false, evidenceClaim: null },
  ...{ registrySecret: null, image: `registry.example/bulwark@sha256:${"a".repeat(64)}` },
  ...{ mode: "audit", policy: "pss-restricted", files: [], fail: null, args: [] },
  ...{ namespaceSelector: null, objectSelector: null },
};
const FULL: InstallRequest = {
  ...PLAIN,
  ...{ mutates: true, registrySecret: "registries", mode: "enforce", excluded: ["storage"] },
  ...{ policy: join(home, "policy.yaml"), files: [join(home, "trust.yaml")] },
  ...{ namespaceSelector: "env=prod", objectSelector: "!legacy" },
};

interface Members {
  readonly [name: string]: Members & Members[] & string;
}
async function objects(request: InstallRequest): Promise<Members[]> {
  const text = await installManifests(request);
  return parseAllDocuments(text).map((document) => document.toJS() as Members);
}
async function only(kind: string, request: InstallRequest): Promise<Members> {
  const found = (await objects(request)).filter((object) => String(object["kind"]) === kind);
  expect(found.length).toBe(1);
  return found[0] as Members;
}

/** In mode audit nobody is held up by what only watches. */
const OPEN_BY_MODE = [
  "webhook validate.admission.bulwark.dev is passed over while it does not answer",
];
/** Its installer left a namespace out, and what changes pods is open in every mode: a decision follows it. */
const OPEN_BY_CHOICE = [
  "webhook mutate.admission.bulwark.dev changes nothing while it does not answer",
  "webhook mutate.admission.bulwark.dev is not asked about the namespace storage",
  "webhook validate.admission.bulwark.dev is not asked about the namespace storage",
];

test.each([
  ["plain", PLAIN, OPEN_BY_MODE],
  ["full", FULL, OPEN_BY_CHOICE],
  ["with a claim", { ...FULL, evidenceClaim: "evidence" }, OPEN_BY_CHOICE],
])("%s: our own checks have nothing against it but what was chosen", async (_, request, open) => {
  const file = join(home, "manifests.yaml");
  writeFileSync(file, await installManifests(request));
  const around = {
    env: {},
    signal: new AbortController().signal,
    progress: () => undefined,
    warn: () => undefined,
  };
  const nothing = { threshold: null, exceptions: null, framework: null, before: null };
  const { verdict, subjects, problems } = await runCheck(
    { targets: [file], policy: "pss-restricted", ...nothing },
    around,
  );
  const { findings } = await runCheck({ targets: [file], policy: null, ...nothing }, around);
  const told = findings.map(({ message }) => message.replace(/^.*: /, ""));
  const workloads = subjects.filter(({ form }) => form === "workload").length;
  expect([verdict.outcome, workloads, problems]).toEqual(["allow", 1, []]);
  expect(told.filter((text) => text.startsWith("webhook ")).sort()).toEqual(open);
  // A limit of the processor would slow answers down, nodes without AppArmor refuse pods that ask for it, where registries are
  // only its installer knows, and it talks to the API server.
  expect(told.filter((text) => !text.startsWith("webhook "))).toEqual([
    "no network policy of ingress selects Deployment guard",
    "no network policy of egress selects Deployment guard",
    "mounts the token of its service account",
    "no AppArmor profile is set",
    "has no limit of the processor",
  ]);
});

test("everything that is installed is removed, and whom the API server asks goes first", async () => {
  const commands = uninstallCommands(FULL).trim().split("\n");
  const installed = await objects(FULL);
  const missing = installed.filter(({ kind, metadata }) => {
    const where =
      metadata?.["namespace"] === undefined ? "" : ` --namespace ${String(metadata["namespace"])}`;
    const name = String(metadata?.["name"]);
    return !commands.includes(
      `kubectl delete --ignore-not-found${where} ${String(kind).toLowerCase()} ${name}`,
    );
  });
  expect([
    missing,
    commands.slice(0, 2).every((line) => line.includes("webhookconfiguration")),
  ]).toEqual([[], true]);
  expect([installed.at(-2), installed.at(-1)].map((one) => String(one?.["kind"]))).toEqual([
    "ValidatingWebhookConfiguration",
    "MutatingWebhookConfiguration",
  ]);
});

test("reports are written, and may be, only when they are asked for", async () => {
  const may = async (request: InstallRequest): Promise<unknown> => [
    (await only("ClusterRole", request))["rules"]?.filter(
      ({ apiGroups }) => String(apiGroups) === "wgpolicyk8s.io",
    ).length,
    (await installManifests(request)).includes("--policy-reports"),
  ];
  expect([await may(FULL), await may({ ...FULL, policyReports: true })]).toEqual([
    [0, false],
    [2, true],
  ]);
});

test("the account may touch its Secret and its configurations, by name, and nothing else", async () => {
  const rules = [await only("Role", FULL), await only("ClusterRole", FULL)].map(
    ({ rules }) => rules,
  );
  expect(rules).toEqual([
    [
      {
        apiGroups: [""],
        resources: ["secrets"],
        resourceNames: ["guard"],
        verbs: ["get", "update"],
      },
    ],
    [
      {
        apiGroups: ["admissionregistration.k8s.io"],
        resources: ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"],
        resourceNames: ["guard"],
        verbs: ["get", "patch"],
      },
    ],
  ]);
});

test("namespaces that a cluster needs to come up are never asked about", async () => {
  const { webhooks } = await only("ValidatingWebhookConfiguration", FULL);
  expect(webhooks?.[0]).toMatchObject({
    failurePolicy: "Fail",
    matchPolicy: "Equivalent",
    sideEffects: "None",
    timeoutSeconds: 5,
    clientConfig: { service: { name: "guard", namespace: "guards", path: "/validate", port: 443 } },
    namespaceSelector: {
      matchExpressions: [
        {
          key: "kubernetes.io/metadata.name",
          operator: "NotIn",
          values: ["guards", "kube-system", "kube-public", "kube-node-lease", "storage"],
        },
        { key: "env", operator: "In", values: ["prod"] },
      ],
    },
    objectSelector: { matchExpressions: [{ key: "legacy", operator: "DoesNotExist" }] },
  });
});

test.each([
  ["audit", null, "Ignore"],
  ["enforce", null, "Fail"],
  ["enforce", "open", "Ignore"],
  ["audit", "closed", "Fail"],
] as const)("mode %s, fail %s", async (mode, fail, wanted) => {
  const { webhooks } = await only("ValidatingWebhookConfiguration", { ...PLAIN, mode, fail });
  expect(webhooks?.[0]?.["failurePolicy"]).toBe(wanted);
});

test("files go along, and the webhook reads them where they are put", async () => {
  const { data } = await only("ConfigMap", FULL);
  const { spec } = await only("Deployment", FULL);
  const args = spec?.["template"]?.["spec"]?.["containers"]?.[0]?.["args"] as unknown as string[];
  expect([
    Object.keys(data ?? {}),
    args.slice(args.indexOf("--policy"), args.indexOf("--policy") + 2),
  ]).toEqual([
    ["policy.yaml", "trust.yaml"],
    ["--policy", "/etc/bulwark/policy.yaml"],
  ]);
});

test("with a claim, each pod keeps a log of its own there", async () => {
  const { spec } = await only("Deployment", { ...FULL, evidenceClaim: "evidence" });
  const pod = spec?.["template"]?.["spec"];
  const [container] = pod?.["containers"] ?? [];
  const args = container?.["args"] as unknown as string[];
  expect([pod?.["volumes"], container?.["volumeMounts"], container?.["env"]]).toEqual([
    expect.arrayContaining([
      { name: "evidence", persistentVolumeClaim: { claimName: "evidence" } },
    ]),
    expect.arrayContaining([
      {
        name: "evidence",
        mountPath: args[args.indexOf("--evidence") + 1],
        subPathExpr: "$(POD_NAME)",
      },
    ]),
    expect.arrayContaining([
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    ]),
  ]);
});

test.each([
  [{ name: "Guard" }, "usage"],
  [{ evidenceClaim: "A" }, "usage"],
  [{ namespace: "a;rm" }, "usage"],
  [{ namespaceSelector: "a b" }, "usage"],
  [{ files: [join(home, "none")] }, "not-found"],
  [{ files: [join(home, "trust.yaml"), join(home, "trust.yaml")] }, "usage"],
])("%o is refused", async (wrong, code) => {
  await expect(installManifests({ ...PLAIN, ...wrong })).rejects.toMatchObject({ code });
  expect(AppError.name).toBe("AppError");
});
