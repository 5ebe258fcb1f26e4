// `bulwark access minimize --audit-log`: the least Roles by which everything that was allowed is allowed still.
import { join } from "node:path";
import { yamlText } from "../formats/yaml-text.ts";
import { type AuditSource, readAuditLogs } from "../io/audit-log.ts";
import { AppError } from "../kit/error.ts";
import { stableId } from "../kit/stable-id.ts";
import type { AuditEvent, AuditOrigin } from "../model/audit-event.ts";
import type { Problem } from "../model/problem.ts";
import { type MissingRole, Rbac } from "../model/rbac.ts";
import { type ApiSubject, ApiUseGathering } from "../stages/grant/api-uses.ts";
import type { LogCoverage } from "../stages/grant/audit-coverage.ts";
import { AuditOrigins } from "../stages/grant/audit-origins.ts";
import { CredentialGathering, type Credentials } from "../stages/grant/credentials.ts";
import type { Generalization } from "../stages/grant/generalize.ts";
import {
  isOfSystem,
  type LeastRoles,
  leastRoles,
  subjectDocument,
} from "../stages/grant/least-roles.ts";
import { type ClusterSources, readCluster } from "./read-cluster.ts";
import {
  neededRequests,
  proofOf,
  type RoleProof,
  type SeenGrant,
  seenGrants,
} from "./replay-roles.ts";
import type { Surroundings } from "./surroundings.ts";
import { writeOutput } from "./write-output.ts";

export const LEAST_ROLES_SCHEMA = "bulwark.dev/least-roles/v1";

export interface MinimizeRolesRequest {
  /** Files, folders, or `-`. */
  readonly logs: readonly string[];
  /** Files and folders with the roles and bindings of today; may be empty. */
  readonly grants: readonly string[];
  /** The cluster that has them; null to ask none. */
  readonly live: ClusterSources["live"];
  /** Where to write roles; null to write none. */
  readonly folder: string | null;
  /** User names as in the log, or `NAMESPACE:NAME` for service accounts; all when empty. */
  readonly subjects: readonly string[];
  /** Whether the parts of Kubernetes itself are told of as well. */
  readonly system: boolean;
  readonly generalize: ReadonlySet<Generalization>;
}

export interface LeastSubject {
  readonly subject: ApiSubject;
  readonly least: LeastRoles;
  /** Replay: each different request of the log, asked of an authorizer that has the proposed roles alone. */
  readonly proof: RoleProof;
  /** What is granted today, rule by rule, and how much of it was seen; null when that was not given. */
  readonly granted: readonly SeenGrant[] | null;
}

export interface LeastRolesResult {
  readonly schema: typeof LEAST_ROLES_SCHEMA;
  readonly sources: readonly AuditSource[];
  readonly coverage: LogCoverage;
  readonly generalized: readonly Generalization[];
  readonly subjects: readonly LeastSubject[];
  /** Parts of Kubernetes itself that asked, and were left alone. */
  readonly systemSubjects: readonly string[];
  /** Who came by a credential that is meant for others. */
  readonly credentials: Credentials;
  readonly problems: readonly Problem[];
  /** Paths. */
  readonly written: readonly string[];
}

/** @throws {AppError} `not-found`, `unreadable`, `document-invalid` when nothing is an audit log, `output-unwritable`. */
export async function minimizeRoles(
  request: MinimizeRolesRequest,
  surroundings: Surroundings,
): Promise<LeastRolesResult> {
  const gathering = new ApiUseGathering();
  const origins = new AuditOrigins();
  const credentials = new CredentialGathering();
  let from: AuditOrigin | null = null as AuditOrigin | null;
  const reader = {
    add: (event: AuditEvent): void => {
      if (from !== null) credentials.add(from.account, from.credential, event.request);
      gathering.add(event);
    },
    isNew: (event: AuditEvent): boolean => gathering.isNew(event),
    // Told before each event.
    origin: (origin: AuditOrigin): void => {
      from = origin;
      origins.add(origin);
    },
  };
  const { sources, problems } = await readAuditLogs(request.logs, reader, surroundings);
  const { subjects, coverage, dropped } = gathering.uses();
  if (coverage.events === 0) throw nothingRead(request.logs, problems);
  const { chosen, left } = chosenSubjects(subjects, request);
  const { grants: targets, live } = request;
  const isAsked = targets.length > 0 || live !== null;
  const cluster = isAsked ? await readCluster({ targets, live }, surroundings) : null;
  const today = cluster === null ? null : new Rbac(cluster.objects);
  const least = chosen.map((subject): LeastSubject => {
    const requests = neededRequests(subject);
    const proposal = leastRoles(subject, roleName(subject.name), requests, request.generalize);
    const granted = today === null ? null : seenGrants(today, subject);
    return { subject, least: proposal, proof: proofOf(subject, proposal.documents), granted };
  });
  return {
    schema: LEAST_ROLES_SCHEMA,
    sources,
    coverage,
    generalized: [...request.generalize],
    subjects: least,
    systemSubjects: left,
    credentials: credentials.credentials(),
    problems: [
      ...problems,
      ...(cluster?.problems ?? []),
      ...(today?.missing ?? []).map(missingProblem),
      ...droppedProblems(dropped),
      ...origins.doubts().map(
        (doubt): Problem => ({
          code: "log-mixed",
          detail: `the events are not of one cluster: ${doubt}`,
        }),
      ),
    ],
    written: request.folder === null ? [] : await written(request.folder, least),
  };
}

function nothingRead(logs: readonly string[], problems: readonly Problem[]): AppError {
  const [first] = problems;
  const reason = first === undefined ? "" : ` (${first.path ?? ""}: ${first.detail})`;
  return new AppError(
    "document-invalid",
    `cannot minimize: no audit event was found in ${logs.map((log) => JSON.stringify(log)).join(", ")}${reason}`,
    { hint: "name what an API server wrote with --audit-log-path, or what CloudWatch exported" },
  );
}

function chosenSubjects(
  all: readonly ApiSubject[],
  { subjects, system }: MinimizeRolesRequest,
): { chosen: ApiSubject[]; left: string[] } {
  if (subjects.length > 0) {
    const byName = new Map(all.map((one) => [one.name, one]));
    return { chosen: subjects.map((name) => named(name, byName)), left: [] };
  }
  const left = all.filter(({ name }) => !system && isOfSystem(name)).map(({ name }) => name);
  const passed = new Set(left);
  return { chosen: all.filter(({ name }) => !passed.has(name)), left };
}

/** Somebody who asked for nothing needs nothing, and is told of all the same when it was named. */
function named(written: string, known: ReadonlyMap<string, ApiSubject>): ApiSubject {
  const account = `system:serviceaccount:${written.replace("/", ":")}`;
  const name = known.has(written) || !/^[^:/]+[:/][^:/]+$/.test(written) ? written : account;
  return (
    known.get(name) ?? {
      name,
      groups: [],
      uses: [],
      wanted: [],
      moreWanted: 0,
      bypasses: false,
      hasOtherAuthorizer: false,
      isConstrained: false,
    }
  );
}

function missingProblem({ kind, name }: MissingRole): Problem {
  const detail = `${kind} ${name} is bound and not among the objects, so what it grants is not known`;
  return { code: "configuration-unknown", detail };
}

function droppedProblems(dropped: number): Problem[] {
  const detail = `${dropped} requests are beyond what is kept, so what follows is too little for somebody`;
  return dropped === 0 ? [] : [{ code: "log-damaged", detail }];
}

const PLAIN = /^[a-z0-9](?:[a-z0-9.-]{0,100}[a-z0-9])?$/;

/** A name of strangers as a name of objects; what had to be changed in it is told apart by a hash. */
function roleName(user: string): string {
  const subject = subjectDocument(user);
  const parts = subject.kind === "User" ? [user] : [subject.namespace, subject.name];
  if (parts.every((part) => PLAIN.test(part))) return ["least", ...parts].join(":");
  const safe = user.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return `least:${safe.replaceAll(/^-|-$/g, "").slice(0, 60)}-${stableId([user])}`;
}

/** Roles and bindings of all, to be applied. */
export function leastRolesYaml(subjects: readonly LeastSubject[]): string {
  return yamlText(subjects.flatMap(({ least }) => least.documents));
}

async function written(folder: string, subjects: readonly LeastSubject[]): Promise<string[]> {
  const paths: string[] = [];
  for (const { subject, least } of subjects) {
    if (least.documents.length === 0) continue;
    const path = join(folder, `${roleName(subject.name).replaceAll(":", "_")}.yaml`);
    await writeOutput(path, yamlText(least.documents));
    paths.push(path);
  }
  return paths;
}
