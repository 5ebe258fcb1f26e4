// Rules over audit events: those that Falco's plugin k8saudit ships, with one event for each case of its tests. The captures of those
// tests cannot be had, so that the events are ours; which rule each must raise is theirs.
import { readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { describeShared, sharedPath } from "../../test/shared.ts";
import type { AuditRecord } from "../stages/watch/audit/fields.ts";
import { loadRules } from "./rules.ts";

const FOLDER = "fixtures/runtime/k8saudit";

function fixture(name: string): string {
  return readFileSync(sharedPath(`${FOLDER}/${name}`), "utf8");
}

type Json = Readonly<Record<string, unknown>>;

interface Asked {
  readonly verb: string;
  readonly resource: string;
  readonly name?: string;
  readonly namespace?: string;
  readonly subresource?: string;
  readonly user?: string;
  readonly uri?: string;
  readonly object?: Json;
  readonly code?: number;
  readonly stage?: string;
}

/** A request that was answered. */
function audit({
  verb,
  resource,
  name,
  namespace,
  subresource,
  user,
  uri,
  object,
  code,
  stage,
}: Asked): AuditRecord {
  const json = {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "RequestResponse",
    auditID: "1",
    stage: stage ?? "ResponseComplete",
    requestURI: uri ?? `/api/v1/${resource}`,
    verb,
    user: { username: user ?? "minikube-user", groups: ["system:authenticated"] },
    objectRef: { resource, namespace: namespace ?? "default", name, subresource },
    responseStatus: { code: code ?? 201 },
    requestObject: object,
    responseObject: { metadata: { name: name ?? "made" } },
    annotations: { "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": "" },
  };
  return { number: 1, seconds: 1_760_000_000, nanoseconds: 5, json };
}

function pod(spec: Json): Json {
  return { spec: { containers: [{ name: "a", image: "nginx:1.27" }], ...spec } };
}

function pods(spec: Json, more: Partial<Asked> = {}): AuditRecord {
  return audit({ verb: "create", resource: "pods", object: pod(spec), ...more });
}

function container(more: Json): Json {
  return { name: "b", image: "registry.example:5000/nginx@sha256:0", ...more };
}

const PRIVILEGED = { securityContext: { privileged: true } };
const hostPath = (path: string): Json => ({ name: path, hostPath: { path } });
const made = (resource: string, object: Json = {}, more: Partial<Asked> = {}): AuditRecord =>
  audit({ verb: "create", resource, object, name: "x", ...more });
const deleted = (resource: string, more: Partial<Asked> = {}): AuditRecord =>
  audit({ verb: "delete", resource, name: "x", code: 200, ...more });
const role = (rule: Json, more: Partial<Asked> = {}): AuditRecord =>
  made("clusterroles", { rules: [{ apiGroups: [""], ...rule }] }, more);
const binding = (name: string): AuditRecord =>
  made("clusterrolebindings", { roleRef: { name }, subjects: [{ kind: "User", name: "a" }] });
const configMap = (data: Json): AuditRecord => made("configmaps", { data });

/** By capture of the tests: what it holds, and by which rule it must be found (null: by none of the warnings). */
const CASES: readonly (readonly [string, AuditRecord, string | null])[] = [
  ["CreateNginxPodUnprivileged", pods({}), null],
  [
    "CreateNginxPodPrivileged",
    pods({ containers: [container(PRIVILEGED)] }),
    "Create Privileged Pod",
  ],
  [
    "CreateNginxPodPrivileged2NdContainer",
    pods({
      containers: [container({ securityContext: { privileged: false } }), container(PRIVILEGED)],
    }),
    "Create Privileged Pod",
  ],
  [
    "CreateNginxPodNoSecctx1StContainerPrivileged2NdContainer",
    pods({ containers: [container({}), container(PRIVILEGED)] }),
    "Create Privileged Pod",
  ],
  [
    "(a container that only begins)",
    pods({ initContainers: [container(PRIVILEGED)] }),
    "Create Privileged Pod",
  ],
  [
    "CreateNginxPodSensitiveMount",
    pods({ volumes: [hostPath("/etc")] }),
    "Create Sensitive Mount Pod",
  ],
  [
    "CreateNginxPodSensitiveMount2NdContainer",
    pods({ volumes: [{ name: "e", emptyDir: {} }, hostPath("/proc")] }),
    "Create Sensitive Mount Pod",
  ],
  ["CreateNginxPodUnsensitiveMount", pods({ volumes: [hostPath("/data")] }), null],
  ["CreateNginxPodHostnetwork", pods({ hostNetwork: true }), "Create HostNetwork Pod"],
  ["CreateNginxPodNohostnetwork", pods({ hostNetwork: false }), null],
  ["(the process namespace of the host)", pods({ hostPID: true }), "Create HostPid Pod"],
  ["(the IPC namespace of the host)", pods({ hostIPC: true }), "Create HostIPC Pod"],
  [
    "CreateNginxServiceNodeport",
    made("services", { spec: { type: "NodePort", ports: [{ port: 80 }] } }),
    "Create NodePort Service",
  ],
  ["CreateNginxServiceNonodeport", made("services", { spec: { type: "ClusterIP" } }), null],
  [
    "CreateConfigmapSensitiveValues",
    configMap({ "a.ini": "aws_access_key_id=MY" }),
    "Create/Modify Configmap With Private Credentials",
  ],
  ["CreateConfigmapNoSensitiveValues", configMap({ "a.ini": "colour=blue" }), null],
  [
    "AnonymousCreatesNamespaceFoo",
    made("namespaces", {}, { user: "system:anonymous", name: "foo" }),
    "Anonymous Request Allowed",
  ],
  [
    "ExecPod",
    audit({
      verb: "create",
      resource: "pods",
      subresource: "exec",
      stage: "ResponseStarted",
      name: "p",
      uri: "/api/v1/namespaces/default/pods/p/exec?command=sh&stdin=true",
      code: 101,
    }),
    "Attach/Exec Pod",
  ],
  [
    "AttachPod",
    audit({
      verb: "create",
      resource: "pods",
      subresource: "attach",
      stage: "ResponseStarted",
      name: "p",
      code: 101,
    }),
    "Attach/Exec Pod",
  ],
  [
    "CreatePodKubeSystemNamespace",
    pods({}, { namespace: "kube-system" }),
    "Pod Created in Kube Namespace",
  ],
  [
    "CreatePodKubePublicNamespace",
    pods({}, { namespace: "kube-public" }),
    "Pod Created in Kube Namespace",
  ],
  [
    "CreateServiceaccountKubeSystemNamespace",
    made("serviceaccounts", {}, { namespace: "kube-system" }),
    "Service Account Created in Kube Namespace",
  ],
  [
    "DeleteClusterRoleKubeAggregator",
    deleted("clusterroles", { name: "system:kube-aggregator" }),
    "System ClusterRole Modified/Deleted",
  ],
  ["AttachClusterAdminRole", binding("cluster-admin"), "Attach to cluster-admin Role"],
  [
    "CreateClusterRoleWildcardResources",
    role({ resources: ["*"], verbs: ["get"] }),
    "ClusterRole With Wildcard Created",
  ],
  [
    "CreateClusterRoleWildcardVerbs",
    role({ resources: ["pods"], verbs: ["*"] }),
    "ClusterRole With Wildcard Created",
  ],
  [
    "CreateClusterRoleWritePrivileges",
    role({ resources: ["pods"], verbs: ["create", "delete"] }),
    "ClusterRole With Write Privileges Created",
  ],
  [
    "CreateClusterRolePodExec",
    role({ resources: ["pods/exec"], verbs: ["get"] }),
    "ClusterRole With Pod Exec Created",
  ],
  ["CreateDeployment", made("deployments"), "K8s Deployment Created"],
  ["DeleteDeployment", deleted("deployments"), "K8s Deployment Deleted"],
  ["CreateService", made("services", { spec: {} }), "K8s Service Created"],
  ["DeleteService", deleted("services"), "K8s Service Deleted"],
  ["CreateConfigmap", configMap({}), "K8s ConfigMap Created"],
  ["DeleteConfigmap", deleted("configmaps"), "K8s ConfigMap Deleted"],
  ["SomeUserCreatesNamespaceFoo", made("namespaces", {}, { name: "foo" }), "K8s Namespace Created"],
  ["DeleteNamespaceFoo", deleted("namespaces"), "K8s Namespace Deleted"],
  ["CreateServiceaccount", made("serviceaccounts"), "K8s Serviceaccount Created"],
  ["DeleteServiceaccount", deleted("serviceaccounts"), "K8s Serviceaccount Deleted"],
  ["CreateClusterrole", role({ resources: ["pods"], verbs: ["get"] }), "K8s ClusterRole Created"],
  ["DeleteClusterrole", deleted("clusterroles"), "K8s ClusterRole Deleted"],
  ["CreateClusterrolebinding", binding("view"), "K8s ClusterRoleBinding Created"],
  ["DeleteClusterrolebinding", deleted("clusterrolebindings"), "K8s ClusterRoleBinding Deleted"],
  ["CreateSecret", made("secrets", { type: "Opaque" }, { name: "mine" }), "K8s Secret Created"],
  ["DeleteSecret", deleted("secrets"), "K8s Secret Deleted"],
];

/** Rules that tell of every change, whatever it is. */
const TELLS_ALL = /^K8s .* (?:Created|Deleted)$|^Create Disallowed/;

interface Expectation {
  readonly captures: readonly string[];
  readonly detections: readonly (readonly [string, string, string])[];
}

describeShared("the rules of Falco's plugin k8saudit", () => {
  const loaded = loadRules([
    { path: "k8s_audit_rules.yaml", text: fixture("k8s_audit_rules.yaml") },
  ]);

  it("load, all 48", () => {
    expect(loaded.messages.filter(({ code }) => !code.startsWith("LOAD_UNUSED"))).toEqual([]);
    expect(loaded.audit.rules).toHaveLength(48);
    expect(loaded.sensor.rules).toEqual([]);
  });

  const engine = loaded.audit.engine("all");
  const alerts = (record: AuditRecord): string[] => {
    const names: string[] = [];
    engine.run(0, record, ({ rule }) => void names.push(rule.name));
    return names;
  };

  test.each(CASES)("%s", (_, record, rule) => {
    const raised = alerts(record);
    if (rule === null) expect(raised.filter((name) => !TELLS_ALL.test(name))).toEqual([]);
    else expect(raised).toContain(rule);
  });

  it("are those that Falco's tests name for these captures", () => {
    const expected = JSON.parse(fixture("tests_expectations.json")) as Expectation[];
    const wanted = new Map<string, Set<string>>();
    for (const { captures, detections } of expected) {
      const names = detections.flatMap(([, , what]) => /OfRule\("(.*)"\)/.exec(what)?.[1] ?? []);
      for (const capture of captures) {
        const all = wanted.get(capture.replace(/^K8SAudit/, "")) ?? new Set<string>();
        for (const name of names) all.add(name);
        wanted.set(capture.replace(/^K8SAudit/, ""), all);
      }
    }
    const others = CASES.filter(
      ([capture, , rule]) =>
        rule !== null && !capture.startsWith("(") && !wanted.get(capture)?.has(rule),
    );
    expect(others.map(([capture]) => capture)).toEqual([]);
  });

  it("write outputs with what was asked", () => {
    const [, record] = CASES.find(([capture]) => capture === "ExecPod") ?? [];
    if (record === undefined) throw new Error("no case");
    const written: string[] = [];
    engine.run(0, record, ({ rule, output }) => {
      if (rule.name === "Attach/Exec Pod") written.push(output(record).text);
    });
    expect(written).toEqual([expect.stringContaining("command=sh")]);
  });
});

describe("fields of audit events", () => {
  const RULE = "desc: d\n  source: k8s_audit\n  priority: INFO\n  output: o";
  const matches = (condition: string, record: AuditRecord): boolean => {
    const { audit: source, messages } = loadRules([
      { path: "r", text: `- rule: r\n  condition: ${JSON.stringify(condition)}\n  ${RULE}` },
    ]);
    expect(messages).toEqual([]);
    let isMatched = false;
    source.engine("first").run(0, record, () => {
      isMatched = true;
    });
    return isMatched;
  };
  test.each([
    ["ka.req.pod.containers.image.repository in (nginx)", true],
    ["ka.req.pod.initContainers.image.repository in ('registry.example:5000/nginx')", true],
    ["ka.req.pod.containers.image[1] exists", false],
    ["ka.req.pod.containers.eff_run_as_user intersects (7)", true],
    ["ka.req.pod.volumes.volume_type in (hostPath, emptyDir)", true],
    ["ka.req.pod.volumes.hostpath in (/etc)", true],
    ["ka.req.volume.hostpath[/et*] = true", true],
    ["ka.uri.param[a] = 'b c'", true],
    ["ka.uri.param[d] exists", false],
    ["jevt.value[/requestObject/spec/containers/0/image] = nginx:1.27", true],
    ["jevt.value[/requestObject/__proto__] exists", false],
    ["jevt.rawtime = 1760000000000000005", true],
    ["ka.user.groups intersects (system:authenticated)", true],
    ["ka.target.subresource exists", false],
    ["ka.response.code startswith 2", true],
  ])("%s: %s", (condition, wanted) => {
    const spec = {
      securityContext: { runAsUser: 7 },
      initContainers: [container({})],
      volumes: [{ name: "e", emptyDir: {} }, hostPath("/etc")],
    };
    expect(matches(condition, pods(spec, { uri: "/api/v1/pods?a=b%20c" }))).toBe(wanted);
  });
});
