import { expect, test } from "vitest";
import { UNLIMITED } from "./trust.ts";
import { type TrustDescription, trustWarnings } from "./trust-description.ts";

const since = { now: "2026-11-25T12:00:00.000Z", endingDays: 60 };
const [PAST, SOON, LATER] = [
  "2026-11-25T11:00:00.000Z",
  "2027-01-24T12:00:00.000Z",
  "2027-01-26T12:00:00.000Z",
];
const key = (id: string, facts: object): TrustDescription["keys"][number] => ({
  ...{ id, pem: "", kind: "P-256", fingerprint: "" },
  ...UNLIMITED,
  ...facts,
});
const root = (name: string, endsAt: string, ...neededBy: string[]) => ({
  ...{ name, neededBy, endsAt, parts: [] },
  demands: { log: true, certificateLog: true, time: true },
});
const certificate = (id: string, endsAt: string): TrustDescription["certificates"][number] => ({
  ...{ id, pem: "", kind: "ca", subjects: null, subject: "CN=acme", endsAt },
});

test("warns of what ends soon, and of what is needed and has ended", () => {
  expect(
    trustWarnings(
      {
        keys: [
          key("soon", { notAfter: SOON }),
          key("later", { notAfter: LATER }),
          key("ended", { notAfter: PAST }),
          key("revoked", { revokedAt: PAST }),
          key("replaced", { replacedBy: "later" }),
        ],
        identities: [],
        certificates: [
          certificate("soon", SOON),
          certificate("later", LATER),
          certificate("ended", PAST),
        ],
        roots: [
          root("soon", SOON, "ci"),
          root("later", LATER, "ci"),
          root("ended", PAST, "ci"),
          root("nobody's", PAST),
        ],
      },
      since,
    ),
  ).toEqual([
    `key "soon" ends at ${SOON} (in 60 days)`,
    `certificate "soon" ends at ${SOON} (in 60 days)`,
    `certificate "ended" ended at ${PAST}`,
    `an authority of the trusted root "soon" ends at ${SOON} (in 60 days): get a newer one`,
    `an authority of the trusted root "ended" ended at ${PAST}: get a newer one`,
  ]);
});
