import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { utf8Bytes } from "../../kit/text.ts";
import { bytesAsSource, readZipDirectory, readZipEntry } from "../zip.ts";
import { recognise } from "./recognise.ts";
import { ListSink } from "./test-support/list-sink.ts";

/** Numbers and dots, as far as these tests need versions. */
function compare(a: string, b: string): number | null {
  const [left, right] = [a, b].map((v) => v.split(".").map(Number)) as [number[], number[]];
  if ([...left, ...right].some(Number.isNaN)) return null;
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const order = (left[i] ?? 0) - (right[i] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}

function read(content: Uint8Array | string | object): ListSink {
  const sink = new ListSink();
  const text = typeof content === "object" && !(content instanceof Uint8Array);
  const bytes = text
    ? utf8Bytes(JSON.stringify(content))
    : typeof content === "string"
      ? utf8Bytes(content)
      : content;
  const found = recognise(bytes, () => compare);
  if (found.kind === null) sink.problem(found.reason);
  else found.read(sink);
  return sink;
}

function osv(more: object): object {
  return { schema_version: "1.7.0", id: "GHSA-1", modified: "2026-01-02T03:04:05Z", ...more };
}

function npm(ranges: readonly object[], more: object = {}): object {
  return osv({
    affected: [
      {
        package: { ecosystem: "npm", name: "x" },
        ranges: ranges.map((events) => ({ type: "SEMVER", events })),
        ...more,
      },
    ],
  });
}

describe("OSV ranges", () => {
  test.each<[string, object[], object[]]>([
    [
      "from the first",
      [{ introduced: "0" }, { fixed: "1.2" }],
      [{ introduced: "0", fixed: "1.2" }],
    ],
    ["without an end", [{ introduced: "1.0" }], [{ introduced: "1.0" }]],
    [
      "up to a last version",
      [{ introduced: "1.0" }, { last_affected: "1.4" }],
      [{ introduced: "1.0", lastAffected: "1.4" }],
    ],
    [
      "unsorted",
      [{ fixed: "2.2" }, { introduced: "2.0" }, { fixed: "1.5" }, { introduced: "0" }],
      [
        { introduced: "0", fixed: "1.5" },
        { introduced: "2.0", fixed: "2.2" },
      ],
    ],
    [
      "unsorted, a pair",
      [{ fixed: "2.2" }, { introduced: "2.0" }],
      [{ introduced: "2.0", fixed: "2.2" }],
    ],
    [
      "several fixes, of which the lowest counts",
      [{ introduced: "0" }, { fixed: "3.0" }, { fixed: "2.5" }],
      [{ introduced: "0", fixed: "2.5" }],
    ],
    [
      "a stretch that begins where another ends",
      [{ introduced: "1.0" }, { fixed: "2.0" }, { introduced: "2.0" }, { fixed: "3.0" }],
      [
        { introduced: "1.0", fixed: "2.0" },
        { introduced: "2.0", fixed: "3.0" },
      ],
    ],
    [
      "a stretch that begins where another ends, listed backwards",
      [{ fixed: "3.0" }, { introduced: "2.0" }, { fixed: "2.0" }, { introduced: "1.0" }],
      [
        { introduced: "1.0", fixed: "2.0" },
        { introduced: "2.0", fixed: "3.0" },
      ],
    ],
    [
      "a fix that is said twice, where another stretch begins",
      [
        { introduced: "1.0" },
        { fixed: "2.0" },
        { fixed: "2.0" },
        { introduced: "2.0" },
        { fixed: "3.0" },
      ],
      [
        { introduced: "1.0", fixed: "2.0" },
        { introduced: "2.0", fixed: "3.0" },
      ],
    ],
    [
      "a stretch that ends where it begins",
      [{ introduced: "1.0" }, { fixed: "1.5" }, { introduced: "2.0" }, { fixed: "2.0" }],
      [{ introduced: "1.0", fixed: "1.5" }],
    ],
    [
      "one version",
      [
        { introduced: "1.0" },
        { last_affected: "1.0" },
        { introduced: "2.0" },
        { last_affected: "2.0" },
      ],
      [
        { introduced: "1.0", lastAffected: "1.0" },
        { introduced: "2.0", lastAffected: "2.0" },
      ],
    ],
    ["nothing", [], []],
  ])("%s", (_, events, wanted) => {
    const sink = read(npm([events], { versions: ["9.9"] }));
    expect(sink.of("npm", "x").map((s) => s.ranges)).toEqual([wanted]);
  });
});

describe("OSV records of Go that name a project's own versions", () => {
  const never = [{ type: "SEMVER", events: [{ introduced: "0" }] }];
  const events = (...list: object[]): object[] => [{ type: "ECOSYSTEM", events: list }];

  test.each<[string, object[], unknown, object[]]>([
    [
      "get an end from them",
      never,
      events({ introduced: "0" }, { fixed: "1.9.0" }),
      [{ introduced: "0", fixed: "1.9.0" }],
    ],
    [
      "begin where their own versions do",
      never,
      events({ introduced: "2.31.0" }),
      [{ introduced: "2.31.0" }],
    ],
    [
      "keep where they begin, and what lies below",
      [
        {
          type: "SEMVER",
          events: [{ introduced: "0" }, { fixed: "0.1" }, { introduced: "0.3" }],
        },
      ],
      events({ introduced: "0" }, { fixed: "0.2" }, { introduced: "0.2.5" }, { fixed: "2.3.2" }),
      [
        { introduced: "0", fixed: "0.1" },
        { introduced: "0.3", fixed: "2.3.2" },
      ],
    ],
    [
      "keep the end they have",
      [{ type: "SEMVER", events: [{ introduced: "0" }, { fixed: "0.17.7" }] }],
      events({ introduced: "0" }, { fixed: "17.0.7" }),
      [{ introduced: "0", fixed: "0.17.7" }],
    ],
    [
      "stay open where their own versions end before",
      [{ type: "SEMVER", events: [{ introduced: "0.7.2" }] }],
      events({ introduced: "0" }, { fixed: "0.7.1" }),
      [{ introduced: "0.7.2" }],
    ],
    [
      "stay open where their own versions are none of Go's",
      never,
      events({ introduced: "RELEASE.2024-06-06" }, { fixed: "RELEASE.2025-02-28" }),
      [{ introduced: "0" }],
    ],
    ["stay open where there are none", never, [], [{ introduced: "0" }]],
    ["stay open where there is something else", never, "all", [{ introduced: "0" }]],
  ])("%s", (_, ranges, custom, wanted) => {
    const affected = [
      {
        package: { ecosystem: "Go", name: "x.example/y" },
        ranges,
        ecosystem_specific: { custom_ranges: custom },
      },
    ];
    expect(read(osv({ affected })).of("Go", "x.example/y")[0]?.ranges).toEqual(wanted);
  });

  test("are the only ones of which that is read", () => {
    const affected = [
      {
        package: { ecosystem: "npm", name: "x" },
        ranges: never,
        ecosystem_specific: {
          custom_ranges: events({ introduced: "0" }, { fixed: "1.9.0" }),
        },
      },
    ];
    expect(read(osv({ affected })).of("npm", "x")[0]?.ranges).toEqual([{ introduced: "0" }]);
  });
});

describe("OSV records", () => {
  test("that were withdrawn say nothing", () => {
    const sink = read({ ...npm([[{ introduced: "0" }]]), withdrawn: "2026-01-01T00:00:00Z" });
    expect([sink.statements, sink.descriptions, sink.problems]).toEqual([[], [], []]);
  });

  test("by the hundred thousand are read in linear time, and no stack ends", () => {
    const name = { ecosystem: "npm", name: "x" };
    const numbers = Array.from({ length: 200_000 }, (_, i) => i);
    const events = numbers.flatMap((n) => [{ introduced: `${n}.0` }, { fixed: `${n}.1` }]);
    const one = { package: name, versions: numbers.map(String) };
    const other = { package: name, ranges: [{ type: "SEMVER", events }] };
    const singles = numbers.slice(0, 50_000).map((n) => ({
      package: name,
      ranges: [{ type: "SEMVER", events: [{ introduced: `${n}.2` }, { fixed: `${n}.3` }] }],
    }));
    const before = performance.now();
    const [said] = read(osv({ affected: [one, one, other, ...singles] })).of("npm", "x");
    expect([said?.versions?.length, said?.ranges.length]).toEqual([400_000, 250_000]);
    expect(performance.now() - before).toBeLessThan(10_000);
  });

  test("that repeat a package become one statement with all ranges", () => {
    const affected = ["1", "2"].map((major) => ({
      package: { ecosystem: "npm", name: "x" },
      ranges: [
        { type: "SEMVER", events: [{ introduced: `${major}.0` }, { fixed: `${major}.5` }] },
        { type: "GIT", events: [{ introduced: "0" }, { fixed: "deadbeef" }] },
      ],
    }));
    const sink = read(osv({ aliases: ["CVE-2026-1234"], affected }));
    expect(sink.statements).toEqual([
      [
        "npm",
        "x",
        {
          advisory: "GHSA-1",
          vulnerabilities: ["CVE-2026-1234"],
          ranges: [
            { introduced: "1.0", fixed: "1.5" },
            { introduced: "2.0", fixed: "2.5" },
          ],
          source: "osv",
        },
      ],
    ]);
  });

  test("names are written in one spelling", () => {
    const packages = [
      { ecosystem: "PyPI", name: "Foo_.Bar" },
      { ecosystem: "Packagist:https://packages.drupal.org/8", name: "Drupal/X" },
      { ecosystem: "Ubuntu:22.04:LTS", name: "openssl" },
      { ecosystem: "Ubuntu:Pro:16.04:LTS", name: "openssl" },
    ];
    const affected = packages.map((p) => ({ package: p, versions: ["1"] }));
    expect(read(osv({ affected })).statements.map(([e, n]) => `${e} ${n}`)).toEqual([
      "PyPI foo-bar",
      "Packagist drupal/x",
      "Ubuntu:22.04 openssl",
      "Ubuntu:Pro:16.04 openssl",
    ]);
  });

  test("related flaws are others, except at distributions that have nothing else", () => {
    const related = ["CVE-2026-1111"];
    const at = (ecosystem: string): object => ({
      package: { ecosystem, name: "x" },
      versions: ["1"],
    });
    const cves = (record: object): unknown[] =>
      read(record).statements.map(([, , s]) => s.vulnerabilities);
    expect([
      cves(osv({ related, affected: [at("npm")] })),
      cves(osv({ related, affected: [at("AlmaLinux:9")] })),
      cves(osv({ related, upstream: ["CVE-2026-2222"], affected: [at("AlmaLinux:9")] })),
    ]).toEqual([[[]], [["CVE-2026-1111"]], [["CVE-2026-2222"]]]);
  });

  test("severity is found wherever publishers put it", () => {
    const vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    const pkg = { package: { ecosystem: "npm", name: "x" }, versions: ["1"] };
    const word = (more: object): unknown => {
      const [d] = read(osv({ affected: [pkg], ...more })).descriptions;
      return [d?.severity, d?.cvss.map((c) => c.score)];
    };
    expect([
      word({ severity: [{ type: "CVSS_V3", score: vector }] }),
      word({ database_specific: { severity: "MODERATE" } }),
      word({ affected: [{ ...pkg, ecosystem_specific: { severity: "HIGH" } }] }),
      word({ affected: [{ ...pkg, severity: [{ type: "CVSS_V3", score: vector }] }] }),
      word({ severity: [{ type: "CVSS_V3", score: "rubbish" }] }),
    ]).toEqual([
      [null, [9.8]],
      ["medium", []],
      ["high", []],
      [null, [9.8]],
      [null, []],
    ]);
  });

  test("a module stream limits the statement", () => {
    const sink = read(
      osv({
        id: "ALSA-2026:1",
        summary: "Important: nodejs:18 security update",
        affected: [
          {
            package: { ecosystem: "AlmaLinux:8", name: "nodejs" },
            ranges: [
              {
                type: "ECOSYSTEM",
                events: [{ introduced: "0" }, { fixed: "1:18.1-1.module_el8.8.0+1" }],
              },
            ],
          },
        ],
      }),
    );
    const [said] = sink.of("AlmaLinux:8", "nodejs");
    expect([said?.module, said?.severity]).toEqual(["nodejs:18", "high"]);
  });

  test.each<[string, object, string]>([
    ["no name", osv({ affected: [{ package: { ecosystem: "npm" } }] }), "without ecosystem"],
    ["no object", osv({ affected: [7] }), "no object"],
    ["a version that is a number", npm([[{ introduced: 1 }]]), "range that cannot be read"],
    ["an id with a line end", osv({ id: "A\nB", affected: [] }), "no id"],
  ])("a problem is said of %s", (_, record, wanted) => {
    expect(read(record).problems.join()).toContain(wanted);
  });
});

describe("Alpine's secdb", () => {
  const list = (secfixes: object): object => ({
    distroversion: "v3.19",
    reponame: "main",
    packages: [{ pkg: { name: "x", secfixes } }],
  });

  test("fixes, several names of one flaw, and version 0", () => {
    const sink = read(
      list({ "1.2-r0": ["CVE-2020-1111 XSA-9", "CVE-2020-2222 (+ fix)"], "0": ["CVE-2020-3333"] }),
    );
    const brief = sink
      .of("Alpine:v3.19", "x")
      .map((s) => [s.advisory, s.vulnerabilities, s.ranges, s.state]);
    expect(brief).toEqual([
      ["CVE-2020-3333", ["CVE-2020-3333"], [], "not-affected"],
      [
        "CVE-2020-1111",
        ["CVE-2020-1111", "XSA-9"],
        [{ introduced: "0", fixed: "1.2-r0" }],
        undefined,
      ],
      ["CVE-2020-2222", ["CVE-2020-2222"], [{ introduced: "0", fixed: "1.2-r0" }], undefined],
    ]);
  });

  test("a list without a release is a problem", () => {
    expect(read({ reponame: "main", packages: [] }).problems).toEqual([
      "it does not say for which release it is",
    ]);
  });
});

test("Debian's tracker says what is fixed, open, given up and never affected", () => {
  const release = (status: string, more: object = {}): object => ({
    status,
    urgency: "not yet assigned",
    ...more,
  });
  const sink = read({
    x: {
      "CVE-2026-0001": {
        description: "A flaw.",
        releases: {
          bullseye: release("resolved", { fixed_version: "1.0-1", urgency: "low**" }),
          bookworm: release("open"),
          trixie: release("open", { nodsa: "Minor issue", nodsa_reason: "ignored" }),
          forky: release("undetermined"),
          sid: release("resolved", { fixed_version: "0", urgency: "unimportant" }),
          experimental: release("open"),
        },
      },
    },
  });
  expect(sink.statements.map(([e, , s]) => [e, s.ranges, s.state, s.severity])).toEqual([
    ["Debian:11", [{ introduced: "0", fixed: "1.0-1" }], undefined, "low"],
    ["Debian:12", [{ introduced: "0" }], undefined, undefined],
    ["Debian:13", [{ introduced: "0" }], "wont-fix", undefined],
    ["Debian:14", [{ introduced: "0" }], "under-investigation", undefined],
    ["Debian:sid", [], "not-affected", "negligible"],
  ]);
});

test("Ubuntu's tracker says what is fixed, needed and given up, and leaves out what matches nothing", () => {
  const sink = read(
    [
      "Candidate: CVE-2023-0464",
      "PublicDate: 2023-03-22 17:15:00 UTC",
      "Description:",
      " A flaw in",
      " something.",
      "Priority: low",
      "Priority_x_jammy: high",
      "CVSS:",
      " nvd: CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H [7.5 HIGH]",
      "upstream_x: released (9.9)",
      "jammy_x: released (1.0-1ubuntu1)",
      "focal_x: needed",
      "trusty_x: ignored (end of standard support)",
      "esm-infra/xenial_x: needs-triage",
      "noble_x: not-affected (1.2)",
      "lunar_x: DNE",
    ].join("\n"),
  );
  expect(sink.statements.map(([e, , s]) => [e, s.ranges, s.state, s.severity])).toEqual([
    ["Ubuntu:22.04", [{ introduced: "0", fixed: "1.0-1ubuntu1" }], undefined, "high"],
    ["Ubuntu:20.04", [{ introduced: "0" }], undefined, "low"],
    ["Ubuntu:14.04", [{ introduced: "0" }], "wont-fix", "low"],
    ["Ubuntu:Pro:16.04", [{ introduced: "0" }], "under-investigation", "low"],
  ]);
  expect(sink.descriptions.map((d) => [d.id, d.summary, d.cvss[0]?.score])).toEqual([
    ["CVE-2023-0464", "A flaw in something.", 7.5],
  ]);
});

test("Debian's lists of advisories name flaws and fixed versions by release", () => {
  const sink = read(
    [
      "[29 Mar 2023] DSA-5380-1 xorg-server - security update",
      "\t{CVE-2023-1393 CVE-2023-1394}",
      "\t[bullseye] - xorg-server 2:1.20.11-1+deb11u6",
      "\t[buster] - xorg-server <end-of-life>",
      "\tNOTE: whatever",
      "[1 Jan 1999] nonsense",
      "",
    ].join("\n"),
  );
  expect(
    sink.statements.map(([e, n, s]) => [e, n, s.advisory, s.vulnerabilities.length, s.ranges]),
  ).toEqual([
    [
      "Debian:11",
      "xorg-server",
      "DSA-5380-1",
      2,
      [{ introduced: "0", fixed: "2:1.20.11-1+deb11u6" }],
    ],
    ["Debian:10", "xorg-server", "DSA-5380-1", 2, [{ introduced: "0" }]],
  ]);
  expect([sink.moments, sink.problems]).toEqual([["2023-03-29"], ["line 6 is no advisory"]]);
});

test("KEV and EPSS entries are read, and those that are none are named", () => {
  const kev = read({
    catalogVersion: "1",
    dateReleased: "2026-08-07T16:45:47.0648Z",
    vulnerabilities: [
      {
        cveID: "CVE-2021-44228",
        dateAdded: "2021-12-10",
        dueDate: "2021-12-24",
        vulnerabilityName: "Log4Shell",
        knownRansomwareCampaignUse: "Known",
      },
      { cveID: "none" },
    ],
  });
  const epss = read(
    "#model_version:v4,score_date:2026-08-01T00:00:00Z\ncve,epss,percentile\nCVE-2021-44228,0.9,0.99\nx,y\n",
  );
  expect([kev.known, kev.problems, epss.scores, epss.problems]).toEqual([
    [
      [
        "CVE-2021-44228",
        { addedAt: "2021-12-10", dueAt: "2021-12-24", ransomware: true },
        "Log4Shell",
      ],
    ],
    ["an entry has no CVE id or no date"],
    [["CVE-2021-44228", 0.9, 0.99, "2026-08-01"]],
    ["line 4 is no score"],
  ]);
});

test.each<[string, string]>([
  ["", "it is empty, or no text"],
  ["\u0000\u0001", "it is empty, or no text"],
  ["{", "it is not JSON"],
  ["{}", "it is of no form that is read here"],
  ["# A readme", "it is of no form that is read here"],
])("says why %j is of no use", (text, wanted) => {
  expect(read(text).problems.join()).toContain(wanted);
});

describe("no reader throws", () => {
  const shapes = [
    osv({ affected: [] }),
    { distroversion: "v3.19", reponame: "main", packages: [] },
    { catalogVersion: "", vulnerabilities: [] },
    { x: { "CVE-1": { releases: {} } } },
  ];
  test("on any JSON that looks like its feed", () => {
    const keys = fc.constantFrom(
      ...["affected", "packages", "package", "pkg", "secfixes", "ranges", "events", "versions"],
      ...["severity", "references", "vulnerabilities", "releases", "id", "__proto__", "fixed"],
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(keys, tie("any"), { maxKeys: 4 }),
      ),
    })).any;
    fc.assert(
      fc.property(fc.constantFrom(...shapes), fc.dictionary(keys, value), (shape, more) => {
        expect(read({ ...shape, ...more })).toBeInstanceOf(ListSink);
      }),
      { numRuns: 500 },
    );
  });

  test("on any text that begins like its feed", () => {
    const heads = [
      "Candidate: CVE-2020-1234\n",
      "#model_version:v1\n",
      "[29 Mar 2023] DSA-1-1 x\n",
      "{",
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...heads),
        fc.string({ unit: "binary", maxLength: 300 }),
        (head, tail) => {
          expect(read(head + tail)).toBeInstanceOf(ListSink);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describeShared("data of publishers", () => {
  const zipped = (ecosystem: string): ListSink => {
    const source = bytesAsSource(readFileSync(sharedPath(`data/osv/${ecosystem}/all.zip`)));
    const all = new ListSink();
    for (const entry of readZipDirectory(source).entries) {
      const { bytes } = readZipEntry(source, entry, 1 << 26);
      const found = recognise(bytes ?? new Uint8Array(0), () => null);
      if (found.kind === "osv") found.read(all);
      else all.problem(`${entry.name}: ${found.kind}`);
    }
    return all;
  };

  test.each([
    ["crates.io", 1193, 1193],
    ["Debian", 161, 693],
    ["npm", 179, 231],
  ])("%s is read whole", (ecosystem, descriptions, statements) => {
    const sink = zipped(ecosystem);
    expect([sink.problems, sink.descriptions.length, sink.statements.length]).toEqual([
      [],
      descriptions,
      statements,
    ]);
  });

  test("Go's records end where a project's own releases have the fix", () => {
    const sink = zipped("Go");
    const rangesOf = (name: string, advisory: string): unknown =>
      sink.of("Go", name).find((s) => s.advisory === advisory)?.ranges;
    expect([
      rangesOf("k8s.io/ingress-nginx", "GO-2024-2428"),
      rangesOf("gogs.io/gogs", "GO-2026-4449"),
      rangesOf("github.com/grafana/grafana", "GO-2025-3766"),
      rangesOf("vitess.io/vitess", "GO-2024-2826"),
    ]).toEqual([
      [{ introduced: "0", fixed: "1.9.0" }],
      [{ introduced: "0.11.19", fixed: "0.13.4" }],
      [
        { introduced: "0", fixed: "0.0.0-20250521211231-e0ba4b480954" },
        { introduced: "0.0.1-test", fixed: "11.6.2" },
      ],
      [
        { introduced: "0", fixed: "0.17.7" },
        { introduced: "0.18.0", fixed: "0.18.5" },
        { introduced: "0.19.0", fixed: "0.19.4" },
      ],
    ]);
    expect(sink.problems).toEqual([]);
  });

  test("Bitnami's flaws without a fix stay, those of which only the prose names one too", () => {
    const sink = zipped("Bitnami");
    const open = sink.statements.filter(([, , { ranges }]) =>
      ranges.some((range) => range.fixed === undefined && range.lastAffected === undefined),
    );
    const ids = open.map(([, , { advisory }]) => advisory);
    expect([sink.problems, open.length]).toEqual([[], 47]);
    expect(ids).toEqual(expect.arrayContaining(["BIT-sqlite-2025-6965", "BIT-python-2026-0864"]));
  });

  test("Alpine 3.17 main knows what fixed Heartbleed's successor and what never was affected", () => {
    const sink = read(readFileSync(sharedPath("data/native/alpine-secdb/v3.17/main.json")));
    const openssl = sink.of("Alpine:v3.17", "openssl");
    expect(openssl.find((s) => s.advisory === "CVE-2022-3602")?.ranges).toEqual([
      { introduced: "0", fixed: "3.0.7-r0" },
    ]);
    expect(
      sink.statements
        .filter(([, , s]) => s.ranges.length === 0)
        .every(([, , s]) => s.state === "not-affected"),
    ).toBe(true);
    expect(sink.problems).toEqual([]);
  });

  test("the advisory lists, KEV and EPSS are read whole", () => {
    const gunzipped = (path: string): ListSink => read(gunzipSync(readFileSync(sharedPath(path))));
    const dsa = gunzipped("data/native/debian/DSA.list.gz");
    const dla = gunzipped("data/native/debian/DLA.list.gz");
    const kev = gunzipped("data/native/kev/known_exploited_vulnerabilities.json.gz");
    const epss = gunzipped("data/native/epss/epss_scores-2022-04-17.csv.gz");
    expect([
      dsa.descriptions.length,
      dla.descriptions.length,
      kev.known.length,
      epss.scores.length,
    ]).toEqual([5406, 3534, 1662, 174286]);
    expect([dsa, dla, kev, epss].flatMap((s) => s.problems)).toEqual([]);
  });
});
