// Sigstore's bundle, versions 0.1 to 0.3: what was signed, by what, and the proofs of when.
// @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_bundle.proto
import { Buffer } from "node:buffer";
import { AppError } from "../kit/error.ts";
import { type DsseEnvelope, dsseValue, readDsse } from "./dsse.ts";
import {
  base64Bytes,
  complain,
  has,
  items,
  type JsonPlace,
  member,
  optionalText,
  parseJson,
  text,
} from "./json-shape.ts";

/** What we write, and what every reader of today knows. */
export const BUNDLE_MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/** Both ways in which a media type says a version. */
const MEDIA_TYPE =
  /^application\/vnd\.dev\.sigstore\.bundle(?:\+json;version=(0\.[123])|\.v(0\.3)\+json)$/;

/** Whether a media type is that of some version of a bundle, known or not. */
export function isBundleType(mediaType: string): boolean {
  return mediaType.startsWith("application/vnd.dev.sigstore.bundle");
}

/** By what it claims to be signed. */
export type BundleSigner =
  /** The leaf certificate, DER; a chain that came along is untrusted and left out. */
  | { readonly kind: "certificate"; readonly certificate: Buffer }
  | { readonly kind: "key"; readonly hint: string };

export type BundleContent =
  | { readonly kind: "envelope"; readonly envelope: DsseEnvelope }
  | {
      readonly kind: "message";
      readonly algorithm: string;
      readonly digest: Buffer;
      readonly signature: Buffer;
    };

export interface SigstoreBundle {
  readonly mediaType: string;
  /** `0.3` */
  readonly version: string;
  readonly signer: BundleSigner;
  readonly content: BundleContent;
  /** How many entries of transparency logs and signed timestamps it carries; what is in them is not read here. */
  readonly entryCount: number;
  readonly timestampCount: number;
  /** The whole document, for those who verify the proofs in it. */
  readonly json: unknown;
}

/** Larger ones are refused before they are parsed. */
export const BUNDLE_BYTES_MAX: number = 160 << 20;
const ENTRIES_MAX = 32;
const CHAIN_MAX = 32;
const CERTIFICATE_LENGTH_MAX = 65_536;

/**
 * Reads a bundle. Nothing in it is verified.
 *
 * @throws {AppError} `signature-invalid` naming the place, `limit-exceeded`.
 */
export function parseBundle(bytes: Uint8Array): SigstoreBundle {
  if (bytes.length > BUNDLE_BYTES_MAX) {
    throw new AppError(
      "limit-exceeded",
      `cannot read sigstore bundle: it is larger than ${BUNDLE_BYTES_MAX} bytes`,
    );
  }
  const top = parseJson(bytes, { what: "sigstore bundle", code: "signature-invalid" });
  const mediaType = text(member(top, "mediaType"), 256);
  const version = MEDIA_TYPE.exec(mediaType)?.slice(1).join("") ?? "";
  if (version === "") complain(member(top, "mediaType"), "is of a version that is not known");
  const material = member(top, "verificationMaterial");
  const timestamps = member(material, "timestampVerificationData");
  return {
    mediaType,
    version,
    signer: signer(material, version),
    content: content(top),
    entryCount: items(member(material, "tlogEntries"), ENTRIES_MAX).length,
    timestampCount:
      timestamps.value === undefined
        ? 0
        : items(member(timestamps, "rfc3161Timestamps"), ENTRIES_MAX).length,
    json: top.value,
  };
}

function signer(material: JsonPlace, version: string): BundleSigner {
  const [key, single, chain] = ["publicKey", "certificate", "x509CertificateChain"].map((name) =>
    member(material, name),
  ) as [JsonPlace, JsonPlace, JsonPlace];
  if ([key, single, chain].filter((place) => place.value !== undefined).length !== 1)
    complain(material, "does not name exactly one signer");
  if (key.value !== undefined)
    return { kind: "key", hint: optionalText(member(key, "hint"), 1024) ?? "" };
  if (single.value !== undefined) return { kind: "certificate", certificate: der(single) };
  if (version === "0.3") complain(chain, "has no place in version 0.3");
  const [leaf] = items(member(chain, "certificates"), CHAIN_MAX);
  if (leaf === undefined) complain(chain, "has no certificate");
  return { kind: "certificate", certificate: der(leaf) };
}

function der(place: JsonPlace): Buffer {
  const bytes = base64Bytes(member(place, "rawBytes"), CERTIFICATE_LENGTH_MAX);
  if (bytes.length === 0) complain(place, "is empty");
  return bytes;
}

function content(top: JsonPlace): BundleContent {
  const envelope = member(top, "dsseEnvelope");
  const message = member(top, "messageSignature");
  if (has(top, "dsseEnvelope") === has(top, "messageSignature"))
    complain(top, "does not hold exactly one signed content");
  if (envelope.value !== undefined) {
    const read = readDsse(envelope);
    // Several would let one signer's proofs vouch for another's signature.
    if (read.signatures.length !== 1) complain(envelope, "has not exactly one signature");
    return { kind: "envelope", envelope: read };
  }
  const digest = member(message, "messageDigest");
  return {
    kind: "message",
    algorithm: text(member(digest, "algorithm"), 64),
    digest: base64Bytes(member(digest, "digest"), 256),
    signature: base64Bytes(member(message, "signature"), 8192),
  };
}

/** What a new bundle is made of. */
export interface BundleParts {
  readonly signer: BundleSigner;
  readonly envelope: DsseEnvelope;
  /** Entries and timestamps in their JSON form, as services gave them. */
  readonly entries?: readonly unknown[];
  readonly timestamps?: readonly Buffer[];
}

/** Writes a bundle of version 0.3 with an envelope in it. */
export function writeBundle({ signer, envelope, entries, timestamps }: BundleParts): Buffer {
  const material =
    signer.kind === "key"
      ? { publicKey: { hint: signer.hint } }
      : { certificate: { rawBytes: signer.certificate.toString("base64") } };
  const bundle = {
    mediaType: BUNDLE_MEDIA_TYPE,
    verificationMaterial: {
      ...material,
      tlogEntries: entries ?? [],
      timestampVerificationData: {
        rfc3161Timestamps: (timestamps ?? []).map((stamp) => ({
          signedTimestamp: stamp.toString("base64"),
        })),
      },
    },
    dsseEnvelope: dsseValue(envelope),
  };
  return Buffer.from(JSON.stringify(bundle), "utf8");
}
