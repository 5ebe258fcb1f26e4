// Where faults of verification are made and asked: a registry with one image, whose signatures are made wrong in one way each.
import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Repository } from "../../../../test/lab/oci-registry/content.ts";
import { type OciRegistry, startOciRegistry } from "../../../../test/lab/oci-registry/start.ts";
import { SIMPLESIGNING_MEDIA_TYPE } from "../../../formats/cosign-layer.ts";
import { OCI_CONFIG } from "../../../formats/oci-media-type.ts";
import { BUNDLE_MEDIA_TYPE } from "../../../formats/sigstore-bundle.ts";
import { writeSimpleSigning } from "../../../formats/simplesigning.ts";
import { parseTrustedRoot } from "../../../formats/trusted-root.ts";
import { AppError } from "../../../kit/error.ts";
import { hexOf } from "../../../model/digest.ts";
import { blocksVerdict } from "../../../model/problem.ts";
import { parseReference } from "../../../model/reference.ts";
import { type KeyLife, SIGN_PREDICATE, UNLIMITED } from "../../../model/trust.ts";
import { answerOf } from "../../../model/verification.ts";
import { type Referrers, referrersOf } from "../../attachments/referrers-of.ts";
import { registryPlace } from "../../attachments/registry-place.ts";
import { attach, type Put, putManifest } from "../../attachments/test-support/attached.ts";
import { type AllSteps, attachedClaims } from "../attached-claims.ts";
import type { LoadedTrust, Wanted } from "../examination.ts";
import { publicKeyOf } from "../public-key.ts";
import { loadRoot } from "../roots.ts";
import { type BundleWishes, type Deployment, deployment, IDENTITY, ISSUER } from "./deployment.ts";
import { type EnvelopeWishes, type Notary, notary } from "./notary.ts";

/** What everybody in the lab takes for the time when they sign; the authorities' own certificates begin when they are made. */
export const NOW: Date = new Date(Math.ceil(Date.now() / 1000) * 1000);

export function hoursAfter(hours: number): string {
  return new Date(NOW.getTime() + hours * 3_600_000).toISOString();
}

/** Made once for all rows, because keys and certificates take time. */
export interface Signers {
  readonly ours: Deployment;
  /** A deployment whose authorities have the same names and other keys. */
  readonly theirs: Deployment;
  /** Ours, an hour later: only its timestamps are of use. */
  readonly late: Deployment;
  readonly notary: Notary;
  readonly stranger: Notary;
  readonly releaseKey: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly otherKey: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

export async function makeSigners(): Promise<Signers> {
  const at = (hours: number): Date => new Date(hoursAfter(hours));
  const [ours, theirs, late, ...notaries] = await Promise.all([
    deployment(at(0)),
    deployment(at(0)),
    deployment(at(1)),
    notary(at(0)),
    notary(at(0)),
  ]);
  const pair = (): Signers["releaseKey"] => generateKeyPairSync("ec", { namedCurve: "P-256" });
  const [first, stranger] = notaries;
  const keys = { releaseKey: pair(), otherKey: pair() };
  return { ours, theirs, late, notary: first, stranger, ...keys };
}

/** How the asking differs from the usual. */
export interface Asking {
  readonly life?: Partial<KeyLife> & { readonly needsLog?: boolean };
  readonly root?: Buffer;
  /** RFC 3339: what our own clock says. */
  readonly now?: string;
  readonly predicateTypes?: readonly string[];
  /** Distinguished names that count for Notation. */
  readonly subjects?: readonly string[];
}

/** What was found in the registry, to be verified with all steps or without one. */
export interface Gathered {
  readonly referrers: Referrers | AppError;
  readonly asking: Asking;
}

/** One registry with one image. */
export class FaultLab {
  readonly signers: Signers;
  readonly registry: OciRegistry;
  readonly repository: Repository;
  readonly image: Put;
  /** How long a registry is waited for, in milliseconds; machines that test are busy. */
  patienceMs = 20_000;
  readonly #home: string;

  constructor(signers: Signers, registry: OciRegistry) {
    this.signers = signers;
    this.registry = registry;
    this.repository = registry.repository("app");
    this.image = putManifest(this.repository);
    this.#home = mkdtempSync(join(tmpdir(), "bulwark-home-"));
  }

  static async open(signers: Signers): Promise<FaultLab> {
    return new FaultLab(signers, await startOciRegistry());
  }

  async close(): Promise<void> {
    await this.registry.stop();
    rmSync(this.#home, { recursive: true });
  }

  /** A bundle about the image by our certificate, logged; by the trusted key without a log when that is wished. */
  bundle(wishes: BundleWishes = {}): Promise<Buffer> {
    return this.signers.ours.bundle({ sha256: hexOf(this.image.digest), ...wishes });
  }

  keyBundle(wishes: BundleWishes = {}): Promise<Buffer> {
    return this.bundle({ key: this.signers.releaseKey, withLog: false, ...wishes });
  }

  jws(wishes: Partial<EnvelopeWishes> = {}): Buffer {
    return this.signers.notary.jws({ sha256: hexOf(this.image.digest), ...wishes });
  }

  cose(wishes: Partial<EnvelopeWishes> = {}): Buffer {
    return this.signers.notary.cose({ sha256: hexOf(this.image.digest), ...wishes });
  }

  /** Attaches content in one layer. @param more Members of the manifest. */
  attach(content: Buffer, mediaType: string = BUNDLE_MEDIA_TYPE, more: object = {}): Put {
    const digest = this.repository.putBlob(content);
    const layers = [{ mediaType, digest, size: content.length }];
    return attach(this.repository, this.image, "signature", {
      artifactType: mediaType,
      layers,
      ...more,
    });
  }

  /** Signatures in cosign's older form: `count` wrong ones, and then a right one if it is wanted. */
  oldTag(count: number, sign: ((payload: Buffer) => Buffer) | null, annotation = ""): void {
    const payload = writeSimpleSigning(this.image.digest, "app");
    const digest = this.repository.putBlob(payload);
    const layer = (signature: string): object => ({
      ...{ mediaType: SIMPLESIGNING_MEDIA_TYPE, digest, size: payload.length },
      annotations: { "dev.cosignproject.cosign/signature": signature, note: annotation },
    });
    const wrong = (i: number): string => createHash("sha256").update(String(i)).digest("base64");
    const layers = Array.from({ length: count }, (_, i) => layer(wrong(i)));
    if (sign !== null) layers.push(layer(sign(payload).toString("base64")));
    const config = {
      mediaType: OCI_CONFIG,
      digest: this.repository.putBlob(Buffer.from("{}")),
      size: 2,
    };
    const put = putManifest(this.repository, { config, layers });
    this.repository.tag(`sha256-${hexOf(this.image.digest)}.sig`, put.digest);
  }

  /** Lists and opens what is attached, and keeps every content, so that it can be verified many times. */
  async gather(asking: Asking): Promise<Gathered> {
    const options = { env: { HOME: this.#home }, timeoutMs: this.patienceMs, waitMsMax: 1_000 };
    const { signal } = new AbortController();
    try {
      const place = await registryPlace(parseReference(`${this.registry.host}/app`), options);
      const { referrers, problems } = await referrersOf(place, this.image.digest, { signal });
      const kept = referrers.map((referrer) => {
        const blobs = new Map<string, Promise<Buffer>>();
        const blob: typeof referrer.blob = (layer, bytesMax) => {
          const known = blobs.get(layer.digest) ?? referrer.blob(layer, bytesMax);
          blobs.set(layer.digest, known);
          return known;
        };
        return { ...referrer, blob };
      });
      return { referrers: { referrers: kept, problems }, asking };
    } catch (error) {
      if (error instanceof AppError) return { referrers: error, asking };
      throw error;
    }
  }

  /** What verification answers: the outcome, the steps that refused, and how much could not be read. */
  async answer({ referrers, asking }: Gathered, steps?: AllSteps): Promise<string> {
    if (referrers instanceof AppError) return `fails: ${referrers.code}`;
    const { predicateTypes = [SIGN_PREDICATE], now = NOW.toISOString() } = asking;
    const trust = this.trustOf(asking);
    const bytes = this.repository.manifests.get(this.image.digest)?.bytes ?? null;
    const wanted: Wanted = { sha256: hexOf(this.image.digest), bytes, predicateTypes };
    const found = await attachedClaims(referrers.referrers, wanted, { trust, now }, steps);
    const blocking = referrers.problems.filter(blocksVerdict).map(({ detail }) => detail);
    const unread = [...found.unread, ...blocking];
    const { outcome, claims } = answerOf(found.claims, unread, { trust, predicateTypes });
    const refusals = new Set(claims.flatMap(({ refusal }) => refusal?.step ?? []));
    const at =
      refusals.size === 0 || outcome === "verified" ? "" : ` at ${[...refusals].join(", ")}`;
    return `${outcome}${at}`;
  }

  trustOf({ life, root, subjects }: Asking): LoadedTrust {
    const { ours, releaseKey, notary: ownNotary } = this.signers;
    const key = { id: "release", pem: "", ...UNLIMITED, ...life };
    const { authority: certificate } = ownNotary;
    return {
      keys: [{ ...key, ...publicKeyOf(releaseKey.publicKey, "release") }],
      identities: [{ id: "ci", identity: IDENTITY, issuer: ISSUER, isGlob: false, root: "ours" }],
      certificates: [{ id: "acme", pem: "", kind: "ca", subjects: subjects ?? null, certificate }],
      roots: [loadRoot("ours", parseTrustedRoot(root ?? ours.root(), "root.json"))],
    };
  }
}
