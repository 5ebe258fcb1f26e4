import { describe, expect, test } from "vitest";
import type { AuditEvent } from "../model/audit-event.ts";
import { auditEvents } from "./audit-events.ts";

const EVENT = {
  kind: "Event",
  apiVersion: "audit.k8s.io/v1",
  level: "Metadata",
  auditID: "1",
  stage: "ResponseComplete",
  requestURI: "/api/v1/namespaces/shop/pods/web/exec?x=1",
  verb: "create",
  user: { username: "alice", groups: ["dev", "system:authenticated"] },
  objectRef: {
    resource: "pods",
    namespace: "shop",
    name: "web",
    apiVersion: "v1",
    subresource: "exec",
  },
  responseStatus: { metadata: {}, code: 101 },
  requestReceivedTimestamp: "2026-11-01T00:00:00.000000Z",
  stageTimestamp: "2026-11-01T00:00:01.500000Z",
  annotations: {
    "authorization.k8s.io/decision": "allow",
    "authorization.k8s.io/reason": "RBAC: x",
  },
};

function read(value: unknown): { events: AuditEvent[]; damage: string[]; strangers: number } {
  const events: AuditEvent[] = [];
  const damage: string[] = [];
  let strangers = 0;
  auditEvents(value, {
    event: (event) => events.push(event),
    damage: (detail) => damage.push(detail),
    stranger: () => {
      strangers += 1;
    },
  });
  return { events, damage, strangers };
}

function one(changes: object): AuditEvent {
  const [event] = read({ ...EVENT, ...changes }).events;
  if (event === undefined) throw new Error("no event");
  return event;
}

const REQUEST = {
  verb: "create",
  group: "",
  resource: "pods",
  subresource: "exec",
  namespace: "shop",
  name: "web",
  path: "",
};

test("an event is who asked for what, and how it ended", () => {
  expect(one({})).toEqual({
    at: Date.UTC(2026, 10, 1, 0, 0, 1, 500),
    stage: "ResponseComplete",
    level: "Metadata",
    user: { name: "alice", groups: ["dev", "system:authenticated"] },
    impersonator: null,
    request: REQUEST,
    status: 101,
    decision: "allow",
    reason: "RBAC: x",
  });
});

describe("events come out of", () => {
  const message = JSON.stringify(EVENT);
  test.each<[string, unknown]>([
    [
      "EventList, whose items say no kind",
      {
        kind: "EventList",
        apiVersion: "audit.k8s.io/v1",
        items: [{ ...EVENT, kind: undefined, apiVersion: undefined }],
      },
    ],
    [
      "what filter-log-events prints",
      {
        events: [
          { logStreamName: "kube-apiserver-audit-1a2b", timestamp: 1, message, eventId: "3" },
        ],
        searchedLogStreams: [],
      },
    ],
    ["an entry of CloudWatch alone", { message, timestamp: 1 }],
    [
      "what a subscription delivers",
      {
        messageType: "DATA_MESSAGE",
        logGroup: "/aws/eks/x/cluster",
        logStream: "kube-apiserver-audit-1",
        logEvents: [{ id: "1", timestamp: 1, message }],
      },
    ],
    [
      "the rows of an Insights query",
      {
        results: [
          [
            { field: "@timestamp", value: "2026" },
            { field: "@message", value: message },
          ],
        ],
        status: "Complete",
      },
    ],
    [
      "what Azure stores",
      { records: [{ category: "kube-audit", properties: { log: message, stream: "stdout" } }] },
    ],
    ["what a container's log driver writes", { log: `${message}\n`, stream: "stdout" }],
    ["a message that is an object", { message: EVENT }],
  ])("%s", (_, value) => {
    const { events, damage, strangers } = read(value);
    expect({ requests: events.map(({ request }) => request), damage, strangers }).toEqual({
      requests: [REQUEST],
      damage: [],
      strangers: 0,
    });
  });
});

describe("no event is", () => {
  test.each<[string, unknown, { damage: string[]; strangers: number }]>([
    [
      "a stream of another component",
      { logStreamName: "kube-scheduler-1", message: JSON.stringify(EVENT) },
      { damage: [], strangers: 1 },
    ],
    [
      "a log line in CloudWatch",
      { message: "I1101 00:00 something {x}" },
      { damage: [], strangers: 1 },
    ],
    ["an event of a workload", { ...EVENT, apiVersion: "v1" }, { damage: [], strangers: 1 }],
    [
      "a version that is not read",
      { ...EVENT, apiVersion: "audit.k8s.io/v1alpha1" },
      { damage: ["it is of version audit.k8s.io/v1alpha1"], strangers: 0 },
    ],
    [
      "a message that was cut off",
      { message: JSON.stringify(EVENT).slice(0, 80) },
      { damage: ["the event in it is cut off"], strangers: 0 },
    ],
    [
      "one without a verb",
      { ...EVENT, verb: 5 },
      { damage: ["the event has no verb that can be read"], strangers: 0 },
    ],
    [
      "one without a stage",
      { ...EVENT, stage: null },
      { damage: ["the event has no stage that can be read"], strangers: 0 },
    ],
    [
      "one without a user",
      { ...EVENT, user: [] },
      { damage: ["the event has no user that can be read"], strangers: 0 },
    ],
    [
      "one whose name is no text",
      { ...EVENT, objectRef: { resource: "pods", name: ["a"] } },
      { damage: ["the event has no objectRef or path that can be read"], strangers: 0 },
    ],
    [
      "one whose reference is no object",
      { ...EVENT, objectRef: "pods" },
      { damage: ["the event has no objectRef or path that can be read"], strangers: 0 },
    ],
    [
      "one of nobody",
      { ...EVENT, user: {}, responseStatus: { code: 401 } },
      { damage: [], strangers: 0 },
    ],
    ["a number", 5, { damage: [], strangers: 1 }],
    ["lists in lists", [[[[[[[EVENT]]]]]]], { damage: [], strangers: 1 }],
  ])("%s", (_, value, { damage, strangers }) => {
    expect(read(value)).toEqual({ events: [], damage, strangers });
  });
});

describe("what was asked of authorizers", () => {
  test.each<[string, object, object]>([
    [
      "creation has no name, though the server adds the one it gave",
      { objectRef: { resource: "pods", namespace: "shop", name: "web" } },
      { subresource: "", name: "" },
    ],
    [
      "nor has the deletion of many",
      { verb: "deletecollection", objectRef: { resource: "pods", namespace: "shop", name: "x" } },
      { verb: "deletecollection", subresource: "", name: "" },
    ],
    [
      "a list has one when it is selected by it",
      { verb: "list", objectRef: { resource: "pods", namespace: "shop", name: "web" } },
      { verb: "list", subresource: "" },
    ],
    [
      "a path is without its query",
      { verb: "get", objectRef: undefined, requestURI: "/metrics?x=/y" },
      { verb: "get", resource: "", subresource: "", namespace: "", name: "", path: "/metrics" },
    ],
    [
      "a group is kept",
      {
        objectRef: {
          resource: "deployments",
          subresource: "scale",
          apiGroup: "apps",
          namespace: "shop",
          name: "web",
        },
      },
      { group: "apps", resource: "deployments", subresource: "scale" },
    ],
  ])("%s", (_, changes, wanted) => {
    expect(one(changes).request).toEqual({ ...REQUEST, ...wanted });
  });
});

describe("impersonation", () => {
  const ask = (parts: object): object => ({
    verb: "impersonate",
    group: "",
    subresource: "",
    namespace: "",
    path: "",
    ...parts,
  });

  test("is asked of the one who speaks, and the request of the one spoken for", () => {
    const event = one({
      impersonatedUser: {
        username: "bob",
        uid: "7",
        groups: ["ops", "system:authenticated"],
        extra: { Scopes: ["view"] },
      },
    });
    expect(event.user).toEqual({ name: "bob", groups: ["ops", "system:authenticated"] });
    expect(event.impersonator).toEqual({
      user: { name: "alice", groups: ["dev", "system:authenticated"] },
      constraint: "",
      requests: [
        ask({ resource: "users", name: "bob" }),
        ask({ resource: "groups", name: "ops" }),
        ask({
          group: "authentication.k8s.io",
          resource: "userextras",
          subresource: "scopes",
          name: "view",
        }),
        ask({ group: "authentication.k8s.io", resource: "uids", name: "7" }),
      ],
    });
  });

  test("of a service account is asked in its namespace, and not for the groups that follow from it", () => {
    const groups = [
      "system:serviceaccounts",
      "system:serviceaccounts:shop",
      "system:authenticated",
    ];
    const event = one({ impersonatedUser: { username: "system:serviceaccount:shop:web", groups } });
    expect(event.impersonator?.requests).toEqual([
      ask({ resource: "serviceaccounts", namespace: "shop", name: "web" }),
    ]);
  });

  test("that was refused is what was asked, and not the request behind it", () => {
    const message =
      'users "bob" is forbidden: User "alice" cannot impersonate resource "users" in API group "" at the cluster scope';
    const event = one({
      responseStatus: { code: 403, message, details: { name: "bob", kind: "users" } },
    });
    expect(event.request).toEqual(ask({ resource: "users", name: "bob" }));
  });

  test("in the constrained way is told, and nothing is made up", () => {
    const event = one({
      impersonatedUser: { username: "bob" },
      authenticationMetadata: { impersonationConstraint: "impersonate:user-info" },
    });
    expect(event.impersonator).toMatchObject({ constraint: "impersonate:user-info", requests: [] });
  });
});
