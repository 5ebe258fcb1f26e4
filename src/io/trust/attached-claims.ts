// Everything that is attached to an image and claims something about it, verified.
import { ENVELOPE_MEDIA_TYPE, SIMPLESIGNING_MEDIA_TYPE } from "../../formats/cosign-layer.ts";
import { parseNotationCose } from "../../formats/notation-cose.ts";
import {
  NOTATION_COSE,
  NOTATION_JWS,
  type NotationEnvelope,
} from "../../formats/notation-envelope.ts";
import { parseNotationJws } from "../../formats/notation-jws.ts";
import type { Descriptor } from "../../formats/oci.ts";
import { BUNDLE_BYTES_MAX, isBundleType } from "../../formats/sigstore-bundle.ts";
import { AppError } from "../../kit/error.ts";
import { count } from "../../kit/phrase.ts";
import type { Statement } from "../../model/attached.ts";
import type { Claim, ClaimFormat } from "../../model/trust.ts";
import { signatoryText } from "../../model/verification.ts";
import type { Referrer } from "../attachments/referrers-of.ts";
import { inParallel } from "../in-parallel.ts";
import type { LoadedTrust, Wanted } from "./examination.ts";
import { NOTATION_STEPS, type NotationStep, verifyNotation } from "./notation.ts";
import { claimOf, refusedClaim } from "./read-claims.ts";
import { signedBundle } from "./signed.ts";
import { type FoundLayer, signedEnvelope, signedPayload } from "./signed-layer.ts";
import { SIGSTORE_STEPS, type Step } from "./steps.ts";
import { loadVerifiesDigest, verifySigned } from "./verify-signed.ts";

/** What was found, and what could not be read. */
export interface AttachedClaims {
  readonly claims: readonly Claim[];
  /** What the verified ones state. */
  readonly statements: readonly Statement[];
  /** What it is, and why. */
  readonly unread: readonly string[];
}

export interface VerifyingCircumstances {
  readonly trust: LoadedTrust;
  /** RFC 3339. */
  readonly now: string;
  /** How many bytes are read in all; what is large takes several times its size in memory. */
  readonly bytesMax?: number;
}

/** The steps of all kinds of signatures. */
export interface AllSteps {
  readonly sigstore: readonly Step[];
  readonly notation: readonly NotationStep[];
}

/** No more signatures of one image are verified; cosign stops at a hundred. */
const CLAIMS_MAX = 2_000;
/** Nor are more bytes of them read, unless that is said; the smallest come first, and signatures are small. */
const BYTES_MAX = 512 << 20;
const AT_ONCE = 8;
/** Larger ones are read one after the other. */
const SMALL_BYTES_MAX = 4 << 20;
const NOTATION_BYTES_MAX = 4 << 20;

/**
 * Verifies what is attached. What is no signature is passed over.
 *
 * @param steps All of them, except in the test that shows that each is needed.
 * @throws The signal's reason; nothing for anything that is attached, however malformed.
 */
export async function attachedClaims(
  referrers: readonly Referrer[],
  wanted: Wanted,
  { bytesMax = BYTES_MAX, ...circumstances }: VerifyingCircumstances,
  steps: AllSteps = { sigstore: SIGSTORE_STEPS, notation: NOTATION_STEPS },
): Promise<AttachedClaims> {
  const all = referrers.flatMap(readable);
  const verifiesDigest = wanted.bytes === null ? await loadVerifiesDigest() : null;
  const context = { ...circumstances, verifiesDigest, steps };
  const answers = new Map<Readable, Stated | string>();
  const examine = async (content: Content): Promise<void> => {
    const payload = await payloadOf(content);
    for (const one of content.readables) answers.set(one, answerTo(one, payload, wanted, context));
  };
  const { small, large, unread } = contentsOf(all.slice(0, CLAIMS_MAX), bytesMax);
  await inParallel(small, AT_ONCE, examine);
  await inParallel(large, 1, examine);
  const inOrder = all.flatMap((one) => answers.get(one) ?? []);
  const read = inOrder.filter((answer) => typeof answer !== "string");
  return {
    claims: read.map(({ claim }) => claim),
    statements: read.flatMap(({ claim, predicate }) => statementOf(claim, predicate)),
    unread: [
      ...inOrder.filter((answer) => typeof answer === "string"),
      ...unread,
      ...(all.length > CLAIMS_MAX ? [`more than ${CLAIMS_MAX} signatures`] : []),
    ],
  };
}

/** One blob, and all layers that it is the content of: signatures of cosign's older form differ by their annotations alone. */
interface Content {
  readonly sizeBytes: number;
  readonly readables: [Readable, ...Readable[]];
}

function contentsOf(
  all: readonly Readable[],
  bytesMax: number,
): {
  readonly small: readonly Content[];
  readonly large: readonly Content[];
  readonly unread: readonly string[];
} {
  const contents = new Map<string, Content>();
  for (const one of all) {
    const { digest, sizeBytes: stated } = one.layer;
    const ofKindMax = one.reading.bytesMax;
    const key = `${digest} ${stated} ${ofKindMax}`;
    // What is larger than its kind is refused without being read.
    const sizeBytes = stated > ofKindMax ? 0 : stated;
    const known = contents.get(key);
    if (known === undefined) contents.set(key, { sizeBytes, readables: [one] });
    else known.readables.push(one);
  }
  let bytes = 0;
  const bySize = [...contents.values()].sort((a, b) => a.sizeBytes - b.sizeBytes);
  const within = bySize.filter(({ sizeBytes }) => {
    bytes += sizeBytes;
    return bytes <= bytesMax;
  });
  const left = bySize.length - within.length;
  return {
    small: within.filter(({ sizeBytes }) => sizeBytes <= SMALL_BYTES_MAX),
    large: within.filter(({ sizeBytes }) => sizeBytes > SMALL_BYTES_MAX),
    unread:
      left > 0
        ? [
            `${count(left, "signature or attestation", "signatures or attestations")} past ${bytesMax} bytes`,
          ]
        : [],
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

type Context = Parameters<typeof verifySigned>[2] & { readonly steps: AllSteps };

/** A kind of layer that claims something. */
interface Reading {
  readonly format: ClaimFormat;
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
    format: "bundle",
    bytesMax: BUNDLE_BYTES_MAX,
    reads: isBundleType,
    claim: sigstore("bundle", ({ payload, source }) => signedBundle(payload, source)),
  },
  {
    format: "cosign-tag",
    bytesMax: 1 << 20,
    reads: (mediaType) => mediaType === SIMPLESIGNING_MEDIA_TYPE,
    claim: sigstore("cosign-tag", signedPayload),
  },
  {
    format: "cosign-tag",
    bytesMax: BUNDLE_BYTES_MAX,
    reads: (mediaType) => mediaType === ENVELOPE_MEDIA_TYPE,
    claim: sigstore("cosign-tag", signedEnvelope),
  },
  {
    format: "notation",
    bytesMax: NOTATION_BYTES_MAX,
    reads: (mediaType) => mediaType === NOTATION_JWS,
    claim: notation(parseNotationJws),
  },
  {
    format: "notation",
    bytesMax: NOTATION_BYTES_MAX,
    reads: (mediaType) => mediaType === NOTATION_COSE,
    claim: notation(parseNotationCose),
  },
];

function notation(parse: (bytes: Uint8Array) => NotationEnvelope): Reading["claim"] {
  return ({ payload, source }, wanted, { trust, now, steps }) => ({
    claim: claimOf(
      "notation",
      source,
      () => parse(payload),
      (envelope) => verifyNotation(envelope, source, { wanted, trust, now }, steps.notation),
    ),
    predicate: null,
  });
}

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
        return verifySigned(signed, wanted, context, context.steps.sigstore);
      },
    );
    return { claim, predicate };
  };
}

/** What is wrong with the content itself: nobody who reads it again will find more. */
const MALFORMED: ReadonlySet<string> = new Set([
  "archive-invalid",
  "digest-mismatch",
  "limit-exceeded",
]);

/** The bytes, or why they could not be had. */
async function payloadOf({ readables: [first] }: Content): Promise<Buffer | AppError> {
  try {
    return await first.referrer.blob(first.layer, first.reading.bytesMax);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "interrupted") throw error;
    return error;
  }
}

/** A claim, refused when its content is not what its manifest says, or what is to be said of what could not be read. */
function answerTo(
  { reading, layer: { annotations }, referrer: { digest: source } }: Readable,
  payload: Buffer | AppError,
  wanted: Wanted,
  context: Context,
): Stated | string {
  if (!(payload instanceof AppError))
    return reading.claim({ payload, annotations, source }, wanted, context);
  return MALFORMED.has(payload.code)
    ? { claim: refusedClaim(reading.format, source, payload), predicate: null }
    : `${source}: ${payload.message}`;
}
