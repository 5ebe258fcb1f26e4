import { list } from "../../../kit/phrase.ts";
import type { Binding, ClusterObject, GrantSubject, Role } from "../../../model/cluster-object.ts";
import type { Check, Example } from "../../../stages/check/contract.ts";
import { cluster } from "../shared/cluster-examples.ts";
import { dangersOf, isReservedName } from "../shared/grants.ts";
import { controls, Said } from "../shared/said.ts";

export const noTakeoverBindings: Check = {
  id: "no-takeover-bindings",
  title: "a binding gives nobody everything, nor a shell in every container",
  severity: "critical",
  why: "a role is only paper until it is bound: whoever gets into what this one is bound to has the cluster, or what runs in it",
  fix: "bind a role with the verbs and resources that are really used, to the one account that uses them",
  controls: controls({ "nsa-kubernetes": ["RBAC"], attack: ["T1098.006"] }),
  aspects: {
    everything: {
      controls: controls({ "cis-kubernetes-1.12": ["5.1.1", "5.1.3"], attack: ["T1078"] }),
    },
    exec: { severity: "high", controls: controls({ attack: ["T1609"] }) },
    // It has the name of something of the control plane, which people and programs pass over.
    posed: {
      controls: controls({ "cis-kubernetes-1.12": ["5.1.1"], attack: ["T1036.005"] }),
    },
  },
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      bound({ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }),
      bound({ apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] }),
      bound({ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }, "system:helper"),
    ],
    good: [
      bound({ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }),
      bound({ apiGroups: [""], resources: ["pods/exec"], verbs: ["list"] }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ objects }) => {
        const bindings = objects.filter(({ binding }) => binding !== null);
        if (bindings.length === 0) return "not-applicable";
        const roles = new Map(
          objects.flatMap((one) =>
            one.role === null ? [] : [[keyOf(one.kind, one.name, one.namespace), one.role]],
          ),
        );
        const said = new Said();
        for (const about of bindings) judge(said, about, roles);
        return said.all;
      },
    },
  ],
};

function bound(rule: object, name = "give"): Example {
  return cluster(
    { kind: "ClusterRole", metadata: { name: "all" }, rules: [rule] },
    {
      kind: "ClusterRoleBinding",
      metadata: { name },
      roleRef: { kind: "ClusterRole", name: "all" },
      subjects: [{ kind: "User", name: "ann" }],
    },
  );
}

/** Nobody can tell what a role grants that is not among what was read, and it may lie elsewhere. */
function judge(said: Said, about: ClusterObject, roles: ReadonlyMap<string, Role>): void {
  const { binding, name, namespace } = about;
  if (binding === null) return;
  const { kind, name: named } = binding.role;
  const role = roles.get(keyOf(kind, named, namespace));
  const isReserved = isReservedName(name);
  const others = binding.subjects.filter((one) => !isOwn(one, isReserved));
  if (role === undefined || others.length === 0) return;
  const danger = dangerOf(role, binding);
  if (danger === null) return;
  const whom = list(others.slice(0, 3).map((one) => `${one.kind} ${one.name}`));
  const what = danger === "exec" ? "to run commands in running containers" : "everything there is";
  const state = `allows ${whom} ${what}, by ${kind} ${named}`;
  const aspect = isReserved ? "posed" : danger;
  said.fault(
    about.at,
    aspect === "posed" ? `${state}, under a name of the control plane's` : state,
    {
      about,
      aspect,
    },
  );
}

function keyOf(kind: string, name: string, namespace: string | null): string {
  return kind === "ClusterRole" ? name : `${namespace ?? "default"}/${name}`;
}

function dangerOf({ rules }: Role, { isClusterWide }: Binding): "everything" | "exec" | null {
  const aspects = new Set(
    rules.flatMap((rule) => dangersOf(rule, isClusterWide).map(({ aspect }) => aspect)),
  );
  if (aspects.has("everything")) return "everything";
  return aspects.has("exec") || aspects.has("core") ? "exec" : null;
}

/** Accounts of the cluster itself; anybody may put one into kube-system, so that the binding has to be the cluster's too. */
function isOwn({ kind, name, namespace }: GrantSubject, isReserved: boolean): boolean {
  return kind === "ServiceAccount"
    ? isReserved && namespace === "kube-system"
    : isReservedName(name) && !EVERYBODY.has(name);
}

const EVERYBODY: ReadonlySet<string> = new Set([
  "system:anonymous",
  "system:authenticated",
  "system:serviceaccounts",
  "system:unauthenticated",
]);
