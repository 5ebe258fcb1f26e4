// Everything that is attached to an image and claims something about it, verified.
import { ENVELOPE_MEDIA_TYPE, SIMPLESIGNING_MEDIA_TYPE } from "../../formats/cosign-layer.ts";
import { NOTATION_COSE, NOTATION_JWS, parseNotationJws } from "../../formats/notation-jws.ts";
import type { Descriptor } from "../../formats/oci.ts";
import { BUNDLE_BYTES_MAX, isBundleType } from "../../formats/sigstore-bundle.ts";
import { AppError } from "../../kit/error.ts";
import type { Statement } from "../../model/attached.ts";
import type { Claim, ClaimFormat } from "../../model/trust.ts";
import { signatoryText } from "../../model/verification.ts";
import type { Referrer } from "../attachments/referrers-of.ts";
import { inParallel } from "../in-parallel.ts";
import type { LoadedTrust, Wanted } from "./examination.ts";
import { verifyNotation } from "./notation.ts";
import { claimOf } from "./read-claims.ts";
import { signedBundle } from "./signed.ts";
import { type FoundLayer, signedEnvelope, signedPayload } from "./signed-layer.ts";
import { loadVerifiesDigest, verifySigned } from "./verify-signed.ts";

/** What was found, and what could not be read. */
export interface AttachedClaims {
  readonly claims: readonly Claim[];
  /** What the verified ones state. */
  readonly statements: readonly Statement[];
  /** Kind and place: `Notation envelope in COSE of 0123456789ab`. */
  readonly unread: readonly string[];
}

/** No more signatures of one image are verified; cosign stops at a hundred. */
const CLAIMS_MAX = 2_000;
const AT_ONCE = 8;
const NOTATION_BYTES_MAX = 4 << 20;

/**
 * Verifies what is attached. What is no signature is passed over.
 *
 * @throws The signal's reason; nothing for anything that is attached, however malformed.
 */
export async function attachedClaims(
  referrers: readonly Referrer[],
  wanted: Wanted,
  circumstances: { readonly trust: LoadedTrust; readonly now: string },
): Promise<AttachedClaims> {
  const all = referrers.flatMap(readable);
  const verifiesDigest = wanted.bytes === null ? await loadVerifiesDigest() : null;
  const context = { ...circumstances, verifiesDigest };
  const answers = await inParallel(all.slice(0, CLAIMS_MAX), AT_ONCE, async (one) => {
    const payload = await contentOf(one);
    if (typeof payload === "string") return payload;
    const { annotations } = one.layer;
    return one.reading.claim(
      { payload, annotations, source: one.referrer.digest },
      wanted,
      context,
    );
  });
  const unread = [
    ...answers.filter((answer) => typeof answer === "string"),
    ...referrers.filter(isCose).map(({ digest }) => `the Notation envelope in COSE of ${digest}`),
    ...(all.length > CLAIMS_MAX ? [`more than ${CLAIMS_MAX} signatures`] : []),
  ];
  const read = answers.filter((answer) => typeof answer !== "string");
  return {
    claims: read.map(({ claim }) => claim),
    statements: read.flatMap(({ claim, predicate }) => statementOf(claim, predicate)),
    unread,
  };
}

/** Nothing of what is refused. */
function statementOf(
  { outcome, signatory, predicateType, signedAt }: Claim,
  predicate: unknown,
): Statement[] {
  if (outcome !== "verified" || signatory === null || predicateType === null) return [];
  const by = signatory.id ?? signatoryText(signatory);
  return [{ predicateType, by, signatory, signedAt, predicate }];
}

/** A layer that claims something. */
interface Readable {
  readonly referrer: Referrer;
  readonly layer: Descriptor;
  readonly reading: Reading;
}

function readable(referrer: Referrer): Readable[] {
  return referrer.layers.flatMap((layer) => {
    const reading = READINGS.find(({ reads }) => reads(layer.mediaType));
    return reading === undefined ? [] : [{ referrer, layer, reading }];
  });
}

function isCose({ layers }: Referrer): boolean {
  return layers.some(({ mediaType }) => mediaType === NOTATION_COSE);
}

type Context = Parameters<typeof verifySigned>[2];

/** A kind of layer that claims something. */
interface Reading {
  readonly bytesMax: number;
  reads(mediaType: string): boolean;
  claim(found: FoundLayer, wanted: Wanted, context: Context): Stated;
}

/** A claim with what it states; null where it states nothing beside itself. */
interface Stated {
  readonly claim: Claim;
  readonly predicate: unknown;
}

const READINGS: readonly Reading[] = [
  {
    bytesMax: BUNDLE_BYTES_MAX,
    reads: isBundleType,
    claim: sigstore("bundle", ({ payload, source }) => signedBundle(payload, source)),
  },
  {
    bytesMax: 1 << 20,
    reads: (mediaType) => mediaType === SIMPLESIGNING_MEDIA_TYPE,
    claim: sigstore("cosign-tag", signedPayload),
  },
  {
    bytesMax: BUNDLE_BYTES_MAX,
    reads: (mediaType) => mediaType === ENVELOPE_MEDIA_TYPE,
    claim: sigstore("cosign-tag", signedEnvelope),
  },
  {
    bytesMax: NOTATION_BYTES_MAX,
    reads: (mediaType) => mediaType === NOTATION_JWS,
    claim: ({ payload, source }, wanted, { trust, now }) => ({
      claim: claimOf(
        "notation",
        source,
        () => parseNotationJws(payload),
        (envelope) => verifyNotation(envelope, source, { wanted, trust, now }),
      ),
      predicate: null,
    }),
  },
];

function sigstore(
  format: ClaimFormat,
  read: (found: FoundLayer) => ReturnType<typeof signedBundle>,
): Reading["claim"] {
  return (found, wanted, context) => {
    let predicate: unknown = null;
    const claim = claimOf(
      format,
      found.source,
      () => read(found),
      (signed) => {
        if (signed.content.kind === "statement") predicate = signed.content.statement.predicate;
        return verifySigned(signed, wanted, context);
      },
    );
    return { claim, predicate };
  };
}

/** The bytes, or what is to be said of them. */
async function contentOf({ referrer, layer, reading }: Readable): Promise<Buffer | string> {
  try {
    return await referrer.blob(layer, reading.bytesMax);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "interrupted") throw error;
    return `${referrer.digest}: ${error.message}`;
  }
}
