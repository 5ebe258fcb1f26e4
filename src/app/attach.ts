// `bulwark attach`: a file, such as an SBOM, as an artifact of its own that names the image.
import { basename } from "node:path";
import { parseManifestOrIndex } from "../formats/oci.ts";
import { pickPlatform } from "../formats/oci-platform.ts";
import { attachReferrer, type Subject } from "../io/attachments/attach.ts";
import type { Place } from "../io/attachments/place.ts";
import { now } from "../io/clock.ts";
import { readNamed } from "../io/named-file.ts";
import { blobOf } from "../io/registry/push.ts";
import { AppError } from "../kit/error.ts";
import { printable } from "../kit/text.ts";
import type { Platform } from "../model/artifact.ts";
import type { Digest } from "../model/digest.ts";
import { placeOf } from "./image-place.ts";
import type { Surroundings } from "./surroundings.ts";

export interface AttachRequest {
  /** A reference or a layout. */
  readonly image: string;
  readonly file: string;
  /** Media type of the file; null when it is to be told by looking into it. */
  readonly type: string | null;
  /** null attaches to what was named, which may be an index. */
  readonly platform: Platform | null;
  /** Further annotations, `NAME=VALUE`. */
  readonly annotations: readonly string[];
  readonly offline: boolean;
}

export interface AttachResult {
  /** Fully written reference, or the layout with its tag. */
  readonly name: string;
  /** What it was attached to. */
  readonly subject: Digest;
  /** Of the manifest that was attached. */
  readonly digest: Digest;
  readonly type: string;
}

const FILE_BYTES_MAX = 256 << 20;
const TITLE = "org.opencontainers.image.title";
const CREATED = "org.opencontainers.image.created";

/**
 * Attaches a file to an image.
 *
 * @throws {AppError} `usage`, `not-found`, `unreadable`, `limit-exceeded`, `platform-not-found`, `registry-*`,
 *   `output-unwritable`, `disk-full`, `offline` and others of {@link placeOf}.
 */
export async function attachFile(
  request: AttachRequest,
  surroundings: Surroundings,
): Promise<AttachResult> {
  const annotations = request.annotations.map(pairOf);
  const { bytes } = await readNamed("file", request.file, FILE_BYTES_MAX);
  const type = request.type === null ? typeOf(bytes, request.file) : checkedType(request.type);
  const { place, at, name } = await placeOf(request.image, { ...surroundings, ...request });
  const subject = await subjectOf({ place, at, name }, request.platform, surroundings.signal);
  const layer = {
    mediaType: type,
    blob: blobOf(bytes),
    annotations: { [TITLE]: basename(request.file) },
  };
  const artifact = {
    artifactType: type,
    layers: [layer],
    annotations: { [CREATED]: now(), ...Object.fromEntries(annotations) },
  };
  const { digest } = await attachReferrer(place, { subject, artifact }, surroundings.signal);
  return { name, subject: subject.digest, digest, type };
}

interface Named {
  readonly place: Place;
  readonly at: string;
  readonly name: string;
}

async function subjectOf(
  { place, at, name }: Named,
  platform: Platform | null,
  signal: AbortSignal,
): Promise<Subject> {
  const kept = await place.manifest(at, signal);
  if (kept === null) {
    throw new AppError(
      "registry-not-found",
      `cannot attach to ${JSON.stringify(name)}: it is not there`,
      {
        hint: "look for a typing error",
        subject: name,
      },
    );
  }
  const document = parseManifestOrIndex(kept.bytes);
  if (document.kind === "index" && platform !== null) return pickPlatform(document, platform);
  return { mediaType: document.mediaType, digest: kept.digest, sizeBytes: kept.bytes.length };
}

/** @see RFC 6838, 4.2 */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/i;

function checkedType(type: string): string {
  if (MEDIA_TYPE.test(type)) return type;
  const quoted = JSON.stringify(printable(type, 100));
  throw new AppError("usage", `cannot attach as ${quoted}: not a media type`, {
    hint: "write it like application/vnd.cyclonedx+json",
  });
}

/** What the documents that are attached most often say of themselves. */
const SIGNS: readonly (readonly [sign: RegExp, type: string])[] = [
  [/"bomFormat"\s*:\s*"CycloneDX"/, "application/vnd.cyclonedx+json"],
  [/"spdxVersion"\s*:\s*"SPDX-2/, "application/spdx+json"],
  [/"@context"\s*:\s*"https:\/\/openvex\.dev\/ns/, "application/vnd.openvex+json"],
  [/"\$schema"\s*:\s*"[^"]{0,200}sarif/, "application/sarif+json"],
];

function typeOf(bytes: Buffer, file: string): string {
  const text = bytes.toString("utf8");
  const found = text.trimStart().startsWith("{") && SIGNS.find(([sign]) => sign.test(text));
  if (found) return found[1];
  throw new AppError(
    "usage",
    `cannot tell what ${JSON.stringify(file)} is: it is no SBOM that we know`,
    {
      hint: "name its media type with --type",
      subject: file,
    },
  );
}

function pairOf(text: string): [name: string, value: string] {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, value];
  throw new AppError(
    "usage",
    `cannot use annotation ${JSON.stringify(printable(text, 100))}: not NAME=VALUE`,
  );
}
