// Whom EKS lets into a cluster, and which of its service accounts are somebody in AWS: the ConfigMap aws-auth, answers of
// `aws eks`, and objects of the controllers that ask for the same (ACK, Crossplane).
// Sources: https://github.com/kubernetes-sigs/aws-iam-authenticator#full-configuration-format (mapRoles, mapUsers, mapAccounts),
// https://docs.aws.amazon.com/eks/latest/APIReference/ (AccessEntry, AssociatedAccessPolicy, PodIdentityAssociation).
import { unknown } from "../../kit/fact.ts";
import type {
  CloudAccount,
  CloudPart,
  CloudPolicy,
  CloudPrincipal,
  CloudUntold,
} from "../../model/cloud-access.ts";
import {
  DocumentList,
  DocumentMap,
  type DocumentValue,
  lineOf,
  listOf,
  textOf,
} from "../document.ts";
import { readYamlDocuments } from "../yaml-document.ts";
import { type Gaps, isPlain, itemsAt, nameAt, type Place, placeAt, placesAt } from "./facts.ts";

/** Groups of the controllers that have such objects. */
export const EKS_GROUP: RegExp = /^eks\.(?:services\.k8s\.aws|aws(?:\.m)?\.upbound\.io)\//;

export const ACCESS_ENTRY = "AccessEntry";
/** Crossplane's, of which each gives one policy to somebody who has an entry. */
export const ACCESS_POLICY = "AccessPolicyAssociation";
export const POD_IDENTITY = "PodIdentityAssociation";

/** What `aws eks` answers says by its only member what it is. */
const ANSWERS: ReadonlyMap<string, string> = new Map([
  ["accessEntry", ACCESS_ENTRY],
  ["accessEntries", ACCESS_ENTRY],
  ["associatedAccessPolicies", ACCESS_ENTRY],
  ["association", POD_IDENTITY],
  ["associations", POD_IDENTITY],
]);

/** What an answer of `aws eks` is about; null for all else. */
export function eksAnswerKind({ value }: Place): string | null {
  if (value === null) return null;
  for (const [member, kind] of ANSWERS) {
    const found = value[member];
    const [one] = Array.isArray(found) ? found : [found];
    if (member === "accessEntries" && typeof one === "string" && one.startsWith("arn:"))
      return kind;
    if (isPlain(one) && MARKS.some((mark) => typeof one[mark] === "string")) return kind;
  }
  return null;
}

/** Members without which it is not of EKS. */
const MARKS = ["principalArn", "policyArn", "associationArn"];

/** Whom an answer of `aws eks` is about, for people; `""` for several, and for what has a name of its own. */
export function eksNameOf({ value }: Place): string {
  const { accessEntry, association } = value ?? {};
  const one = [accessEntry, association, value].find(isPlain) ?? {};
  const { principalArn, namespace, serviceAccount } = one;
  if (typeof principalArn === "string") return principalArn;
  const isTold = typeof namespace === "string" && typeof serviceAccount === "string";
  return isTold ? `${namespace}/${serviceAccount}` : "";
}

/** Of a kind that says something of it; null for all others. What cannot be read is a gap of it. */
export function eksPartOf(kind: string, place: Place): CloudPart | null {
  const gaps: Gaps = [];
  if (kind === "ConfigMap") return isAwsAuth(place) ? awsAuthOf(place, gaps) : null;
  if (kind === ACCESS_ENTRY) {
    const [principals, untold] = [entriesOf(place, gaps), entryNamesOf(place, gaps)];
    return { principals, accounts: [], untold, gaps };
  }
  if (kind === ACCESS_POLICY)
    return { principals: policiesOf(place, gaps), accounts: [], untold: [], gaps };
  if (kind === POD_IDENTITY) return { principals: [], ...associationsOf(place, gaps), gaps };
  return null;
}

function isAwsAuth(place: Place): boolean {
  const metadata = placeAt(place, "metadata", []);
  return nameAt(metadata, "name") === "aws-auth" && nameAt(metadata, "namespace") === "kube-system";
}

const MAPS = [
  ["mapRoles", "rolearn"],
  ["mapUsers", "userarn"],
] as const;

const TEXT_LENGTH_MAX = 1 << 20;

function awsAuthOf(place: Place, gaps: Gaps): CloudPart {
  const data = placeAt(place, "data", gaps);
  const principals = MAPS.flatMap(([name, member]) =>
    listIn(data, name, gaps).flatMap((entry, index) =>
      mapped(entry, { name, member, index, at: `${data.at}/${name}` }, gaps),
    ),
  );
  const accounts = listIn(data, "mapAccounts", gaps).flatMap((one): CloudPrincipal[] => {
    const account = typeof one === "number" ? String(one).padStart(12, "0") : one;
    if (typeof account !== "string") return [];
    const everybody = `every user and role of the AWS account ${account}`;
    const at = `${data.at}/mapAccounts`;
    const username = `arn:{{Partition}}:{{Service}}::${account}:{{Name}}`;
    return [{ at, name: everybody, place: "mapAccounts", username, groups: [], policies: [] }];
  });
  return { principals: [...principals, ...accounts], accounts: [], untold: [], gaps };
}

/** A list that is written as a text of YAML. */
function listIn(data: Place, name: string, gaps: Gaps): readonly DocumentValue[] {
  const text = data.value?.[name];
  if (text === undefined || text === null || text === "") return [];
  const bad = (why: string): readonly DocumentValue[] => {
    gaps.push(unknown(`${data.at}/${name}`, `${name}: ${why}, so whom it lets in is not known`));
    return [];
  };
  if (typeof text !== "string") return bad("it is not a text");
  if (text.length > TEXT_LENGTH_MAX) return bad("it is longer than a cluster would keep");
  const { value, damage } = readYamlDocuments(text);
  if (damage !== null) return bad(`${damage} (counted within the text)`);
  const [first = null] = value instanceof DocumentList ? value.items : [];
  if (first === null) return [];
  return first instanceof DocumentList ? first.items : bad("it is not a list");
}

interface MapPlace {
  readonly name: string;
  readonly member: string;
  readonly index: number;
  readonly at: string;
}

function mapped(
  entry: DocumentValue,
  { name, member, index, at }: MapPlace,
  gaps: Gaps,
): CloudPrincipal[] {
  const line = lineOf(entry);
  const place =
    line === undefined ? `${name} (its entry ${index + 1})` : `${name} (its line ${line})`;
  const miss = (why: string): void => {
    gaps.push(unknown(at, `${place}: ${why}, so whom it lets in is not known`));
  };
  const principal = textOf(entry, member);
  if (principal === "") {
    miss(entry instanceof DocumentMap ? `it has no ${member}` : "it is not a mapping");
    return [];
  }
  const groups = listOf(entry, "groups").flatMap((group) => {
    if (typeof group === "string") return [{ name: group, at }];
    miss("a group is not a text");
    return [];
  });
  const written = entry instanceof DocumentMap ? entry.members.get("groups") : undefined;
  if (written !== undefined && written !== null && !(written instanceof DocumentList))
    miss("its groups are not a list");
  const username = textOf(entry, "username") || null;
  return [{ at, name: principal, place, username, groups, policies: [] }];
}

/** Of one entry as `describe-access-entry` or a controller has it, or of its policies as they are listed. */
function entriesOf(place: Place, gaps: Gaps): CloudPrincipal[] {
  if (place.value?.["associatedAccessPolicies"] !== undefined)
    return entryOf(place, { groups: null, policies: "associatedAccessPolicies" }, gaps);
  if (isPlain(place.value?.["accessEntry"]))
    return entryOf(placeAt(place, "accessEntry", gaps), { ...ENTRY, policies: null }, gaps);
  const spec = specOf(place, gaps);
  if (spec === null) return [];
  // Crossplane has objects of another kind for policies.
  const isWhole = spec.at === `${place.at}/spec`;
  return entryOf(spec, isWhole ? ENTRY : { ...ENTRY, policies: null }, gaps);
}

/** A policy of somebody of whom another object tells the rest. */
function policiesOf(place: Place, gaps: Gaps): CloudPrincipal[] {
  const spec = specOf(place, gaps);
  if (spec === null) return [];
  return entryOf(spec, { groups: null, policies: null }, gaps).map((entry) => {
    const policy = policyOf(spec, gaps);
    if (policy.name !== "") return { ...entry, policies: [policy] };
    gaps.push(unknown(spec.at, "which policy it gives is not told by an ARN"));
    return entry;
  });
}

/** Under which names an entry has its parts; null for what is told elsewhere. */
interface EntryForm {
  readonly groups: string | null;
  readonly policies: string | null;
}

const ENTRY: EntryForm = { groups: "kubernetesGroups", policies: "accessPolicies" };

function entryNamesOf(place: Place, gaps: Gaps): CloudUntold[] {
  const why =
    "which groups and policies it has is not told: aws eks describe-access-entry and list-associated-access-policies tell";
  return itemsAt(place, "accessEntries", gaps).flatMap((who, index) => {
    const at = `${place.at}/accessEntries/${index}`;
    return typeof who === "string"
      ? [{ at, who, why: `${JSON.stringify(who)} is let in: ${why}` }]
      : [];
  });
}

/** What is asked of a controller; Crossplane's ask in a member of it. */
function specOf(place: Place, gaps: Gaps): Place | null {
  if (place.value?.["spec"] === undefined) return null;
  const spec = placeAt(place, "spec", gaps);
  return isPlain(spec.value?.["forProvider"]) ? placeAt(spec, "forProvider", gaps) : spec;
}

function entryOf(spec: Place, { groups, policies }: EntryForm, gaps: Gaps): CloudPrincipal[] {
  const name = arnAt(spec, "principal");
  if (name === "") {
    gaps.push(unknown(spec.at, "whom it lets in is not told by an ARN"));
    return [];
  }
  const { at } = spec;
  const username = nameAt(spec, "username") || nameAt(spec, "userName") || null;
  return [
    {
      at,
      name,
      place: "",
      username,
      groups: groups === null ? null : groupsOf(spec, groups, gaps),
      policies:
        policies === null ? null : placesAt(spec, policies, gaps).map((one) => policyOf(one, gaps)),
    },
  ];
}

function groupsOf(spec: Place, member: string, gaps: Gaps): NonNullable<CloudPrincipal["groups"]> {
  const named = itemsAt(spec, member, gaps).flatMap((group, index) => {
    const at = `${spec.at}/${member}/${index}`;
    if (typeof group === "string") return [{ name: group, at }];
    gaps.push(unknown(at, "a group is not a text"));
    return [];
  });
  // Machines need none: they have that of nodes by their type.
  const isOfMachines = MACHINES.test(nameAt(spec, "type"));
  return isOfMachines ? [...named, { name: "system:nodes", at: spec.at }] : named;
}

const MACHINES = /^(?:EC2|FARGATE|HYBRID|HYPERPOD)/;

function policyOf(place: Place, gaps: Gaps): CloudPolicy {
  // Crossplane's first version has a list of one.
  const isListed = Array.isArray(place.value?.["accessScope"]);
  const [listed] = isListed ? placesAt(place, "accessScope", gaps) : [];
  const scope = listed ?? placeAt(place, "accessScope", isListed ? [] : gaps);
  const arn = arnAt(place, "policy");
  const namespaces = itemsAt(scope, "namespaces", gaps).filter((one) => typeof one === "string");
  // Nobody says less than where: without a word it is everywhere.
  const isLimited = nameAt(scope, "type") === "namespace";
  return {
    at: place.at,
    name: arn.slice(arn.lastIndexOf("/") + 1),
    namespaces: isLimited ? namespaces : null,
  };
}

function associationsOf(place: Place, gaps: Gaps): Omit<CloudPart, "principals" | "gaps"> {
  const accounts: CloudAccount[] = [];
  const untold: CloudUntold[] = [];
  for (const one of placesOfAssociations(place, gaps)) {
    // With the first role only the second is taken, whose credentials the pods are given.
    const principal = arnAt(one, "targetRole") || arnAt(one, "role");
    const account = nameAt(one, "serviceAccount");
    const namespace = nameAt(one, "namespace");
    const who = `${namespace}/${account}`;
    if (account === "" || namespace === "")
      gaps.push(unknown(one.at, "which service account it is for is not told"));
    else if (principal !== "") accounts.push({ at: one.at, namespace, account, principal });
    else
      untold.push({
        at: one.at,
        who,
        why: `which role ServiceAccount ${who} is given is not told: aws eks describe-pod-identity-association tells`,
      });
  }
  return { accounts, untold };
}

function placesOfAssociations(place: Place, gaps: Gaps): Place[] {
  const spec = specOf(place, gaps);
  if (spec !== null) return [spec];
  if (!isPlain(place.value?.["association"])) return placesAt(place, "associations", gaps);
  return [placeAt(place, "association", gaps)];
}

/** AWS writes `Arn`, and its own controllers `ARN`. */
function arnAt(place: Place, name: string): string {
  return nameAt(place, `${name}Arn`) || nameAt(place, `${name}ARN`);
}
