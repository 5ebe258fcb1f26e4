import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ApiRequest, AuditEvent } from "../../model/audit-event.ts";
import { type ApiSubject, ApiUseGathering, type ApiUses } from "./api-uses.ts";
import { GENERALIZATIONS, generalized } from "./generalize.ts";
import { isOfSystem, leastRoles, subjectDocument } from "./least-roles.ts";
import { isInexpressible, leastRules } from "./least-rules.ts";

const request = (parts: Partial<ApiRequest>): ApiRequest => ({
  verb: "get",
  group: "",
  resource: parts.path === undefined ? "pods" : "",
  subresource: "",
  namespace: "",
  name: "",
  path: "",
  ...parts,
});

const T0 = Date.UTC(2026, 10, 1);
const HOUR = 3_600_000;

const event = (parts: Partial<AuditEvent> & { readonly ask?: Partial<ApiRequest> }): AuditEvent => {
  const { ask = {}, ...rest } = parts;
  return {
    at: T0,
    stage: "ResponseComplete",
    level: "Metadata",
    user: { name: "alice", groups: ["system:authenticated"] },
    impersonator: null,
    request: request(ask),
    status: 200,
    decision: "allow",
    reason: "RBAC: allowed",
    ...rest,
  };
};

function gathered(events: readonly AuditEvent[], usesMax?: number): ApiUses {
  const gathering = new ApiUseGathering(usesMax);
  for (const one of events) gathering.add(one);
  return gathering.uses();
}

function alice(events: readonly AuditEvent[]): ApiSubject {
  const found = gathered(events).subjects.find(({ name }) => name === "alice");
  if (found === undefined) throw new Error("alice asked for nothing");
  return found;
}

describe("a request was", () => {
  test.each<[string, Partial<AuditEvent>, string]>([
    ["allowed", {}, "used"],
    ["allowed, though what it named was not there", { status: 404 }, "used"],
    ["allowed, though it failed", { status: 500 }, "used"],
    ["allowed and goes on when the log ends", { stage: "ResponseStarted", status: 200 }, "used"],
    ["allowed, and the server fell over it", { stage: "Panic", status: 500 }, "used"],
    ["allowed, by its answer alone", { decision: null, status: 201 }, "used"],
    [
      "allowed, because nobody is told that something is absent who may not look",
      { decision: null, status: 404 },
      "used",
    ],
    ["refused", { decision: "forbid", status: 403 }, "authorization"],
    ["refused, by its answer alone", { decision: null, status: 403 }, "authorization"],
    ["permitted, and refused by admission", { status: 403 }, "later"],
    ["not answered yet", { stage: "RequestReceived", status: 0, decision: null }, "nothing"],
    ["turned away before anybody was asked", { decision: null, status: 429 }, "nothing"],
    ["of nobody known", { decision: null, status: 401 }, "nothing"],
  ])("%s", (_, parts, wanted) => {
    const [subject] = gathered([event(parts)]).subjects;
    const found =
      subject?.uses.length === 1 ? "used" : (subject?.wanted[0]?.refusedBy ?? "nothing");
    expect(found).toBe(wanted);
  });
});

test("what was refused once and allowed later was not wanted in vain", () => {
  const { uses, wanted } = alice([event({ decision: "forbid", status: 403 }), event({})]);
  expect([uses.length, wanted.length]).toEqual([1, 0]);
});

test("an object that is made by writing to its name asks for its creation under that name", () => {
  const ask = { verb: "patch", namespace: "shop", name: "web" };
  const { uses } = alice([event({ ask, status: 201 })]);
  expect(uses.map((use) => [use.request.verb, use.request.name])).toEqual([
    ["create", "web"],
    ["patch", "web"],
  ]);
});

test("who speaks for another needs to be allowed that, and nothing of what the other does", () => {
  const impersonate = request({ verb: "impersonate", resource: "users", name: "bob" });
  const user = { name: "bob", groups: [] };
  const impersonator = {
    user: { name: "alice", groups: [] },
    requests: [impersonate],
    constraint: "",
  };
  const refused = event({ user, impersonator, decision: "forbid", status: 403 });
  const { subjects } = gathered([refused]);
  expect(
    subjects.map(({ name, uses, wanted }) => [name, uses.map((use) => use.request), wanted.length]),
  ).toEqual([
    ["alice", [impersonate], 0],
    ["bob", [], 1],
  ]);
});

test("requests beyond what is kept are counted", () => {
  const events = ["a", "b", "c"].map((name) => event({ ask: { name } }));
  expect(gathered(events, 2).dropped).toBe(1);
});

describe("coverage", () => {
  test("is of hours with any event, and never rounded up", () => {
    const hours = [0, 1, 2, 5, 200].map((hour) => event({ at: T0 + hour * HOUR + 1 }));
    const { coverage } = gathered(hours);
    expect(coverage).toMatchObject({
      hours: 201,
      hoursSeen: 5,
      percent: 2,
      from: T0 + 1,
      to: T0 + 200 * HOUR + 1,
    });
    expect(coverage.gaps).toEqual([
      { from: T0 + 6 * HOUR, hours: 194 },
      { from: T0 + 3 * HOUR, hours: 2 },
    ]);
    expect(coverage.doubts.join()).toContain("there are hours without any event");
  });

  test("says what the policy of the log leaves out", () => {
    const { coverage } = gathered([event({ stage: "RequestReceived", ask: { verb: "create" } })]);
    expect(coverage.doubts.join()).toMatch(
      /stage ResponseComplete.*leaves reading out.*write an event/,
    );
    const whole = [0, 24 * 8 * HOUR].map((at) =>
      event({ at: T0 + at, ask: { resource: "events" } }),
    );
    expect(gathered(whole).coverage.doubts).toEqual(["there are hours without any event"]);
  });
});

describe("rules", () => {
  test.each<[string, Partial<ApiRequest>[], unknown]>([
    [
      "one verb, one resource",
      [{}],
      [{ namespace: null, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }],
    ],
    [
      "resources with the same verbs are together, others are not",
      [
        { namespace: "a" },
        { namespace: "a", resource: "services" },
        { namespace: "a", resource: "secrets", verb: "list" },
      ],
      [
        {
          namespace: "a",
          rules: [
            { apiGroups: [""], resources: ["pods", "services"], verbs: ["get"] },
            { apiGroups: [""], resources: ["secrets"], verbs: ["list"] },
          ],
        },
      ],
    ],
    [
      "names with the same verbs are together, others are not",
      [{ name: "x" }, { name: "y" }, { name: "z" }, { name: "z", verb: "delete" }],
      [
        {
          namespace: null,
          rules: [
            { apiGroups: [""], resources: ["pods"], resourceNames: ["x", "y"], verbs: ["get"] },
            {
              apiGroups: [""],
              resources: ["pods"],
              resourceNames: ["z"],
              verbs: ["delete", "get"],
            },
          ],
        },
      ],
    ],
    [
      "creation is for all names, reading is not",
      [{ verb: "create" }, { name: "x" }],
      [
        {
          namespace: null,
          rules: [
            { apiGroups: [""], resources: ["pods"], verbs: ["create"] },
            { apiGroups: [""], resources: ["pods"], resourceNames: ["x"], verbs: ["get"] },
          ],
        },
      ],
    ],
    [
      "a name beside all of them is not told",
      [{}, { name: "x" }],
      [{ namespace: null, rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }] }],
    ],
    [
      "paths",
      [{ path: "/b" }, { path: "/a" }],
      [{ namespace: null, rules: [{ nonResourceURLs: ["/a", "/b"], verbs: ["get"] }] }],
    ],
    [
      "subresources",
      [{ subresource: "exec", verb: "create", name: "x" }],
      [
        {
          namespace: null,
          rules: [
            { apiGroups: [""], resources: ["pods/exec"], resourceNames: ["x"], verbs: ["create"] },
          ],
        },
      ],
    ],
    [
      "what would be a wildcard is left out",
      [{ resource: "*" }, { group: "*" }, { path: "/*" }, { verb: "*" }],
      [],
    ],
  ])("%s", (_, requests, wanted) => {
    expect(leastRules(requests.map(request))).toEqual(wanted);
  });
});

const word = (...words: string[]): fc.Arbitrary<string> => fc.constantFrom(...words);
const anyRequest: fc.Arbitrary<ApiRequest> = fc.oneof(
  fc.record({
    verb: word("get", "list", "watch", "create", "update", "*"),
    group: word("", "apps", "*"),
    resource: word("pods", "deployments", "*", "pods/x"),
    subresource: word("", "", "status", "*"),
    namespace: word("", "a", "b"),
    name: word("", "x", "y", "z", "*"),
    path: fc.constant(""),
  }),
  fc.record({ verb: word("get", "post"), path: word("/a", "/a/*", "/b", "/*") }).map(request),
);

/** Every request that rules permit, written out; a name of `""` stands for all. */
function permitted(requests: readonly ApiRequest[]): Set<string> {
  const all = leastRules(requests).flatMap(({ namespace, rules }) =>
    rules.flatMap((rule) =>
      rule.verbs.flatMap((verb) =>
        "nonResourceURLs" in rule
          ? rule.nonResourceURLs.map((path) => `${verb} ${path}`)
          : rule.resources.flatMap((resource) =>
              (rule.resourceNames ?? [""]).map((name) =>
                JSON.stringify([namespace ?? "", verb, rule.apiGroups, resource, name]),
              ),
            ),
      ),
    ),
  );
  return new Set(all);
}

function written({
  verb,
  group,
  resource,
  subresource,
  namespace,
  name,
  path,
}: ApiRequest): string {
  if (path !== "") return `${verb} ${path}`;
  const whole = subresource === "" ? resource : `${resource}/${subresource}`;
  return JSON.stringify([namespace, verb, [group], whole, name]);
}

test("rules permit what was asked for and nothing else, whatever was asked for", () => {
  fc.assert(
    fc.property(fc.array(anyRequest, { maxLength: 40 }), (requests) => {
      const told = requests.filter((one) => !isInexpressible(one));
      const wanted = new Set(told.map(written));
      const found = permitted(requests);
      for (const one of found) expect(wanted).toContain(one);
      for (const one of told)
        expect(found.has(written(one)) || found.has(written({ ...one, name: "" }))).toBe(true);
      for (const one of found) expect(one).not.toMatch(/\["\*"\]|"\*",\[|\/\*$/);
    }),
  );
});

test("the order of events and repeated ones change nothing", () => {
  const anyEvent = fc
    .record({
      ask: anyRequest,
      status: fc.constantFrom(200, 403, 404),
      hour: fc.nat(50),
      name: word("alice", "bob"),
    })
    .map(({ ask, status, hour, name }) =>
      event({ ask, status, at: T0 + hour * HOUR, user: { name, groups: [`of-${name}`] } }),
    );
  fc.assert(
    fc.property(fc.array(anyEvent), fc.array(fc.nat()), (events, order) => {
      const shuffled = events
        .map((one, i) => [order[i] ?? 0, one] as const)
        .sort(([a], [b]) => a - b)
        .map(([, one]) => one);
      const twice = [...shuffled, ...events];
      expect(gathered(twice).subjects).toEqual(gathered(events).subjects);
      expect(gathered(shuffled).coverage).toEqual(gathered(events).coverage);
    }),
  );
});

describe("permitting more", () => {
  const asked = (
    requests: Partial<ApiRequest>[],
    ...by: (typeof GENERALIZATIONS)[number][]
  ): string[] =>
    leastRules(generalized(requests.map(request), new Set(by)).requests).map((scope) =>
      JSON.stringify(scope),
    );

  test("happens when it is asked for alone, and is told", () => {
    const names = [{ name: "x" }, { name: "y" }];
    expect(asked(names)).toEqual([
      '{"namespace":null,"rules":[{"apiGroups":[""],"resources":["pods"],"resourceNames":["x","y"],"verbs":["get"]}]}',
    ]);
    expect(asked(names, "names")).toEqual([
      '{"namespace":null,"rules":[{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}]}',
    ]);
    expect(generalized(names.map(request), new Set(["names"])).added).toEqual([
      { request: request({}), by: "names" },
    ]);
    expect(generalized([request({ name: "x" })], new Set(GENERALIZATIONS)).added).toEqual([]);
  });

  test("takes nothing away", () => {
    fc.assert(
      fc.property(
        fc.array(anyRequest, { maxLength: 20 }),
        fc.subarray([...GENERALIZATIONS]),
        (requests, by) => {
          const found = permitted(generalized(requests, new Set(by)).requests);
          for (const one of requests.filter((each) => !isInexpressible(each))) {
            const ways = [
              one,
              { ...one, name: "" },
              { ...one, namespace: "" },
              { ...one, name: "", namespace: "" },
            ];
            expect(ways.some((way) => found.has(written(way)))).toBe(true);
          }
        },
      ),
    );
  });
});

describe("a proposal", () => {
  test("is a role and a binding for each namespace", () => {
    const subject = {
      ...alice([event({ ask: { namespace: "shop" } })]),
      name: "system:serviceaccount:ci:bot",
    };
    const { documents } = leastRoles(
      subject,
      "least",
      subject.uses.map((use) => use.request),
      new Set(),
    );
    expect(documents).toEqual([
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "Role",
        metadata: { name: "least", namespace: "shop" },
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
      },
      {
        apiVersion: "rbac.authorization.k8s.io/v1",
        kind: "RoleBinding",
        metadata: { name: "least", namespace: "shop" },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "least" },
        subjects: [{ kind: "ServiceAccount", name: "bot", namespace: "ci" }],
      },
    ]);
  });

  const doubts = (events: readonly AuditEvent[]): string =>
    leastRoles(
      alice(events),
      "least",
      alice(events).uses.map((use) => use.request),
      new Set(),
    ).doubts.join();

  test.each<[string, AuditEvent[], RegExp]>([
    ["masters", [event({ user: { name: "alice", groups: ["system:masters"] } })], /system:masters/],
    ["another authorizer", [event({ reason: "webhook said so" })], /another authorizer/],
    [
      "writing roles",
      [
        event({
          ask: { verb: "update", group: "rbac.authorization.k8s.io", resource: "roles", name: "x" },
        }),
      ],
      /escalate/,
    ],
    [
      "writing bindings",
      [
        event({
          ask: { verb: "create", group: "rbac.authorization.k8s.io", resource: "rolebindings" },
        }),
      ],
      /or bind/,
    ],
    [
      "approving",
      [
        event({
          ask: {
            verb: "update",
            group: "certificates.k8s.io",
            resource: "certificatesigningrequests",
            subresource: "approval",
            name: "x",
          },
        }),
      ],
      /approve or sign/,
    ],
    [
      "a lease that is only renewed",
      [
        event({
          ask: { verb: "update", group: "coordination.k8s.io", resource: "leases", name: "x" },
        }),
      ],
      /renews a lease/,
    ],
    [
      "names of its own making",
      ["a", "b", "c"]
        .map((name) => event({ ask: { name } }))
        .concat(event({ ask: { verb: "create" } })),
      /it makes pods itself/,
    ],
  ])("is doubted for %s", (_, events, wanted) => {
    expect(doubts(events)).toMatch(wanted);
    expect(doubts([event({})])).toBe("");
  });
});

test("who belongs to Kubernetes itself", () => {
  expect(
    [
      "system:node:a",
      "system:serviceaccount:kube-system:x",
      "system:serviceaccount:shop:x",
      "alice",
    ].map(isOfSystem),
  ).toEqual([true, true, false, false]);
  expect(subjectDocument("system:serviceaccount:a")).toMatchObject({ kind: "User" });
});
