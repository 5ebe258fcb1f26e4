// What manifests that are attached to images claim to hold: the media types and annotations of cosign, Notation, BuildKit, oras.
// @see cosign's specs/BUNDLE_SPEC.md and SIGNATURE_SPEC.md, the Notary Project's signature specification, BuildKit's
// docs/attestations/attestation-storage.md
import type { Attachment, AttachmentForm, AttachmentKind } from "../model/attachment.ts";
import type { Digest } from "../model/digest.ts";
import { member, optionalText, parseJson, text } from "./json-shape.ts";
import type { Descriptor } from "./oci.ts";

/** What is known of a manifest that is attached. */
export interface AttachedManifest {
  readonly digest: Digest;
  readonly artifactType: string | null;
  readonly annotations: ReadonlyMap<string, string>;
  readonly layers: readonly Descriptor[];
  /** The ending of the tag under which older tools keep it; null when it names its subject. */
  readonly oldTag: "sig" | "att" | "sbom" | null;
}

const BUNDLE = "application/vnd.dev.sigstore.bundle";
const NOTATION = "application/vnd.cncf.notary.signature";
/** cosign 2 as an experiment: the manifest of a tag, attached by its subject. */
const COSIGN_ARTIFACT = /^application\/vnd\.dev\.cosign\.artifact\.(sig|att|sbom)\./;
const SBOM = /cyclonedx|spdx|vnd\.syft\+/;
const IN_TOTO = /^application\/vnd\.(?:in-toto|dsse\.envelope)/;
const CREATED = "org.opencontainers.image.created";
const BUNDLE_CONTENT = "dev.sigstore.bundle.content";
const BUNDLE_PREDICATE = "dev.sigstore.bundle.predicateType";
const SIGN_PREDICATE = "https://sigstore.dev/cosign/sign/v1";

/** What a manifest holds: usually one thing, in older forms one for each layer. Never throws. */
export function attachmentsIn(manifest: AttachedManifest): Attachment[] {
  const { artifactType, layers, oldTag, annotations } = manifest;
  const old = oldTag ?? COSIGN_ARTIFACT.exec(artifactType ?? "")?.[1] ?? null;
  // A manifest under a tag is made like an image's, which says nothing about it.
  const plain = oldTag === null ? manifest : { ...manifest, artifactType: null };
  if (old !== null) return layers.map((layer) => ofOldForm(plain, layer, old));
  const types = [artifactType ?? "", ...layers.map((layer) => layer.mediaType)];
  if (types.some((type) => type.startsWith(BUNDLE))) return [bundle(manifest)];
  if (artifactType === NOTATION) return [whole(manifest, { kind: "signature", form: "notation" })];
  if (layers.some((layer) => IN_TOTO.test(layer.mediaType)))
    return layers.map((layer) => statement(manifest, layer, "oci"));
  const isSbom = types.some((type) => SBOM.test(type)) || SBOM.test(annotations.get(TITLE) ?? "");
  return [whole(manifest, { kind: isSbom ? "sbom" : "artifact", form: "oci" })];
}

const TITLE = "org.opencontainers.image.title";

/** The attestations of a manifest that BuildKit lists beside the image that they are about. */
export function buildkitAttachments(manifest: AttachedManifest): Attachment[] {
  return manifest.layers.map((layer) => statement(manifest, layer, "buildkit"));
}

/** The digest of the image that an entry of an index, made by BuildKit, is about; null for other entries. */
export function buildkitSubject({ annotations }: Descriptor): string | null {
  if (annotations.get("vnd.docker.reference.type") !== "attestation-manifest") return null;
  return annotations.get("vnd.docker.reference.digest") ?? null;
}

function whole(
  { digest, artifactType, annotations, layers }: AttachedManifest,
  what: { kind: AttachmentKind; form: AttachmentForm; predicateType?: string | null },
): Attachment {
  return {
    predicateType: null,
    ...what,
    digest,
    artifactType,
    mediaType: layers[0]?.mediaType ?? null,
    sizeBytes: layers.reduce((sum, layer) => sum + layer.sizeBytes, 0),
    createdAt: annotations.get(CREATED) ?? null,
    attached: [],
  };
}

function bundle(manifest: AttachedManifest): Attachment {
  const predicateType = manifest.annotations.get(BUNDLE_PREDICATE) ?? null;
  const isSignature =
    predicateType === SIGN_PREDICATE ||
    manifest.annotations.get(BUNDLE_CONTENT) === "message-signature";
  const kind = isSignature ? "signature" : "attestation";
  return whole(manifest, { kind, form: "bundle", predicateType });
}

/** The same bundle, when its contents say what its annotations do not. */
export function withPredicate(attachment: Attachment, predicateType: string | null): Attachment {
  const isSignature = predicateType === SIGN_PREDICATE;
  return { ...attachment, predicateType, kind: isSignature ? "signature" : attachment.kind };
}

const TYPE_MAX = 1000;

/** What the statement in a bundle is about, unverified; null when there is none, and for what is no bundle. Never throws. */
export function predicateTypeIn(bundle: Uint8Array): string | null {
  const document = { what: "bundle", code: "document-invalid" } as const;
  try {
    const envelope = member(parseJson(bundle, document), "dsseEnvelope");
    const payload = Buffer.from(text(member(envelope, "payload"), bundle.length), "base64");
    return optionalText(member(parseJson(payload, document), "predicateType"), TYPE_MAX);
  } catch {
    return null;
  }
}

function statement(
  manifest: AttachedManifest,
  layer: Descriptor,
  form: AttachmentForm,
): Attachment {
  const { annotations } = layer;
  const stated = annotations.get("in-toto.io/predicate-type") ?? annotations.get("predicateType");
  const what = { kind: "attestation", form, predicateType: stated ?? null } as const;
  return whole({ ...manifest, layers: [layer] }, what);
}

function ofOldForm(manifest: AttachedManifest, layer: Descriptor, tag: string): Attachment {
  if (tag === "att") return statement(manifest, layer, "cosign-old");
  const kind = tag === "sig" ? "signature" : "sbom";
  return whole({ ...manifest, layers: [layer] }, { kind, form: "cosign-old" });
}
