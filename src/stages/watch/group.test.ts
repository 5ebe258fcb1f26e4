import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Alert, AlertValue } from "../../model/alert.ts";
import { alertBudget } from "./alert-budget.ts";
import { AlertGroups } from "./group.ts";
import { proposeExceptions } from "./propose-exceptions.ts";

const OPTIONS = { countMin: 1, neverFrom: "Critical" } as const;

function alert(fields: Record<string, AlertValue>, more: Partial<Alert> = {}): Alert {
  return {
    rule: "Read sensitive file",
    priority: "Warning",
    source: "syscall",
    time: "2026-11-26T10:00:00.000000001Z",
    hostname: "node",
    output: "",
    fields: {
      "container.id": "3ad7b26ded6d",
      "container.image.repository": "registry.example/web",
      "container.image.tag": "1",
      "proc.exepath": "/bin/cat",
      "proc.cmdline": "cat /etc/shadow",
      "fd.name": "/etc/shadow",
      ...fields,
    },
    tags: [],
    sensor: "falco",
    ...more,
  };
}

function grouped(...alerts: Alert[]): AlertGroups {
  const groups = new AlertGroups();
  for (const one of alerts) groups.add(one);
  return groups;
}

describe("alerts are of one group", () => {
  test.each<[string, Record<string, AlertValue>]>([
    ["whatever the process", { "proc.pid": 7, "proc.cmdline": "cat -n /etc/shadow" }],
    ["whatever the container", { "container.id": "ffffffffffff" }],
    ["whatever the moment", { "evt.time": 1 }],
  ])("%s", (_, fields) => {
    expect(grouped(alert({}), alert(fields)).groups()).toHaveLength(1);
  });

  test.each(["/proc/1/mem", "/tmp/3f1c09d2ab77/x", "/tmp/0b7a5c1e-1f2c-11e9-b015-1ebee232acfa"])(
    "whatever the numbers in %s",
    (path) => {
      const other = path.replace(/\d/g, "4");
      expect(
        grouped(alert({ "fd.name": path }), alert({ "fd.name": other })).groups(),
      ).toHaveLength(1);
    },
  );

  test("whatever the client's port", () => {
    const to = (name: string): Alert => alert({ "fd.name": name });
    const groups = grouped(to("10.0.0.1:40001->10.0.0.2:443"), to("10.0.0.1:40002->10.0.0.3:443"));
    expect(groups.groups()).toMatchObject([{ count: 2, cause: { subject: "port 443" } }]);
  });
});

describe("alerts are of several groups", () => {
  test.each<[string, Record<string, AlertValue>]>([
    ["the image", { "container.image.tag": "2" }],
    ["the executable", { "proc.exepath": "/bin/sh" }],
    ["the parent", { "proc.pname": "nginx" }],
    ["the file", { "fd.name": "/etc/passwd" }],
    ["the namespace", { "k8s.ns.name": "prod" }],
    ["the host", { "container.id": "host", "container.image.repository": null }],
  ])("by %s", (_, fields) => {
    expect(grouped(alert({}), alert(fields)).groups()).toHaveLength(2);
  });

  test("by the rule", () => {
    expect(grouped(alert({}), alert({}, { rule: "Other" })).groups()).toHaveLength(2);
  });
});

test("a group knows how many, since when, where, and what the first was", () => {
  const at = (time: string, pod: string): Alert => alert({ "k8s.pod.name": pod }, { time });
  const groups = grouped(
    at("2026-11-26T10:00:00.5Z", "b"),
    at("2026-11-26T09:00:00Z", "a"),
    at("2026-11-26T11:00:00Z", "b"),
  );
  expect(groups.groups()).toMatchObject([
    {
      count: 3,
      first: "2026-11-26T09:00:00Z",
      last: "2026-11-26T11:00:00Z",
      containers: ["b", "a"],
      example: { fields: { "k8s.pod.name": "b" } },
      cause: { image: "registry.example/web:1", executable: "/bin/cat", subject: "/etc/shadow" },
    },
  ]);
});

test("what is kept is bounded, and what was forgotten is counted", () => {
  const groups = new AlertGroups({ groupsMax: 2 });
  const of = (name: string): boolean => groups.add(alert({ "proc.exepath": name }));
  expect([of("/a"), of("/b"), of("/a"), of("/c"), of("/a"), of("/b")]).toEqual([
    true,
    true,
    false,
    true,
    false,
    true,
  ]);
  expect(groups.groups().map(({ cause, count }) => [cause.executable, count])).toEqual([
    ["/a", 3],
    ["/b", 1],
  ]);
  expect(groups.forgotten).toEqual({ groups: 2, alerts: 2 });
  expect(groups.alerts).toBe(6);
});

test("nothing is counted twice or lost, whatever comes", () => {
  const any = fc.record({
    exe: fc.constantFrom("/a", "/b", "/c", "/d"),
    file: fc.constantFrom("/x/1", "/x/2", "/y", "1.1.1.1:1->2.2.2.2:2"),
    rule: fc.constantFrom("one", "two"),
  });
  fc.assert(
    fc.property(fc.array(any), fc.integer({ min: 1, max: 5 }), (all, groupsMax) => {
      const groups = new AlertGroups({ groupsMax });
      for (const { exe, file, rule } of all)
        groups.add(alert({ "proc.exepath": exe, "fd.name": file }, { rule }));
      const kept = groups.groups().reduce((sum, { count }) => sum + count, 0);
      expect(kept + groups.forgotten.alerts).toBe(all.length);
      expect(groups.groups().length).toBeLessThanOrEqual(groupsMax);
    }),
  );
});

describe("exceptions", () => {
  const proposed = (...alerts: Alert[]) => proposeExceptions(grouped(...alerts).groups(), OPTIONS);

  test("name exactly what was seen, and each combination once", () => {
    const { proposals } = proposed(
      alert({}),
      alert({}),
      alert({ "proc.cmdline": "cat -n /etc/shadow" }),
    );
    expect(proposals).toMatchObject([
      {
        fields: ["container.image.repository", "proc.exepath", "proc.cmdline", "fd.name"],
        values: [
          ["registry.example/web", "/bin/cat", "cat -n /etc/shadow", "/etc/shadow"],
          ["registry.example/web", "/bin/cat", "cat /etc/shadow", "/etc/shadow"],
        ],
      },
    ]);
  });

  test("of the host do not reach into containers", () => {
    const host = { "container.id": "host", "container.image.repository": null };
    const [proposal] = proposed(alert(host)).proposals;
    expect(proposal?.fields[0]).toBe("container.id");
    expect(proposal?.values[0]?.[0]).toBe("host");
  });

  test("are never wider than what was seen", () => {
    const value = fc.constantFrom("a", "b", "c");
    const one = fc.record({ exe: value, words: value, file: value, image: value });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 12 }), (all) => {
        const seen = new Set<string>();
        const alerts = all.map(({ exe, words, file, image }) => {
          seen.add(JSON.stringify([image, `/${exe}`, words, `/${file}`]));
          return alert({
            "container.image.repository": image,
            "proc.exepath": `/${exe}`,
            "proc.cmdline": words,
            "fd.name": `/${file}`,
          });
        });
        const rows = proposed(...alerts).proposals.flatMap(({ values }) => values);
        for (const row of rows) expect(seen).toContain(JSON.stringify(row));
        expect(rows).toHaveLength(seen.size);
      }),
    );
  });

  test.each<[string, Alert[], RegExp]>([
    ["seen once", [alert({})], /once only/],
    ["critical", [alert({}, { priority: "Critical" })], /to be looked at/],
    [
      "without image",
      [alert({ "container.image.repository": null })],
      /container\.image\.repository/,
    ],
    ["without executable", [alert({ "proc.exepath": "<NA>" })], /proc\.exepath/],
    ["without command line", [alert({ "proc.cmdline": null })], /proc\.cmdline/],
    ["of a connection", [alert({ "fd.name": "1.1.1.1:1->2.2.2.2:2" })], /fd\.sip and fd\.sport/],
    ["with quotation marks", [alert({ "proc.cmdline": 'x") or (1=1' })], /quotation marks/],
    ["with line ends", [alert({ "proc.cmdline": "a\nb" })], /control characters/],
    [
      "always different",
      Array.from({ length: 30 }, (_, i) => alert({ "proc.cmdline": `run ${i}` })),
      /different each time/,
    ],
  ])("there is none for a cause that is %s, and the reason is told", (name, alerts, reason) => {
    const countMin = name === "seen once" ? 2 : 1;
    const { proposals, unproposed } = proposeExceptions(grouped(...alerts).groups(), {
      ...OPTIONS,
      countMin,
    });
    expect(proposals).toEqual([]);
    expect(unproposed[0]?.reason).toMatch(reason);
  });
});

describe("a budget", () => {
  const at = (hours: number): Alert =>
    alert({}, { time: new Date(Date.UTC(2026, 10, 1) + hours * 3_600_000).toISOString() });
  const of = (groups: AlertGroups) => alertBudget(groups.groups(), groups.alerts);

  test("counts for a week, and says when it is extrapolated", () => {
    expect(of(grouped(at(0), at(336)))).toMatchObject({
      hours: 336,
      perWeek: 1,
      isExtrapolated: false,
    });
    expect(of(grouped(at(0), at(1), at(24)))).toMatchObject({ perWeek: 21, isExtrapolated: true });
  });

  test("does not tell of a week from minutes, or from nothing", () => {
    expect(of(grouped(at(0), at(0.5)))).toMatchObject({ perWeek: null, alerts: 2 });
    expect(of(grouped())).toMatchObject({ perWeek: null, alerts: 0, from: null, noisiest: [] });
  });

  test("names the three causes of most alerts", () => {
    const groups = grouped(at(0));
    for (const [exe, n] of [
      ["/a", 5],
      ["/b", 3],
      ["/c", 4],
      ["/d", 1],
    ] as const)
      for (let i = 0; i < n; i += 1) groups.add(alert({ "proc.exepath": exe }));
    const { noisiest } = of(groups);
    expect(noisiest.map(({ group }) => group.cause.executable)).toEqual(["/a", "/c", "/b"]);
    expect(noisiest[0]?.share).toBeCloseTo(5 / 14);
  });
});
