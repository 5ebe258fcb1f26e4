import { describe, expect, test } from "vitest";
import { auditEvents } from "../../formats/audit-events.ts";
import { AuditOrigins } from "./audit-origins.ts";

const HOUR = 3_600_000;

function event(account: string, uid: string, hour: number): Record<string, unknown> {
  return {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    verb: "get",
    stage: "ResponseComplete",
    user: { username: account, uid, groups: [] },
    objectRef: { resource: "pods" },
    stageTimestamp: new Date(Date.UTC(2026, 10, 1) + hour * HOUR).toISOString(),
  };
}

/** A user's change of an object, which names its uid. */
function change(uid: string, hour: number, code = 200): Record<string, unknown> {
  const objectRef = { resource: "configmaps", namespace: "shop", name: "settings", uid };
  const responseStatus = { code };
  return { ...event("ann", "", hour), verb: "update", objectRef, responseStatus };
}

function doubts(...values: readonly unknown[]): string[] {
  const origins = new AuditOrigins();
  const sink = {
    event: () => undefined,
    damage: () => undefined,
    stranger: () => undefined,
    origin: (origin: Parameters<AuditOrigins["add"]>[0]) => origins.add(origin),
  };
  for (const value of values) auditEvents(value, sink);
  return origins.doubts();
}

const WEB = "system:serviceaccount:shop:web";
const system = (name: string): string => `system:serviceaccount:kube-system:${name}`;
const group = (name: string, message: object): object => {
  return {
    owner: "111122223333",
    logGroup: `/aws/eks/${name}/cluster`,
    logStream: "kube-apiserver-audit-1",
    logEvents: [{ message: JSON.stringify(message) }],
  };
};

describe("events of one cluster, or of two", () => {
  const cases: [string, unknown[], RegExp | null][] = [
    ["one account", [event(WEB, "a", 0), event(WEB, "a", 9)], null],
    [
      "an account that was made anew",
      [event(WEB, "a", 0), event(WEB, "a", 2), event(WEB, "b", 3)],
      null,
    ],
    [
      "an account that was made anew, with its last requests after that",
      [event(WEB, "a", 0), event(WEB, "b", 1), event(WEB, "a", 1.01)],
      null,
    ],
    [
      "an account with two uids by turns",
      [event(WEB, "a", 0), event(WEB, "b", 1), event(WEB, "a", 2)],
      /shop:web has two uids by turns/,
    ],
    [
      "the same in any order",
      [event(WEB, "a", 2), event(WEB, "b", 1), event(WEB, "a", 0)],
      /two uids by turns/,
    ],
    [
      "users, whose uids say nothing",
      [event("ann", "a", 0), event("ann", "b", 1), event("ann", "a", 2)],
      null,
    ],
    ["an object that was made anew", [change("a", 0), change("a", 1), change("b", 2)], null],
    [
      "an object with two uids by turns, changed by a user",
      [change("a", 0), change("b", 1), change("a", 2)],
      /^configmaps shop\/settings has two uids by turns/,
    ],
    [
      "a uid that somebody made up, and that was refused",
      [change("a", 0), change("b", 1, 409), change("a", 2)],
      null,
    ],
    [
      "all accounts of the system, one after the other",
      ["x", "y", "z"].flatMap((name) => [event(system(name), "1", 0), event(system(name), "2", 9)]),
      /3 of 3 service accounts of kube-system are others than before/,
    ],
    [
      "one account of the system among many",
      ["x", "y", "z"].flatMap((name) => [
        event(system(name), "1", 0),
        event(system(name), name === "x" ? "2" : "1", 9),
      ]),
      null,
    ],
    ["one group of logs", [group("a", event("ann", "", 0)), group("a", event("ben", "", 0))], null],
    [
      "two groups of logs",
      [group("a", event("ann", "", 0)), group("b", event("ann", "", 0))],
      /2 clusters \(111122223333:\/aws\/eks\/a\/cluster, /,
    ],
    [
      "two resources of Azure",
      ["A", "B"].map((name) => ({
        records: [
          {
            resourceId: `/SUBSCRIPTIONS/${name}`,
            properties: { log: JSON.stringify(event("ann", "", 0)) },
          },
        ],
      })),
      /2 clusters \(\/subscriptions\/a, /,
    ],
  ];
  test.each(cases)("%s", (_, values, wanted) => {
    const [doubt, ...others] = doubts(...values);
    expect(others).toEqual([]);
    if (wanted === null) expect(doubt).toBeUndefined();
    else expect(doubt).toMatch(wanted);
  });
});
