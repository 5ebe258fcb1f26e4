import { expect, test } from "vitest";
import { auditEvents } from "../../formats/audit-events.ts";
import type { AuditEvent, AuditOrigin } from "../../model/audit-event.ts";
import { CredentialGathering } from "./credentials.ts";

const ID = "authentication.kubernetes.io/credential-id";
const POD = "authentication.kubernetes.io/pod-name";

function event(username: string, extra: object, verb = "get", resource = "pods"): unknown {
  return {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    verb,
    stage: "ResponseComplete",
    user: { username, groups: [], extra },
    objectRef: { resource },
  };
}

function told(...values: readonly unknown[]): unknown {
  const gathering = new CredentialGathering();
  let from: AuditOrigin | null = null as AuditOrigin | null;
  for (const value of values)
    auditEvents(value, {
      origin: (origin) => {
        from = origin;
      },
      event: ({ request }: AuditEvent) =>
        gathering.add(from?.account ?? "", from?.credential ?? null, request),
      damage: () => undefined,
      stranger: () => undefined,
    });
  const { odd, areTold } = gathering.credentials();
  return [areTold, ...odd.map(({ user, control, events }) => `${control} ${user} ${events}`)];
}

const X509 = { [ID]: ["X509SHA256=0123"] };
const JTI = { [ID]: ["JTI=0123"] };

test.each([
  ["people with certificates", [event("ann", X509), event("ann", X509)], [true, "3.1.1 ann 2"]],
  [
    "programs of the cluster and nodes with theirs",
    [event("system:kube-scheduler", X509), event("system:node:one", X509)],
    [true],
  ],
  [
    "somebody whose certificate is named like one of the system",
    [event("system:admin", X509), event("system:kube-scheduler2", X509)],
    [true, "3.1.1 system:admin 1", "3.1.1 system:kube-scheduler2 1"],
  ],
  [
    "an account whose token is of no pod",
    [event("system:serviceaccount:ci:deploy", JTI)],
    [true, "3.1.2 system:serviceaccount:ci:deploy 1"],
  ],
  [
    "an account within its pod",
    [event("system:serviceaccount:ci:deploy", { ...JTI, [POD]: ["deploy-1"] })],
    [true],
  ],
  [
    "a node that joins, and somebody with its token",
    [
      event("system:bootstrap:abcdef", {}, "create", "certificatesigningrequests"),
      event("system:bootstrap:abcdef", {}, "create", "pods"),
    ],
    [false, "3.1.3 system:bootstrap:abcdef 1"],
  ],
  ["nothing that is told", [event("ann", {}), event("bob", { [ID]: "X509SHA256=" })], [false]],
])("%s", (_, values, wanted) => {
  expect(told(...values)).toEqual(wanted);
});
