// Whom a cluster takes somebody of a cloud for, and who of the cluster is whom in a cloud, as far as objects say.
import type { Unknown } from "../kit/fact.ts";
import type { Pointer } from "./workload.ts";

/** Of an object; an object that says neither has none. */
export interface CloudPart {
  readonly principals: readonly CloudPrincipal[];
  readonly accounts: readonly CloudAccount[];
  /** What of it cannot be read: apart from the object's own, because nothing else of it is less known for that. */
  readonly gaps: readonly Unknown[];
  /** Of whom there is more than the object says. */
  readonly untold: readonly CloudUntold[];
}

/** Somebody who is only named: a principal by its ARN, a service account as `NAMESPACE/NAME`. */
export interface CloudUntold {
  readonly at: Pointer;
  readonly who: string;
  /** What is not told, and what would tell it: a sentence part. */
  readonly why: string;
}

/** Somebody of a cloud whom the cluster lets in. */
export interface CloudPrincipal {
  readonly at: Pointer;
  /** The ARN of a role or user, as it is written. */
  readonly name: string;
  /** Where it is written, for people: `mapRoles (its line 4)`; `""` where the object is about nobody else. */
  readonly place: string;
  /** What the cluster calls them; `{{SessionName}}` in it is chosen by whoever comes. null where nobody says so. */
  readonly username: string | null;
  /** null where the object does not tell which; another one may. */
  readonly groups: readonly { readonly name: string; readonly at: Pointer }[] | null;
  /** As for groups. */
  readonly policies: readonly CloudPolicy[] | null;
}

/** A list of permissions that the cloud keeps. */
export interface CloudPolicy {
  readonly at: Pointer;
  /** `AmazonEKSViewPolicy`. */
  readonly name: string;
  /** null for the whole cluster. */
  readonly namespaces: readonly string[] | null;
}

/** A service account whose pods are given credentials of somebody of a cloud. */
export interface CloudAccount {
  readonly at: Pointer;
  readonly namespace: string;
  readonly account: string;
  readonly principal: string;
}

/** The group of which every member may do everything, whatever is bound. */
export const MASTERS = "system:masters";

const AWS_ROLE = /^(arn:[^:]*:iam::\d*:role\/)(?:.*\/)?([^/]+)$/i;

/**
 * One text for each: what lets somebody of AWS in compares neither letters' case nor the path of a role, whose name is only once in
 * an account.
 */
export function cloudKey(name: string): string {
  const [, start = "", own] = AWS_ROLE.exec(name) ?? [];
  return (own === undefined ? name : start + own).toLowerCase();
}

/** A part of a user name that is put in when somebody comes, in two braces. */
const PUT_IN = /\{\{\w{1,60}\}\}/;

/** What stands in their user name before anything is put in: all of it where nothing is. */
export function fixedStart({ name, username }: CloudPrincipal): string {
  return (username ?? defaultUsername(name)).split(PUT_IN, 1)[0] ?? "";
}

/** Whether somebody can come under a user name. */
export function comesAs({ name, username }: CloudPrincipal, user: string): boolean {
  const written = username ?? defaultUsername(name);
  const parts = written.split(PUT_IN);
  if (parts.length === 1) return written === user;
  const [first = ""] = parts;
  const last = parts.at(-1) ?? "";
  if (!user.startsWith(first) || !user.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = user.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at + last.length <= user.length;
}

/** @see https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html */
function defaultUsername(name: string): string {
  const [, partition, account, role] =
    /^arn:([^:]*):iam::(\d*):role\/(?:.*\/)?([^/]+)$/.exec(name) ?? [];
  if (role === undefined) return name;
  return `arn:${partition}:sts::${account}:assumed-role/${role}/{{SessionName}}`;
}
