import { expect, test } from "vitest";
import { codeFinding, finding, scan, somePackage } from "../../test/make-scan.ts";
import { answerOf, artifactName } from "./answer.ts";
import type { ScanResult } from "./scan.ts";

const openssl = { upgrade: "openssl", name: "libssl1.1" };
const found = [
  finding({ ...openssl, id: "CVE-1", exploited: true }),
  finding({ ...openssl, id: "CVE-2" }),
  finding({ id: "CVE-3", name: "bash", severity: "low", fixed: null, score: 10 }),
];
const { artifact, distribution } = scan();
const supported = { ...distribution, endOfLife: null } as ScanResult["distribution"];
const project = { ...artifact, kind: "project", reference: null, digest: null } as const;
const base = scan({ findings: found, distribution: supported });

const cases: readonly (readonly [name: string, result: ScanResult, wanted: string])[] = [
  [
    "what was found, the best fix, and how old the data is",
    base,
    "api @12ab34cd56ef : 1 known exploited, 2 high, 1 lower; upgrading openssl closes 2; data 3 h old",
  ],
  [
    "a system past its end of life, files that were not readable",
    scan({
      findings: found,
      problems: [{ code: "file-damaged", detail: "cannot read it" }],
    }),
    "api @12ab34cd56ef : incomplete, 1 part could not be examined; 1 known exploited, 2 high, 1 lower; upgrading openssl closes 2; debian 11 is end of life; data 3 h old; 1 file unreadable",
  ],
  [
    "the starter data never says clean",
    {
      ...base,
      findings: [],
      data: { kind: "starter", builtAt: null, ageHours: null, ecosystems: [], advisories: 150 },
    },
    `api @12ab34cd56ef : incomplete, only the built-in starter data answered; nothing found in ${base.packages.length} packages`,
  ],
  [
    "a denial stands first",
    { ...base, verdict: { outcome: "deny", reasons: ["1 finding is at least high"] } },
    "api @12ab34cd56ef : denied, 1 finding is at least high; 1 known exploited, 2 high, 1 lower; upgrading openssl closes 2; data 3 h old",
  ],
  [
    "nothing found, of which something was set aside",
    {
      ...base,
      findings: [],
      packages: [somePackage("a")],
      suppressed: [
        { finding: codeFinding(), by: "exception", reason: "ours", owner: "me", until: null },
      ],
    },
    "api @12ab34cd56ef : nothing found but 1 suppressed in 1 package; data 3 h old",
  ],
  [
    "a folder without packages",
    { ...base, artifact: { ...project, target: "." }, findings: [], packages: [] },
    "this project : nothing found: no packages were recognised; data 3 h old",
  ],
  [
    "a folder in which something is declared and not locked",
    {
      ...base,
      artifact: { ...project, target: "." },
      findings: [],
      packages: [],
      problems: [{ code: "declared-only", detail: "django is not pinned" }],
    },
    "this project : nothing found: no packages were recognised; data 3 h old; not all versions are known",
  ],
  [
    "an image that could not be had",
    {
      ...base,
      artifact: { ...artifact, reference: "team/api:2", digest: null },
      findings: [],
      packages: [],
      distribution: null,
      problems: [{ code: "image-unavailable", detail: "the registry does not have it" }],
      verdict: { outcome: "undecided", reasons: [] },
    },
    "api : undecided, it was not scanned; data 3 h old",
  ],
  [
    "a report of another tool needs no advisory data",
    {
      ...base,
      artifact: { ...project, kind: "sarif", target: "sarif:out/semgrep.sarif" },
      findings: [codeFinding()],
      packages: [],
      data: { kind: "none", builtAt: null, ageHours: null, ecosystems: [], advisories: 0 },
    },
    "semgrep.sarif : 1 high",
  ],
];

test.each(cases)("%s", (_, result, wanted) => {
  expect(answerOf(result)).toBe(wanted);
});

test.each([
  ["registry.example/team/api:1.2", "registry.example/team/api"],
  ["registry.example:5000/team/api@sha256:00", "registry.example:5000/team/api"],
  ["localhost:5000/api", "localhost:5000/api"],
])("%s is kept under the name %s", (reference, name) => {
  expect(artifactName({ ...artifact, reference })).toBe(name);
});
