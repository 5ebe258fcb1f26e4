import { describe, expect, test } from "vitest";
import type { ArtifactSummary } from "./artifact.ts";
import type { Digest } from "./digest.ts";
import {
  appliedOverride,
  type Override,
  type OverrideQuestion,
  overrideRefusal,
  overrideSubjectsOf,
  overrideSubjectText,
  parseOverrideSubject,
} from "./override.ts";

const A = `sha256:${"a".repeat(64)}` as Digest;
const B = `sha256:${"b".repeat(64)}` as Digest;

const OVERRIDE: Override = {
  schema: "bulwark.dev/override/v1",
  reason: "the shop is down",
  grantedBy: "anna",
  grantedAt: "2026-11-25T10:00:00.000Z",
  until: "2026-11-25T14:00:00.000Z",
  actions: ["gate"],
  subjects: [{ name: null, tag: null, digest: A }],
};
const QUESTION: OverrideQuestion = {
  subject: { name: "docker.io/team/api", tag: "1", digest: A },
  action: "gate",
  now: "2026-11-25T12:00:00.000Z",
  daysMax: 7,
};

describe("an override", () => {
  test.each<[string, Partial<Override>, Partial<OverrideQuestion>, RegExp | null]>([
    ["counts in its time, for its digest", {}, {}, null],
    ["counts from a clock that is ahead a little", {}, { now: "2026-11-25T09:55:00.000Z" }, null],
    ["does not count before", {}, { now: "2026-11-25T09:54:59.999Z" }, /^it begins at/],
    ["counts to its last moment", {}, { now: "2026-11-25T13:59:59.999Z" }, null],
    ["does not count from its end on", {}, { now: "2026-11-25T14:00:00.000Z" }, /^it ended at/],
    ["does not count long after", {}, { now: "2027-11-25T14:00:00.000Z" }, /^it ended at/],
    ["does not end before it begins", { until: OVERRIDE.grantedAt }, {}, /before it begins/],
    ["lasts seven days", { until: "2026-12-02T10:00:00.000Z" }, {}, null],
    ["lasts no longer", { until: "2026-12-02T10:00:00.001Z" }, {}, /longer than 7 days/],
    ["lasts as long as one allows", { until: "2026-12-05T10:00:00.000Z" }, { daysMax: 10 }, null],
    ["is for what it says", {}, { action: "admit" }, /for gate, not for admit/],
    ["is for all that it says", { actions: ["gate", "admit"] }, { action: "admit" }, null],
    ["is for nothing when it says nothing", { actions: [] }, {}, /not for gate/],
    ["is about nothing when it names nothing", { subjects: [] }, {}, /not about/],
    [
      "is about nothing when its subject is empty",
      { subjects: [{ name: null, tag: null, digest: null }] },
      {},
      /not about/,
    ],
    ["is about no time that cannot be read", { until: "soon" }, {}, /./],
  ])("%s", (_, override, question, wanted) => {
    const refusal = overrideRefusal({ ...OVERRIDE, ...override }, { ...QUESTION, ...question });
    if (wanted === null) expect(refusal).toBeNull();
    else expect(refusal).toMatch(wanted);
  });

  test.each<[string, string, string, boolean]>([
    ["a digest", A, `team/api@${A}`, true],
    ["a digest", A, A, true],
    ["a digest", A, `team/api@${B}`, false],
    ["a digest", A, "team/api", false],
    ["a name", "team/api", "docker.io/team/api:1", true],
    ["a name", "team/api", `team/api@${B}`, true],
    ["a name", "team/api", "team/apis:1", false],
    ["a name", "team/api", "registry.example/team/api:1", false],
    ["a name", "team/api", A, false],
    ["a name with a tag", "team/api:1", "team/api:1", true],
    ["a name with a tag", "team/api:1", `team/api:1@${A}`, true],
    ["a name with a tag", "team/api:1", "team/api:2", false],
    ["a name with a tag", "team/api:1", "team/api", false],
    ["a name with a digest", `team/api@${A}`, `team/api:1@${A}`, true],
    ["a name with a digest", `team/api@${A}`, `team/web:1@${A}`, false],
    ["a name with a digest", `team/api@${A}`, A, false],
    ["an official image", "alpine", "docker.io/library/alpine:3.19", true],
    ["a port that is no tag", "localhost:5000/api", "localhost:5000/api:1", true],
  ])("about %s, %s, is about %s: %s", (_, named, asked, isAbout) => {
    const refusal = overrideRefusal(
      { ...OVERRIDE, subjects: [parseOverrideSubject(named)] },
      { ...QUESTION, subject: parseOverrideSubject(asked) },
    );
    expect(refusal === null).toBe(isAbout);
  });

  test.each(["*", "team/*", "sha256:1", "", "a".repeat(64), `sha512:${"a".repeat(128)}`])(
    "cannot be about %j",
    (text) => {
      expect(() => parseOverrideSubject(text)).toThrow(
        expect.objectContaining({ code: "reference-invalid" }),
      );
    },
  );

  test.each([A, "docker.io/team/api", "docker.io/team/api:1", `docker.io/team/api:1@${A}`])(
    "about %s is written as it is read",
    (text) => {
      expect(overrideSubjectText(parseOverrideSubject(text))).toBe(text);
    },
  );
});

const IMAGE: ArtifactSummary = {
  kind: "image",
  target: "team/api:1",
  reference: "docker.io/team/api:1",
  digest: A,
  digestKind: "manifest",
  indexDigest: null,
  platform: null,
  createdAt: null,
  layers: [],
};
const NAMED = { name: "docker.io/team/api", tag: "1" };

describe("what an override may name of an artifact", () => {
  test.each<[string, Partial<ArtifactSummary>, ReturnType<typeof overrideSubjectsOf>]>([
    ["its name with its digest", {}, [{ ...NAMED, digest: A }]],
    [
      "its name with each digest of an image for several platforms",
      { indexDigest: B },
      [
        { ...NAMED, digest: A },
        { ...NAMED, digest: B },
      ],
    ],
    [
      "its name alone where it could not be had",
      { reference: null, digest: null },
      [{ ...NAMED, digest: null }],
    ],
    [
      "the digest it was asked for by where it could not be had",
      { reference: null, digest: null, target: `team/api@${B}` },
      [{ name: "docker.io/team/api", tag: null, digest: B }],
    ],
    [
      "no tag beside a digest, because nobody looks at it",
      { reference: `team/api:1.2@${A}` },
      [{ name: "docker.io/team/api", tag: null, digest: A }],
    ],
    [
      "its digest alone where it lies in a file, whatever the file is called",
      { reference: null, target: "team/api" },
      [{ name: null, tag: null, digest: A }],
    ],
    [
      "nothing of a layout that cannot be read",
      { reference: null, digest: null, target: "oci:x" },
      [],
    ],
    ["nothing of a project", { kind: "project", reference: null, digest: null, target: "api" }, []],
  ])("%s", (_, changes, wanted) => {
    expect(overrideSubjectsOf({ ...IMAGE, ...changes })).toEqual(wanted);
  });
});

test("an override that no trusted key signed is applied to nothing", () => {
  const { reason, grantedBy, until } = OVERRIDE;
  const signed = { digest: B, override: OVERRIDE, key: "0011223344556677" };
  expect(appliedOverride(signed, QUESTION)).toEqual({
    digest: B,
    reason,
    grantedBy,
    until,
    key: "0011223344556677",
  });
  expect(appliedOverride({ ...signed, key: null }, QUESTION)).toBeNull();
});
