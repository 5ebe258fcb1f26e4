// Objects of a cluster, live and out of a folder, beside the manifests that declare them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ClusterStandIn, startClusterApi } from "../../test/lab/cluster-api.ts";
import { auditCluster } from "./audit-cluster.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "bulwark-objects-"));
  mkdirSync(join(home, "declared"));
  mkdirSync(join(home, "dump"));
});
afterEach(() => rmSync(home, { recursive: true }));

type Members = Readonly<Record<string, unknown>>;

const [A, B] = ["a", "b"].map((digit) => `sha256:${digit.repeat(64)}`);
const CONTAINER = { name: "app", image: "registry.example/app:1.2" };

function deployment(
  name: string,
  spec: Members,
  metadata: Members = { namespace: "shop" },
): Members {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, ...metadata },
    spec: { replicas: 2, template: { metadata: { labels: { app: name } }, spec } },
  };
}

/** As the API server completes it. */
function completed(container: Members, more: Members = {}): Members {
  return {
    containers: [
      {
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        imagePullPolicy: "IfNotPresent",
        resources: {},
        ...container,
      },
    ],
    restartPolicy: "Always",
    dnsPolicy: "ClusterFirst",
    schedulerName: "default-scheduler",
    securityContext: {},
    terminationGracePeriodSeconds: 30,
    ...more,
  };
}

function pod(name: string, of: string, digest: string | undefined, more: string[] = []): Members {
  const hash = "5d4f";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "shop",
      labels: { "pod-template-hash": hash },
      ownerReferences: [{ kind: "ReplicaSet", name: `${of}-${hash}`, controller: true }],
    },
    spec: completed(CONTAINER, { volumes: [{ name: "kube-api-access-x7k2p", projected: {} }] }),
    status: {
      containerStatuses: [
        { name: "app", imageID: `registry.example/app@${digest}` },
        ...more.map((container) => ({ name: container, imageID: `registry.example/x@${digest}` })),
      ],
    },
  };
}

function put(path: string, ...objects: Members[]): void {
  writeFileSync(join(home, path), objects.map((one) => JSON.stringify(one, null, 1)).join("\n"));
}

const CHECKS = ["runs-as-declared", "declared-is-running", "running-is-declared"];
CHECKS.push("one-digest-per-service", "tag-not-moved");

async function told(
  {
    from,
    env = {},
    isDeclared = true,
  }: {
    from: string | null;
    env?: Record<string, string | undefined>;
    isDeclared?: boolean;
  } = { from: join(home, "dump") },
): Promise<{ found: string[]; problems: string[] }> {
  const audit = await auditCluster(
    {
      ...{ from, choice: { kubeconfig: null, context: null }, framework: null, threshold: null },
      ...{
        exceptions: null,
        db: null,
        declared: isDeclared ? [join(home, "declared")] : [],
        registry: false,
      },
    },
    {
      env: { HOME: home, ...env },
      signal: new AbortController().signal,
      progress: () => undefined,
      warn: () => undefined,
    },
  );
  return {
    found: audit.findings
      .filter(({ rule }) => CHECKS.includes(rule.id))
      .map(({ severity, message }) => `${severity} ${message}`)
      .sort(),
    problems: audit.problems
      .filter(({ detail }) => CHECKS.some((id) => detail.includes(id)))
      .map(({ detail }) => detail),
  };
}

test("what the API server completes, pods get and scaling changes is no difference", async () => {
  put("declared/web.json", deployment("web", { containers: [CONTAINER] }));
  const live = deployment("web", completed(CONTAINER), {
    namespace: "shop",
    annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
  });
  put("dump/web.json", { ...live, spec: { ...(live["spec"] as Members), replicas: 9 } });
  put("dump/pod-a.json", pod("web-5d4f-a", "web", A, ["istio-proxy"]));
  put("dump/pod-b.json", pod("web-5d4f-b", "web", A, ["istio-proxy"]));
  expect(await told()).toEqual({ found: [], problems: [] });
});

test("what differs is told of the object, and pods together", async () => {
  const declared = { ...CONTAINER, resources: { limits: { memory: "1Gi", cpu: "500m" } } };
  put("declared/web.json", deployment("web", { containers: [declared] }));
  put("declared/gone.json", deployment("gone", { containers: [CONTAINER] }));
  const live = {
    ...CONTAINER,
    image: "registry.example/app:1.3",
    command: ["sh"],
    env: [{ name: "DEBUG", value: "never-told" }],
    securityContext: { privileged: true, capabilities: { add: ["SYS_ADMIN"] } },
    resources: { limits: { memory: "1024Mi", cpu: "1" } },
  };
  put(
    "dump/web.json",
    deployment(
      "web",
      completed(live, { hostPID: true, volumes: [{ name: "h", hostPath: { path: "/etc" } }] }),
    ),
  );
  put("dump/stray.json", deployment("stray", completed(CONTAINER)));
  put("dump/dns.json", deployment("dns", completed(CONTAINER), { namespace: "kube-system" }));
  put("dump/pod-a.json", pod("web-5d4f-a", "web", A, ["miner"]));
  put("dump/pod-b.json", pod("web-5d4f-b", "web", B, ["miner"]));
  const { found } = await told();
  expect(found).toMatchInlineSnapshot(`
    [
      "high Deployment web, container app: added capability SYS_ADMIN is there and not declared (web-5d4f-a and web-5d4f-b)",
      "high Deployment web, container app: image is declared as registry.example/app:1.2 and runs as registry.example/app:1.3 (web-5d4f-a and web-5d4f-b)",
      "high Deployment web, container app: privileged is declared as false and runs as true (web-5d4f-a and web-5d4f-b)",
      "high Deployment web: the host's /etc is mounted and not declared (web-5d4f-a and web-5d4f-b)",
      "high Deployment web: use of the host's processes is declared as false and runs as true (web-5d4f-a and web-5d4f-b)",
      "low Deployment gone: it is declared and does not run",
      "low Deployment web, container app: processor limit is declared as 500m and runs as 1 (web-5d4f-a and web-5d4f-b)",
      "low Deployment web: container miner was put into its pods and is not in it (web-5d4f-a and web-5d4f-b)",
      "medium Deployment stray: it runs and is declared nowhere (stray)",
      "medium Deployment web, container app: it runs 2 images: aaaaaaaaaaaa in web-5d4f-a and bbbbbbbbbbbb in web-5d4f-b",
      "medium Deployment web, container app: it runs another command than is declared (web-5d4f-a and web-5d4f-b)",
      "medium Deployment web, container app: variable DEBUG is set and not declared (web-5d4f-a and web-5d4f-b)",
    ]
  `);
  expect(found.join("\n")).not.toContain("never-told");
});

test("without files only pods are compared with each other", async () => {
  put("dump/web.json", deployment("web", completed(CONTAINER)));
  put("dump/pod-a.json", pod("web-5d4f-a", "web", A));
  put("dump/pod-b.json", pod("web-5d4f-b", "web", B));
  const { found } = await told({ from: join(home, "dump"), isDeclared: false });
  expect(found).toHaveLength(1);
  expect(found[0]).toContain("it runs 2 images: ");
});

test("an object without namespace is the default one, the only one, or unknown", async () => {
  put("declared/web.json", deployment("web", { containers: [CONTAINER] }, {}));
  put("dump/web.json", deployment("web", completed({ ...CONTAINER, image: "other" })));
  expect((await told()).found).toHaveLength(1);
  put("dump/b.json", deployment("web", completed(CONTAINER), { namespace: "b" }));
  const several = await told();
  expect(several.found.filter((line) => !line.includes("declared nowhere"))).toEqual([]);
  expect(several.problems.join("\n")).toContain("it says no namespace, and 2 namespaces have");
});

test("what could not be read may be there: nothing is missing then", async () => {
  put("declared/web.json", deployment("web", { containers: [CONTAINER] }));
  writeFileSync(join(home, "dump/web.yaml"), "apiVersion: v1\nkind: [\n");
  const { found, problems } = await told();
  expect(found).toEqual([]);
  expect(problems.join("\n")).toContain("cannot tell declared-is-running");
});

describe("a cluster that runs", () => {
  let cluster: ClusterStandIn;
  beforeEach(async () => {
    cluster = await startClusterApi("tools");
  });
  afterEach(() => cluster.stop());

  test("is asked for its pods, which their controller stands for", async () => {
    put("declared/web.json", deployment("web", { containers: [CONTAINER] }));
    const live = deployment("web", completed({ ...CONTAINER, image: "registry.example/app:9" }));
    cluster.put("/apis/apps/v1/namespaces/shop/deployments/web", live);
    for (const [name, digest] of [
      ["web-5d4f-a", A],
      ["web-5d4f-b", B],
    ] as const)
      cluster.put(`/api/v1/namespaces/shop/pods/${name}`, pod(name, "web", digest));
    const { found } = await told({ from: null, env: cluster.env });
    expect(found).toMatchInlineSnapshot(`
      [
        "high Deployment web, container app: image is declared as registry.example/app:1.2 and runs as registry.example/app:9 (web-5d4f-a and web-5d4f-b)",
        "medium Deployment web, container app: it runs 2 images: aaaaaaaaaaaa in web-5d4f-a and bbbbbbbbbbbb in web-5d4f-b",
      ]
    `);
  });
});
