import { list } from "../../../kit/phrase.ts";
import type { ClusterObject } from "../../../model/cluster-object.ts";
import { DEFAULT_NAMESPACE, type Grant, Rbac } from "../../../model/rbac.ts";
import { ruleNames } from "../../../model/rbac-rule.ts";
import type { Check, Example } from "../../../stages/check/contract.ts";
import { cluster } from "../shared/cluster-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noReaderOfCredentials: Check = {
  id: "no-reader-of-credentials",
  title: "nobody reads all secrets of a namespace in which there are credentials of others",
  severity: "high",
  why: "a token, a key or a login of a registry in the namespace is read along with the secrets that were meant, and is used elsewhere",
  fix: "name the secrets that are really read in resourceNames, or put the credentials into a namespace of their own",
  controls: controls({
    "cis-kubernetes-1.12": ["5.1.2"],
    "nsa-kubernetes": ["RBAC"],
    attack: ["T1552.007", "T1528"],
  }),
  aspects: { token: {}, key: { severity: "medium" } },
  needs: [],
  state: "stable",
  appliesTo: "cluster",
  examples: {
    bad: [
      reading({ verbs: ["list"] }, "kubernetes.io/service-account-token"),
      reading({ verbs: ["get", "watch"] }, "kubernetes.io/tls"),
      reading({ verbs: ["get"], resourceNames: ["kept"] }, "kubernetes.io/dockerconfigjson"),
    ],
    good: [
      reading({ verbs: ["get"], resourceNames: ["other"] }, "kubernetes.io/tls"),
      reading({ verbs: ["get"] }, "Opaque"),
      reading({ verbs: ["create"] }, "kubernetes.io/tls"),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ objects }) => {
        const secrets = objects.filter(({ kind }) => kind === "Secret");
        if (secrets.length === 0) return "not-applicable";
        const said = new Said();
        for (const about of secrets)
          if (about.secretType.state === "unknown") {
            const { at, why } = about.secretType;
            said.all.push({ kind: "doubt", at, container: null, why, about });
          }
        const kept = credentialsIn(secrets);
        for (const [about, grants] of byBinding(new Rbac(objects).grants))
          judge(said, about, grants, kept);
        return said.all;
      },
    },
  ],
};

/** A role of a namespace, bound there, beside a Secret. */
function reading(rule: object, type: string): Example {
  const namespace = "shop";
  return cluster(
    { kind: "Secret", metadata: { name: "kept", namespace }, type },
    {
      kind: "Role",
      metadata: { name: "reader", namespace },
      rules: [{ apiGroups: [""], resources: ["secrets"], ...rule }],
    },
    {
      kind: "RoleBinding",
      metadata: { name: "read", namespace },
      roleRef: { kind: "Role", name: "reader" },
      subjects: [{ kind: "ServiceAccount", name: "app", namespace }],
    },
  );
}

interface Credential {
  readonly name: string;
  readonly aspect: "token" | "key";
  readonly what: string;
}

/**
 * Secrets that let whoever has them in somewhere else, by what they are.
 *
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#secret-types
 */
const TYPES: Readonly<Record<string, Omit<Credential, "name">>> = {
  "bootstrap.kubernetes.io/token": { aspect: "token", what: "a bootstrap token" },
  "kubernetes.io/basic-auth": { aspect: "key", what: "a password" },
  "kubernetes.io/dockercfg": { aspect: "key", what: "a login of a registry" },
  "kubernetes.io/dockerconfigjson": { aspect: "key", what: "a login of a registry" },
  "kubernetes.io/service-account-token": { aspect: "token", what: "a token of a service account" },
  "kubernetes.io/ssh-auth": { aspect: "key", what: "a key of SSH" },
  "kubernetes.io/tls": { aspect: "key", what: "a key of TLS" },
};

function credentialsIn(secrets: readonly ClusterObject[]): Map<string, Credential[]> {
  const found = new Map<string, Credential[]>();
  for (const { name, namespace, secretType } of secrets) {
    if (secretType.state !== "known") continue;
    const type = TYPES[secretType.value];
    if (type === undefined) continue;
    const where = namespace ?? DEFAULT_NAMESPACE;
    const known = found.get(where) ?? [];
    known.push({ name, ...type });
    found.set(where, known);
  }
  return found;
}

/** One cause, one finding: a binding, whomever it names. Who has it for every namespace is told of the role already. */
function byBinding(grants: readonly Grant[]): Map<ClusterObject, Grant[]> {
  const found = new Map<ClusterObject, Grant[]>();
  for (const grant of grants) {
    if (grant.namespace === null) continue;
    const known = found.get(grant.binding) ?? [];
    known.push(grant);
    found.set(grant.binding, known);
  }
  return found;
}

const TOLD_MAX = 3;

function judge(
  said: Said,
  about: ClusterObject,
  grants: readonly Grant[],
  kept: ReadonlyMap<string, readonly Credential[]>,
): void {
  const [first] = grants;
  const credentials = kept.get(first?.namespace ?? "") ?? [];
  if (first === undefined || credentials.length === 0) return;
  const read = credentials.filter((one) => reads(first, one.name));
  if (read.length === 0) return;
  const told = read.slice(0, TOLD_MAX).map(({ name, what }) => `${what} (${name})`);
  if (read.length > TOLD_MAX) told.push(`${read.length - TOLD_MAX} more`);
  const whom = list(
    grants.slice(0, TOLD_MAX).map(({ identity }) => `${identity.kind} ${identity.name}`),
  );
  const isToken = read.some(({ aspect }) => aspect === "token");
  said.fault(
    about.at,
    `lets ${whom} read secrets of ${first.namespace}, among them ${list(told)}`,
    {
      about,
      aspect: isToken ? "token" : "key",
    },
  );
}

function reads({ role }: Grant, name: string): boolean {
  return role.rules.some(
    ({ rule }) =>
      (rule.names.length === 0 || rule.names.includes(name)) &&
      ["get", "list", "watch"].some((verb) => ruleNames(rule, verb, "", "secrets")),
  );
}
