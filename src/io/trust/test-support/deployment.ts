// A deployment of Sigstore in this process: certificate authority, certificate log, transparency log, timestamp authority.
import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  type KeyPairKeyObjectResult,
  sign,
} from "node:crypto";
import { createRequire } from "node:module";
import { IN_TOTO_PAYLOAD, preAuthEncoding } from "../../../formats/dsse.ts";
import { writeStatement } from "../../../formats/in-toto.ts";
import { bundleEntryOf } from "../../../formats/rekor.ts";
import { writeBundle } from "../../../formats/sigstore-bundle.ts";
import { SIGN_PREDICATE } from "../../../model/trust.ts";

/** The parts of the library that are used; its own declarations lean on a browser's and on a package that it does not bring. */
interface Mock {
  initializeCTLog(keys: KeyPairKeyObjectResult, clock: Date): Promise<Log>;
  initializeCA(keys: KeyPairKeyObjectResult, log: Log, clock: Date): Promise<Authority>;
  initializeTLog(url: string, keys: KeyPairKeyObjectResult, clock: Date): Promise<TransparencyLog>;
  initializeTSA(keys: KeyPairKeyObjectResult, clock: Date): Promise<TimestampAuthority>;
}

interface Log {
  readonly publicKey: Buffer;
}

interface Authority {
  readonly rootCertificate: ArrayBufferView;
  issueCertificate(request: object): Promise<ArrayBufferView>;
}

interface TransparencyLog extends Log {
  log(entry: object): Promise<object>;
  logV2(entry: object): Promise<object>;
}

interface TimestampAuthority {
  readonly rootCertificate: ArrayBufferView;
  readonly intCertificate: ArrayBufferView;
  timestamp(request: object): Promise<ArrayBufferView>;
}

const require = createRequire(import.meta.url);
const { initializeCA, initializeCTLog, initializeTLog, initializeTSA } =
  require("@sigstore/mock") as Mock;

const pair = (namedCurve: string): KeyPairKeyObjectResult =>
  generateKeyPairSync("ec", { namedCurve });

export const ISSUER = "https://issuer.example";
export const IDENTITY = "https://git.example/acme/app/release.yml@refs/heads/main";

/** How a bundle is made wrong, or otherwise than usual. */
export interface BundleWishes {
  /** Hex of the subject. */
  readonly sha256?: string;
  readonly predicateType?: string;
  readonly identity?: string;
  readonly issuer?: string;
  /** The purpose of the certificate, as an OID. */
  readonly usage?: string;
  /** Signs in the certificate's stead. */
  readonly signingKey?: KeyObject;
  /** Signed with a key and not with a certificate. */
  readonly key?: KeyPairKeyObjectResult;
  readonly withLog?: boolean;
  readonly withTimestamp?: boolean;
  /** Changes the log's entry after it was made. */
  readonly changeEntry?: (entry: Record<string, unknown>) => unknown;
}

export type Deployment = Awaited<ReturnType<typeof deployment>>;

/** Starts one. @param clock What its services take for the time. */
export async function deployment(clock: Date): Promise<{
  root(change?: (root: RootJson) => unknown): Buffer;
  bundle(wishes?: BundleWishes): Promise<Buffer>;
  /** A timestamp over a sha256. */
  stampHash(hash: Buffer): Promise<Buffer>;
  /** A timestamp over a signature. */
  stamp(signature: Buffer): Promise<Buffer>;
  services: { ca: Authority; tlog: TransparencyLog; tsa: TimestampAuthority };
}> {
  const ctlog = await initializeCTLog(pair("P-256"), clock);
  const ca = await initializeCA(pair("P-384"), ctlog, clock);
  const tlog = await initializeTLog("https://log.example", pair("P-256"), clock);
  const tsa = await initializeTSA(pair("P-384"), clock);
  return {
    services: { ca, tlog, tsa },
    stampHash: (hash) => stampedHash(tsa, hash),
    stamp: (signature) => stamped(tsa, signature),
    root: (change = (root: RootJson) => root) => {
      const validFor = { start: "2020-01-01T00:00:00Z" };
      const log = (key: Buffer, baseUrl: string): object => ({
        baseUrl,
        hashAlgorithm: "SHA2_256",
        publicKey: { rawBytes: b64(key), keyDetails: "PKIX_ECDSA_P256_SHA_256", validFor },
        logId: { keyId: createHash("sha256").update(key).digest("base64") },
      });
      const authority = (...chain: ArrayBufferView[]): object => ({
        uri: "https://authority.example",
        certChain: { certificates: chain.map((bytes) => ({ rawBytes: b64(bytes) })) },
        validFor,
      });
      return Buffer.from(
        JSON.stringify(
          change({
            mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            tlogs: [log(tlog.publicKey, "https://log.example")] as RootJson["tlogs"],
            ctlogs: [log(ctlog.publicKey, "https://ct.example")],
            certificateAuthorities: [authority(ca.rootCertificate)],
            timestampAuthorities: [authority(tsa.intCertificate, tsa.rootCertificate)],
          }),
        ),
      );
    },
    bundle: async (wishes = {}) => {
      const keys = wishes.key ?? pair("P-256");
      const certificate =
        wishes.key === undefined ? await certify(ca, keys.publicKey, wishes) : null;
      const payload = writeStatement({
        sha256: wishes.sha256 ?? "a".repeat(64),
        name: null,
        predicateType: wishes.predicateType ?? SIGN_PREDICATE,
        predicate: {},
      });
      const bytes = sign(
        "sha256",
        preAuthEncoding(IN_TOTO_PAYLOAD, payload),
        wishes.signingKey ?? keys.privateKey,
      );
      const entries = wishes.withLog === false ? [] : [await logged(tlog, bytes, payload)];
      const timestamps = wishes.withTimestamp === true ? [await stamped(tsa, bytes)] : [];
      const spki = keys.publicKey.export({ type: "spki", format: "der" });
      return writeBundle({
        signer:
          certificate === null
            ? { kind: "key", hint: createHash("sha256").update(spki).digest("base64") }
            : { kind: "certificate", certificate },
        envelope: {
          payloadType: IN_TOTO_PAYLOAD,
          payload,
          signatures: [{ keyId: null, bytes }],
        },
        entries: entries.map(wishes.changeEntry ?? ((entry) => entry)),
        timestamps,
      });
    },
  };
}

interface RootJson {
  tlogs: { publicKey: { validFor: unknown } }[];
  [name: string]: unknown;
}

async function certify(
  ca: Authority,
  key: KeyObject,
  { identity = IDENTITY, issuer = ISSUER, usage }: BundleWishes,
): Promise<Buffer> {
  const request = {
    publicKey: key.export({ type: "spki", format: "der" }),
    subjectAltName: identity,
    extensions: [{ oid: "1.3.6.1.4.1.57264.1.8", value: issuer }],
  };
  // The authority knows one purpose only; for another its constant is exchanged while it works.
  const x509 = createRequire(require.resolve("@sigstore/mock"))("@peculiar/x509") as {
    ExtendedKeyUsage: { codeSigning: string };
  };
  const usual = x509.ExtendedKeyUsage.codeSigning;
  x509.ExtendedKeyUsage.codeSigning = usage ?? usual;
  try {
    return view(await ca.issueCertificate(request));
  } finally {
    x509.ExtendedKeyUsage.codeSigning = usual;
  }
}

/** An entry as the log keeps it for an envelope. @see rekor's types/dsse, version 0.0.1 */
async function logged(
  tlog: TransparencyLog,
  signature: Buffer,
  payload: Buffer,
): Promise<Record<string, unknown>> {
  const answer = await tlog.log({
    kind: "dsse",
    apiVersion: "0.0.1",
    spec: {
      payloadHash: {
        algorithm: "sha256",
        value: createHash("sha256").update(payload).digest("hex"),
      },
      signatures: [{ signature: signature.toString("base64") }],
    },
  });
  return bundleEntryOf(Buffer.from(JSON.stringify(answer))) as Record<string, unknown>;
}

function stamped(tsa: TimestampAuthority, signature: Buffer): Promise<Buffer> {
  return stampedHash(tsa, createHash("sha256").update(signature).digest());
}

async function stampedHash(tsa: TimestampAuthority, artifactHash: Buffer): Promise<Buffer> {
  return view(
    await tsa.timestamp({
      artifactHash,
      hashAlgorithmOID: "2.16.840.1.101.3.4.2.1",
      policyOID: "1.3.6.1.4.1.57264.2",
      nonce: 1,
    }),
  );
}

function view(bytes: ArrayBufferView): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function b64(bytes: ArrayBufferView): string {
  return view(bytes).toString("base64");
}
