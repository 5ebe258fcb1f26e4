import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { comesAs } from "../../model/cloud-access.ts";
import type { ClusterObject } from "../../model/cluster-object.ts";
import { readClusterObjects } from "./cluster-object.ts";

const ROLE = "arn:aws:iam::111122223333:role";

function awsAuth(data: Readonly<Record<string, unknown>>, name = "aws-auth"): unknown {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "kube-system" },
    data,
  };
}

const POLICY = "arn:aws:eks::aws:cluster-access-policy";

function crossplanePolicy(version: string, members: object): unknown {
  return {
    apiVersion: `eks.aws.upbound.io/${version}`,
    kind: "AccessPolicyAssociation",
    spec: { forProvider: { principalArn: `${ROLE}/a`, ...members } },
  };
}

/** Who is let in as whom, what accounts are whom, who is only named, and what is not told. */
function toldOf(objects: readonly ClusterObject[]): string[] {
  return objects.flatMap(({ cloud, gaps }) => [
    ...(cloud?.principals ?? []).map(({ name, username, groups, policies }) => {
      const of = groups === null ? "?" : groups.map((group) => group.name).join(",");
      const given = (policies ?? []).map(
        (policy) => ` ${policy.name} in ${policy.namespaces?.join(",") ?? "*"}`,
      );
      return `${name.slice(name.indexOf("/") + 1)} as ${username ?? "-"} of [${of}]${given.join("")}`;
    }),
    ...(cloud?.accounts ?? []).map(({ namespace, account, principal }) => {
      return `${namespace}/${account} is ${principal.slice(ROLE.length + 1)}`;
    }),
    ...(cloud?.untold ?? []).map(({ who }) => `${who}?`),
    ...[...gaps, ...(cloud?.gaps ?? [])].map(({ at, why }) => `? ${at}: ${why}`),
  ]);
}

describe("what EKS lets in", () => {
  const cases: [string, unknown, string[]][] = [
    [
      "roles and users of aws-auth",
      awsAuth({
        mapRoles: `- rolearn: ${ROLE}/ci\n  username: ci\n  groups:\n  - system:masters\n`,
        mapUsers: `- {userarn: "arn:aws:iam::1:user/ann", username: ann}`,
      }),
      ["ci as ci of [system:masters]", "ann as ann of []"],
    ],
    ["an empty aws-auth", awsAuth({ mapRoles: "", mapUsers: "[]\n" }), []],
    ["another ConfigMap with such names", awsAuth({ mapRoles: "- {rolearn: x}" }, "other"), []],
    [
      "an account",
      awsAuth({ mapAccounts: `- "000011112222"\n` }),
      [
        "every user and role of the AWS account 000011112222 as arn:{{Partition}}:{{Service}}::000011112222:{{Name}} of []",
      ],
    ],
    [
      "broken text",
      awsAuth({ mapRoles: `- rolearn: ${ROLE}/ci\n  groups: [a\n` }),
      [expect.stringMatching(/^\? \/data\/mapRoles: mapRoles: line \d.*so whom it lets in is not/)],
    ],
    [
      "an entry without a role, and one that is none",
      awsAuth({ mapRoles: `- {rolearn: ${ROLE}/a}\n- {userarn: x}\n- text\n` }),
      [
        "a as - of []",
        expect.stringContaining("mapRoles (its line 2): it has no rolearn"),
        expect.stringContaining("mapRoles (its entry 3): it is not a mapping"),
      ],
    ],
    [
      "groups that are a text",
      awsAuth({ mapRoles: `- {rolearn: ${ROLE}/a, groups: system:masters}` }),
      ["a as - of []", expect.stringContaining("its groups are not a list")],
    ],
    [
      "a mapping in place of the list",
      awsAuth({ mapRoles: "rolearn: x" }),
      [expect.stringContaining("mapRoles: it is not a list")],
    ],
    [
      "a described entry",
      {
        accessEntry: {
          principalArn: `${ROLE}/a`,
          kubernetesGroups: ["ops"],
          username: "a",
          type: "STANDARD",
        },
      },
      ["a as a of [ops]"],
    ],
    [
      "an entry of machines",
      { accessEntry: { principalArn: `${ROLE}/n`, kubernetesGroups: [], type: "EC2_LINUX" } },
      ["n as - of [system:nodes]"],
    ],
    [
      "its policies",
      {
        associatedAccessPolicies: [
          {
            policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
            accessScope: { type: "namespace", namespaces: ["a", "b"] },
          },
          {
            policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminPolicy",
            accessScope: { type: "cluster", namespaces: [] },
          },
        ],
        principalArn: `${ROLE}/a`,
      },
      ["a as - of [?] AmazonEKSViewPolicy in a,b AmazonEKSAdminPolicy in *"],
    ],
    ["entries by name alone", { accessEntries: [`${ROLE}/a`] }, [`${ROLE}/a?`]],
    [
      "an association",
      {
        association: {
          namespace: "shop",
          serviceAccount: "web",
          roleArn: `${ROLE}/web`,
          associationArn: "x",
        },
      },
      ["shop/web is web"],
    ],
    [
      "an association with a second role",
      {
        association: {
          namespace: "shop",
          serviceAccount: "web",
          roleArn: `${ROLE}/web`,
          targetRoleArn: `${ROLE}/far`,
          associationArn: "x",
        },
      },
      ["shop/web is far"],
    ],
    [
      "associations without their roles",
      { associations: [{ namespace: "shop", serviceAccount: "web", associationArn: "x" }] },
      ["shop/web?"],
    ],
    [
      "what ACK is asked",
      {
        apiVersion: "v1",
        kind: "List",
        items: [
          {
            apiVersion: "eks.services.k8s.aws/v1alpha1",
            kind: "AccessEntry",
            spec: {
              principalARN: `${ROLE}/a`,
              kubernetesGroups: ["ops"],
              accessPolicies: [
                { policyARN: "x/AmazonEKSEditPolicy", accessScope: { type: "cluster" } },
              ],
            },
          },
          {
            apiVersion: "eks.services.k8s.aws/v1alpha1",
            kind: "PodIdentityAssociation",
            spec: { namespace: "shop", serviceAccount: "web", roleARN: `${ROLE}/web` },
          },
        ],
      },
      ["a as - of [ops] AmazonEKSEditPolicy in *", "shop/web is web"],
    ],
    [
      "what Crossplane is asked, with a role of its own",
      {
        apiVersion: "eks.aws.upbound.io/v1beta1",
        kind: "PodIdentityAssociation",
        spec: {
          forProvider: { namespace: "shop", serviceAccount: "web", roleArnRef: { name: "r" } },
        },
      },
      ["shop/web?"],
    ],
    [
      "policies that Crossplane is asked for, in either version",
      {
        apiVersion: "v1",
        kind: "List",
        items: [
          crossplanePolicy("v1beta1", {
            policyArn: `${POLICY}/AmazonEKSViewPolicy`,
            accessScope: [{ type: "namespace", namespaces: ["shop"] }],
          }),
          crossplanePolicy("v1beta2", {
            policyArn: `${POLICY}/AmazonEKSAdminPolicy`,
            accessScope: { type: "cluster" },
          }),
          crossplanePolicy("v1beta2", { policyArnRef: { name: "p" } }),
        ],
      },
      [
        "a as - of [?] AmazonEKSViewPolicy in shop",
        "a as - of [?] AmazonEKSAdminPolicy in *",
        "a as - of [?]",
        "? /items/2/spec/forProvider: which policy it gives is not told by an ARN",
      ],
    ],
    [
      "kinds of others with such names",
      { apiVersion: "x.io/v1", kind: "AccessEntry", spec: {} },
      [],
    ],
    ["JSON of others with such names", { association: { name: "a" }, accessEntries: ["x"] }, []],
  ];
  test.each(cases)("%s", (_, document, wanted) => {
    expect(toldOf(readClusterObjects(document))).toEqual(wanted);
  });

  test("is read whatever the text, without throwing", () => {
    const piece = fc.constantFrom(
      "- ",
      "rolearn: a",
      "\n",
      "  ",
      "groups:",
      "[",
      "{",
      "}",
      "&a",
      "*a",
      "|",
      "'",
      "\t",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((all) => all.join("")),
        ),
        (text) => {
          const [object] = readClusterObjects(awsAuth({ mapRoles: text }));
          expect(object?.cloud?.accounts).toEqual([]);
        },
      ),
    );
  });
});

test.each([
  ["dev:{{SessionName}}", "dev:boss", true],
  ["dev:{{SessionName}}", "ops:boss", false],
  ["{{A}}:x:{{B}}", "a:x:b", true],
  ["{{A}}:x:{{B}}", "a:b", false],
  ["ab{{A}}ba", "aba", false],
  ["ann", "ann", true],
  [null, "arn:aws:sts::1:assumed-role/dev/me", true],
  [null, "arn:aws:sts::1:assumed-role/ops/me", false],
])("%s is a name as which %s comes: %s", (username, user, wanted) => {
  const principal = {
    at: "",
    name: "arn:aws:iam::1:role/team/dev",
    place: "",
    username,
    groups: [],
    policies: [],
  };
  expect(comesAs(principal, user)).toBe(wanted);
});
