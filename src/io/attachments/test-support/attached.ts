// Puts images and what is attached to them into a registry for tests, behind the protocol's back: right ones and wrong ones.
import type { Repository, StatedBlob } from "../../../../test/lab/oci-registry/content.ts";
import { OCI_INDEX, OCI_MANIFEST } from "../../../formats/oci-media-type.ts";
import { type Digest, hexOf, parseDigest } from "../../../model/digest.ts";

export interface Put extends StatedBlob {
  readonly digest: Digest;
}

const EMPTY_TYPE = "application/vnd.oci.empty.v1+json";

/** A manifest with these members beside the necessary ones. */
export function putManifest(repository: Repository, members: object = {}): Put {
  const config = stated(repository, EMPTY_TYPE, "{}");
  const layers = [stated(repository, "text/plain", "content")];
  const fixed = { schemaVersion: 2, mediaType: OCI_MANIFEST };
  return putDocument(repository, { ...fixed, config, layers, ...members });
}

export function putIndex(repository: Repository, manifests: readonly object[]): Put {
  return putDocument(repository, { schemaVersion: 2, mediaType: OCI_INDEX, manifests });
}

interface Document {
  readonly mediaType: string;
  readonly [member: string]: unknown;
}

function putDocument(repository: Repository, document: Document): Put {
  const bytes = Buffer.from(JSON.stringify(document));
  const { digest } = repository.putManifest(bytes, document.mediaType);
  return { mediaType: document.mediaType, digest: parseDigest(digest), size: bytes.length };
}

/** A manifest that is attached to another; kinds tell several apart. */
export function attach(repository: Repository, subject: Put, kind: string, more: object = {}): Put {
  return putManifest(repository, { artifactType: `application/x.${kind}`, subject, ...more });
}

/** What clients keep where the registry has no list. */
export function tagFallback(repository: Repository, subject: Put, listed: readonly object[]): void {
  repository.tag(`sha256-${hexOf(subject.digest)}`, putIndex(repository, listed).digest);
}

export function stated(repository: Repository, mediaType: string, content: string): StatedBlob {
  const bytes = Buffer.from(content);
  return { mediaType, digest: repository.putBlob(bytes), size: bytes.length };
}
