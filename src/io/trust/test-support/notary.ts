// Somebody who signs as the Notary Project has it, in JWS and in COSE: an authority, and signers with certificates of it.
import { KeyObject, sign, webcrypto, X509Certificate } from "node:crypto";
import { createRequire } from "node:module";
import { byteStringHead } from "../../../formats/cbor.ts";

const PAYLOAD_TYPE = "application/vnd.cncf.notary.payload.v1+json";
const SCHEME = "io.cncf.notary.signingScheme";

/** How an envelope is made wrong, or otherwise than usual. */
export interface EnvelopeWishes {
  readonly sha256: string;
  /** A critical header that nobody knows. */
  readonly critical?: string;
  /** RFC 3339. */
  readonly expiry?: string;
  /** Who signs; the usual signer when absent. */
  readonly signer?: NotarySigner;
  /** Somebody else's key makes the signature. */
  readonly signedBy?: NotarySigner;
}

export interface NotarySigner {
  readonly key: KeyObject;
  /** DER, leaf first. */
  readonly chain: readonly Buffer[];
}

export interface SignerWishes {
  readonly name?: string;
  /** OID of the purpose of the certificate. */
  readonly usage?: string;
  readonly from?: Date;
  readonly to?: Date;
}

export interface Notary {
  readonly authority: X509Certificate;
  signer(wishes?: SignerWishes): Promise<NotarySigner>;
  jws(wishes: EnvelopeWishes): Buffer;
  cose(wishes: EnvelopeWishes): Buffer;
}

/** The parts of the library that are used; it comes with the library that plays Sigstore. */
interface X509 {
  readonly BasicConstraintsExtension: new (
    ca: boolean,
    length?: number,
    critical?: boolean,
  ) => object;
  readonly ExtendedKeyUsageExtension: new (usages: readonly string[]) => object;
  readonly X509CertificateGenerator: {
    create(wishes: object, crypto: typeof webcrypto): Promise<{ rawData: ArrayBuffer }>;
  };
}

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

/** Sets one up. @param at What it takes for the time. */
export async function notary(at: Date): Promise<Notary> {
  const load = createRequire(createRequire(import.meta.url).resolve("@sigstore/mock"));
  load("reflect-metadata");
  const x509 = load("@peculiar/x509") as X509;
  const keys = (): Promise<webcrypto.CryptoKeyPair> =>
    webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const [root, usual] = [await keys(), await keys()];
  const span = (from = at, to = new Date(at.getTime() + 86_400_000)): object => ({
    notBefore: from,
    notAfter: to,
  });
  const issue = async (wishes: object): Promise<Buffer> => {
    const shared = { issuer: "CN=Acme", signingKey: root.privateKey, signingAlgorithm: ALGORITHM };
    const made = await x509.X509CertificateGenerator.create({ ...shared, ...wishes }, webcrypto);
    return Buffer.from(made.rawData);
  };
  const authority = await issue({
    ...{ subject: "CN=Acme", serialNumber: "01", publicKey: root.publicKey, ...span() },
    extensions: [new x509.BasicConstraintsExtension(true, 1, true)],
  });
  const signer = async (wishes: SignerWishes = {}): Promise<NotarySigner> => {
    const { name = "release", usage = CODE_SIGNING, from, to } = wishes;
    const leaf = await issue({
      ...{ subject: `CN=${name}, O=Acme`, serialNumber: "02", publicKey: usual.publicKey },
      ...span(from, to),
      extensions: [new x509.ExtendedKeyUsageExtension([usage])],
    });
    return { key: KeyObject.from(usual.privateKey), chain: [leaf, authority] };
  };
  const first = await signer();
  return {
    authority: new X509Certificate(authority),
    signer,
    jws: (wishes) => jws({ signer: first, ...wishes }),
    cose: (wishes) => cose({ signer: first, ...wishes }),
  };
}

type Wishes = EnvelopeWishes & { readonly signer: NotarySigner };

function payloadOf({ sha256 }: Wishes): string {
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const targetArtifact = { mediaType, digest: `sha256:${sha256}`, size: 2 };
  return JSON.stringify({ targetArtifact });
}

function signatureOf({ signer, signedBy = signer }: Wishes, bytes: Buffer): Buffer {
  return sign("sha256", bytes, { key: signedBy.key, dsaEncoding: "ieee-p1363" });
}

function jws(wishes: Wishes): Buffer {
  const { critical, expiry, signer } = wishes;
  const head = {
    alg: "ES256",
    crit: [SCHEME, ...(critical === undefined ? [] : [critical])],
    cty: PAYLOAD_TYPE,
    [SCHEME]: "notary.x509",
    ...(expiry === undefined ? {} : { "io.cncf.notary.expiry": expiry }),
  };
  const [payload, written] = [payloadOf(wishes), JSON.stringify(head)].map((text) =>
    Buffer.from(text).toString("base64url"),
  );
  const envelope = {
    payload,
    protected: written,
    header: { x5c: signer.chain.map((bytes) => bytes.toString("base64")) },
    signature: signatureOf(wishes, Buffer.from(`${written}.${payload}`)).toString("base64url"),
  };
  return Buffer.from(JSON.stringify(envelope));
}

function cose(wishes: Wishes): Buffer {
  const { critical, expiry, signer } = wishes;
  const pairs = [
    [Buffer.of(1), Buffer.of(0x26)],
    [Buffer.of(2), list([SCHEME, ...(critical === undefined ? [] : [critical])].map(text))],
    [Buffer.of(3), text(PAYLOAD_TYPE)],
    [text(SCHEME), text("notary.x509")],
    ...(expiry === undefined ? [] : [[text("io.cncf.notary.expiry"), seconds(expiry)]]),
  ];
  const head = map(pairs);
  const payload = Buffer.from(payloadOf(wishes));
  const signed = list([text("Signature1"), bytes(head), bytes(Buffer.alloc(0)), bytes(payload)]);
  const free = map([[Buffer.of(0x18, 33), list(signer.chain.map(bytes))]]);
  const signature = bytes(signatureOf(wishes, signed));
  return Buffer.concat([Buffer.of(0xd2), list([bytes(head), free, bytes(payload), signature])]);
}

function bytes(content: Buffer): Buffer {
  return Buffer.concat([byteStringHead(content.length), content]);
}

function text(content: string): Buffer {
  const written = bytes(Buffer.from(content));
  written[0] = (written[0] ?? 0) | 0x20;
  return written;
}

function list(entries: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.of(0x80 | entries.length), ...entries]);
}

function map(pairs: readonly (readonly Buffer[])[]): Buffer {
  return Buffer.concat([Buffer.of(0xa0 | pairs.length), ...pairs.flat()]);
}

function seconds(time: string): Buffer {
  const written = Buffer.of(0xc1, 0x1a, 0, 0, 0, 0);
  written.writeUInt32BE(Math.floor(Date.parse(time) / 1000), 2);
  return written;
}
