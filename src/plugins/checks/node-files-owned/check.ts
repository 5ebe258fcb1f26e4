import type { NodeFile, NodeFiles, Owner, Ownership } from "../../../model/node-files.ts";
import type { Aspect, Check } from "../../../stages/check/contract.ts";
import { file, host } from "../shared/host-examples.ts";
import { HostSaid, octal } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";
import { ETCD_OF_ROOT, ETCD_OWNER, FILE_RULES, type FileRule } from "./rules.data.ts";

const KUBELET = "/etc/kubernetes/kubelet.conf";
const kept = file("", { mode: 0o600 });
const folder = (mode: number, names: readonly string[] = []): typeof kept => {
  return { kind: "folder", uid: 0, gid: 0, mode, names };
};

export const nodeFilesOwned: Check = {
  id: "node-files-owned",
  title: "the files of Kubernetes' own programs belong to root, and nobody else may have them",
  severity: "medium",
  why: "whoever may write a manifest or read a key of the control plane owns the cluster",
  fix: "give the file to root with chown, and take permissions away with chmod",
  controls: [],
  aspects: Object.fromEntries([
    ...FILE_RULES.flatMap(({ aspect, owner, mode }): [string, Aspect][] => [
      ...(owner === undefined ? [] : [aspectOf(`${aspect}-owner`, owner)]),
      ...(mode === undefined ? [] : [aspectOf(`${aspect}-mode`, mode)]),
    ]),
    aspectOf(ETCD_OWNER, { cis: "1.1.12", severity: "high" }),
    aspectOf(ETCD_OF_ROOT, { cis: "1.1.12", severity: "low" }),
  ]),
  needs: [],
  state: "stable",
  appliesTo: "node",
  examples: {
    bad: [
      host({ [KUBELET]: file("", { mode: 0o644 }) }),
      host({ [KUBELET]: file("", { mode: 0o600, uid: 1000 }) }),
      host({
        [KUBELET]: kept,
        "/etc/kubernetes/pki": folder(0o755, ["ca.key"]),
        "/etc/kubernetes/pki/ca.key": file("", { mode: 0o640 }),
      }),
      host({ [KUBELET]: kept, "/var/lib/etcd": folder(0o700) }),
      host({
        "/var/lib/rancher/k3s": folder(0o755),
        "/etc/rancher/k3s/k3s.yaml": file("", { mode: 0o644 }),
      }),
    ],
    good: [
      host({
        [KUBELET]: kept,
        "/etc/kubernetes/pki": folder(0o755, ["ca.crt", "ca.key"]),
        "/etc/kubernetes/pki/ca.crt": file("", { mode: 0o644 }),
        "/etc/kubernetes/pki/ca.key": kept,
      }),
      host({
        "/var/lib/rancher/k3s": folder(0o755),
        "/var/lib/rancher/k3s/server/db/etcd": folder(0o700),
        "/etc/rancher/k3s/k3s.yaml": kept,
      }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (node) => {
        if (node.files.length === 0) return "not-applicable";
        const said = new HostSaid();
        for (const rule of FILE_RULES) sayRule(node, rule, said);
        sayEtcd(node, said);
        return said.all;
      },
    },
  ],
};

function aspectOf(
  aspect: string,
  { cis, severity }: Pick<NonNullable<FileRule["owner"]>, "cis" | "severity">,
): [string, Aspect] {
  return [aspect, { severity, controls: controls({ "cis-kubernetes-1.12": [cis] }) }];
}

function sayRule(node: NodeFiles, rule: FileRule, said: HostSaid): void {
  const { kind, owner, mode, only = () => true } = rule;
  const aspects = [
    ...(owner === undefined ? [] : [`${rule.aspect}-owner`]),
    ...(mode === undefined ? [] : [`${rule.aspect}-mode`]),
  ];
  const files = filesOf(node, said, aspects, (one) => one.kind === kind && only(one));
  for (const [one, owned] of files) {
    if (owner !== undefined) sayOwner(one, owned, said, `${rule.aspect}-owner`);
    if (mode !== undefined) sayMode(one, owned, said, { aspect: `${rule.aspect}-mode`, ...mode });
  }
}

/** Those that are there; where one cannot be told, that is said, and where there is none, nothing can have the aspects. */
function filesOf(
  { files }: NodeFiles,
  said: HostSaid,
  aspects: readonly string[],
  isMeant: (file: NodeFile) => boolean,
): (readonly [NodeFile, Ownership])[] {
  const meant = files.filter((one) => isMeant(one) && one.owned.state !== "absent");
  if (meant.length === 0) said.without(...aspects);
  return meant.flatMap((one) => {
    const { owned } = one;
    if (owned.state === "known") return [[one, owned.value] as const];
    if (owned.state === "unknown") for (const aspect of aspects) said.doubt(owned, aspect);
    return [];
  });
}

type Standing = "is" | "is-not" | "unknown";

/**
 * Whether an owner is the one of a name. The benchmark has names printed (`stat -c %U:%G`), so a name counts where one was told;
 * a number that says otherwise of root leaves it open.
 */
function standingOf({ number, name }: Owner, wanted: "root" | "etcd"): Standing {
  if (name !== null && name !== wanted) return "is-not";
  if (wanted === "root" && number !== null)
    return number === 0 ? "is" : name === null ? "is-not" : "unknown";
  return name === null ? "unknown" : "is";
}

function togetherOf({ user, group }: Ownership, wanted: "root" | "etcd"): Standing {
  const both = [standingOf(user, wanted), standingOf(group, wanted)];
  if (both.includes("is-not")) return "is-not";
  return both.includes("unknown") ? "unknown" : "is";
}

function sayOwner(
  { path, at, isTrusted }: NodeFile,
  owned: Ownership,
  said: HostSaid,
  aspect: string,
): void {
  const standing = togetherOf(owned, "root");
  if (standing === "unknown")
    said.doubt({ at, why: `whose ${path} is was not told, or told in two ways` }, aspect);
  if (standing !== "is-not") return;
  said.fault(at, `${path} belongs to ${phraseOf(owned)}`, {
    aspect,
    ...(isTrusted ? { steps: [{ kind: "owner", path, user: "root", group: "root" }] } : {}),
  });
}

function sayMode(
  { path, at, isTrusted }: NodeFile,
  { mode }: Ownership,
  said: HostSaid,
  { aspect, most }: { readonly aspect: string; readonly most: number },
): void {
  if (mode === null) said.doubt({ at, why: `what permissions ${path} has was not told` }, aspect);
  if (mode === null || (mode & ~most) === 0) return;
  said.fault(at, `${path} has mode ${octal(mode)}, where ${octal(most)} is the most`, {
    aspect,
    value: octal(mode),
    ...(isTrusted ? { steps: [{ kind: "mode", path, mode: mode & most }] } : {}),
  });
}

/** In k3s etcd is a part of a program of root's, and the benchmark for it asks for no owner. */
function sayEtcd(node: NodeFiles, said: HostSaid): void {
  const aspects = [ETCD_OWNER, ETCD_OF_ROOT];
  if (node.distribution === "k3s") {
    said.without(...aspects);
    return;
  }
  for (const [{ path, at }, owned] of filesOf(node, said, aspects, (f) => f.kind === "etcd-data")) {
    const standing = togetherOf(owned, "etcd");
    if (standing === "is") continue;
    const isOfRoot = togetherOf(owned, "root") === "is";
    if (standing === "is-not" || isOfRoot)
      said.fault(at, `${path} belongs to ${phraseOf(owned)}, and not to an account of etcd's own`, {
        aspect: isOfRoot ? ETCD_OF_ROOT : ETCD_OWNER,
      });
    else said.doubt({ at, why: `whether etcd owns ${path} was not told` }, ETCD_OWNER);
  }
}

function phraseOf({ user, group }: Ownership): string {
  return `${wordOf(user)} and group ${wordOf(group)}`;
}

function wordOf({ number, name }: Owner): string {
  return name ?? (number === null ? "somebody" : String(number));
}
