import type { Platform } from "./artifact.ts";
import type { Digest } from "./digest.ts";
import type { Problem } from "./problem.ts";

/** What something attached to an image claims to be. Whether it is true, only verifying tells. */
export type AttachmentKind = "signature" | "attestation" | "sbom" | "artifact";

/**
 * In whose form it is attached: a Sigstore bundle (cosign since version 3, and others), cosign's older form (a tag for all
 * signatures of an image), Notation, BuildKit (listed among the platforms), or anything else that names its subject.
 */
export type AttachmentForm = "bundle" | "cosign-old" | "notation" | "buildkit" | "oci";

/** One thing that is attached to a manifest. */
export interface Attachment {
  readonly kind: AttachmentKind;
  readonly form: AttachmentForm;
  /** Of the manifest that holds it; several may share one. */
  readonly digest: Digest;
  /** What an attestation states, as a URI; null for other kinds, and when it is not said. */
  readonly predicateType: string | null;
  readonly artifactType: string | null;
  /** Of the contents. */
  readonly mediaType: string | null;
  /** Of the contents. */
  readonly sizeBytes: number;
  /** RFC 3339, as whoever attached it says; null when nobody does. */
  readonly createdAt: string | null;
  /** What is attached to this in turn. */
  readonly attached: readonly Attachment[];
}

/** A manifest or index with all that belongs to it. */
export interface TreeNode {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Of an entry of an index; null for what was named itself, and for entries that do not say. */
  readonly platform: Platform | null;
  readonly attached: readonly Attachment[];
  /** The images of an index. */
  readonly images: readonly TreeNode[];
}

/** Everything that is attached to an image. */
export interface ImageTree {
  /** Fully written reference, or the layout with its tag. */
  readonly name: string;
  readonly root: TreeNode;
  readonly problems: readonly Problem[];
}

const PREDICATES: readonly (readonly [prefix: string, name: string])[] = [
  ["https://slsa.dev/provenance/", "SLSA provenance"],
  ["https://slsa.dev/verification_summary/", "verification summary"],
  ["https://spdx.dev/Document", "SBOM (SPDX)"],
  ["https://cyclonedx.org/bom", "SBOM (CycloneDX)"],
  ["https://cyclonedx.org/vex", "VEX (CycloneDX)"],
  ["https://openvex.dev/ns", "VEX (OpenVEX)"],
  ["https://cosign.sigstore.dev/attestation/vuln/", "vulnerability scan"],
  ["https://in-toto.io/attestation/vulns/", "vulnerability scan"],
  ["https://in-toto.io/attestation/release/", "release"],
  ["https://in-toto.io/attestation/test-result/", "test result"],
  ["https://in-toto.io/Link/", "in-toto link"],
];

/** What people call an attestation of this type; the URI itself when they have no name for it. */
export function predicateName(predicateType: string): string {
  const known = PREDICATES.find(([prefix]) => predicateType.startsWith(prefix));
  return known?.[1] ?? predicateType;
}
