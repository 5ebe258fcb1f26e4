// An audit of a cluster, for people: whose it is, what its own programs are, and what is wrong.
import { palette } from "../kit/colour.ts";
import { columns, cut, padRight, visible } from "../kit/display.ts";
import { count, list } from "../kit/phrase.ts";
import { CHECK_SCHEMA, type CheckResult } from "../model/check-result.ts";
import type { ClusterAudit, ClusterSummary } from "../model/cluster-audit.ts";
import { packageLines } from "./audit-packages-text.ts";
import { checkAnswer, checkText } from "./check-text.ts";
import { frameworkText } from "./framework-text.ts";

interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

const COMPONENTS_MAX = 20;

/** What makes the folder that `--from` takes, as a script to read and to run. */
export const HOW = `#!/bin/sh
# Writes down what bulwark audit cluster --from cluster looks at. It only reads.
set -eu
mkdir -p cluster/kubelet cluster/manifests
kubectl get --raw /version > cluster/version.json
kubectl get nodes -o json > cluster/nodes.json
kubectl get pods,deployments,replicasets,statefulsets,daemonsets,jobs,cronjobs,services,networkpolicies,ingresses,serviceaccounts -A -o json > cluster/objects.json
kubectl get namespaces -o json > cluster/namespaces.json
kubectl get clusterroles,clusterrolebindings,roles,rolebindings -A -o json > cluster/rbac.json
kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o json > cluster/admission.json
for node in $(kubectl get nodes -o name); do
  name="\${node#node/}"
  mkdir -p "cluster/kubelet/$name"
  kubectl get --raw "/api/v1/nodes/$name/proxy/configz" > "cluster/kubelet/$name/configz.json" || rm -f "cluster/kubelet/$name/configz.json"
done
# On each machine of the control plane, where its pods are not among those above:
#   cp /etc/kubernetes/manifests/*.yaml cluster/manifests/
`;

/** The answer in one line. */
export function clusterAnswer(audit: ClusterAudit): string {
  return checkAnswer(asCheck(audit));
}

/** The whole report. */
export function clusterText(audit: ClusterAudit, screen: Screen): string {
  const result = asCheck(audit);
  const report =
    result.framework === null
      ? checkText(result, screen)
      : frameworkText(result, result.framework, screen);
  const blocks = [
    headLines(audit.cluster, screen).join("\n"),
    report.trimEnd(),
    packageLines(audit.packages, screen).join("\n"),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function asCheck(audit: ClusterAudit): CheckResult {
  return { ...audit, schema: CHECK_SCHEMA };
}

function headLines(
  { distribution, version, nodes, components }: ClusterSummary,
  screen: Screen,
): string[] {
  const { bold } = palette(screen.colour);
  const versions = [...new Set(nodes.map(({ version }) => version || "unknown"))].sort();
  const runtimes = [...new Set(nodes.map(({ runtime }) => runtime || "unknown"))].sort();
  const rows: (readonly [name: string, value: string])[] = [
    ...(version === null ? [] : [["API server", version] as const]),
    ["nodes", nodes.length === 0 ? "none were told of" : count(nodes.length, "node")],
    ...(nodes.length === 0 ? [] : [["versions", list(versions)] as const]),
    ...(nodes.length === 0 ? [] : [["runtimes", list(runtimes)] as const]),
    ...components.slice(0, COMPONENTS_MAX).map(({ component, name, path, standing }) => {
      const whose = name === component || name === "" ? "" : `${name}, `;
      const where = path === "" ? "" : `, ${path}`;
      return [component, `${whose}${standing}${where}`] as const;
    }),
  ];
  const rest = components.length - COMPONENTS_MAX;
  const width = Math.max(...rows.map(([name]) => columns(name)));
  return [
    bold(distribution === null ? "CLUSTER" : `CLUSTER of ${distribution.name}`),
    ...rows.map(([name, value]) =>
      cut(`    ${padRight(name, width)}  ${visible(value)}`, Math.max(60, screen.width)),
    ),
    ...(rest > 0 ? [`    and ${count(rest, "component")} more; --format json has all`] : []),
  ];
}
