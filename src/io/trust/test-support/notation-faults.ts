// Faults of the Notary Project's envelopes.
import { NOTATION_COSE, NOTATION_JWS } from "../../../formats/notation-envelope.ts";
import { type Asking, type FaultLab, hoursAfter } from "./fault-lab.ts";
import type { FaultRow } from "./fault-row.ts";

/** Notation's, by its own steps. */
function notationRow(
  name: string,
  answer: string,
  make: (lab: FaultLab) => Buffer | Promise<Buffer>,
  asking?: Asking,
): readonly FaultRow[] {
  return [
    [
      name,
      answer,
      async (lab) => {
        lab.attach(await make(lab), NOTATION_JWS);
        return asking;
      },
    ],
  ];
}

export const NOTATION_FAULTS: readonly FaultRow[] = [
  ...notationRow("Notation: a critical header that nobody knows", "refused at critical", (lab) =>
    lab.jws({ critical: "io.cncf.notary.verificationPlugin" }),
  ),
  ...notationRow("Notation: another key's signature", "refused at signature", async (lab) =>
    lab.jws({ signedBy: { key: lab.signers.otherKey.privateKey, chain: [] } as never }),
  ),
  ...notationRow("Notation: an authority of the same name", "refused at certificate", (lab) =>
    lab.signers.stranger.jws({ sha256: lab.image.digest.slice("sha256:".length) }),
  ),
  ...notationRow("Notation: a server's certificate", "refused at usage", async (lab) =>
    lab.jws({ signer: await lab.signers.notary.signer({ usage: "1.3.6.1.5.5.7.3.1" }) }),
  ),
  ...notationRow("Notation: a certificate that has ended", "refused at time", (lab) => lab.jws(), {
    now: hoursAfter(48),
  }),
  ...notationRow(
    "Notation: a certificate that does not count yet",
    "refused at time",
    (lab) => lab.jws(),
    { now: hoursAfter(-1) },
  ),
  ...notationRow("Notation: a signature that has ended", "refused at expiry", (lab) =>
    lab.jws({ expiry: hoursAfter(-1) }),
  ),
  ...notationRow(
    "Notation: a certificate for another name",
    "refused at identity",
    (lab) => lab.jws(),
    { subjects: ["O=Acme, CN=other"] },
  ),
  ...notationRow("Notation: another image", "refused at subject", (lab) =>
    lab.jws({ sha256: "b".repeat(64) }),
  ),
  ...notationRow(
    "Notation: a signature where an attestation is wanted",
    "refused at predicate",
    (lab) => lab.jws(),
    { predicateTypes: ["https://slsa.dev/provenance/v1"] },
  ),
  ...notationRow("Notation: truncated JSON", "refused at form", (lab) => lab.jws().subarray(0, -9)),
  [
    "Notation: truncated COSE",
    "refused at form",
    async (lab) => {
      lab.attach(lab.cose().subarray(0, -9), NOTATION_COSE);
      return undefined;
    },
  ],
  [
    "Notation: a critical header that nobody knows, in COSE",
    "refused at critical",
    async (lab) => {
      lab.attach(lab.cose({ critical: "io.cncf.notary.verificationPlugin" }), NOTATION_COSE);
      return undefined;
    },
  ],
  [
    "Notation: another image, in COSE",
    "refused at subject",
    async (lab) => {
      lab.attach(lab.cose({ sha256: "b".repeat(64) }), NOTATION_COSE);
      return undefined;
    },
  ],
];
