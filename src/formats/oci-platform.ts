// Platforms as images name them. @see OCI image specification, image-index.md, and containerd's platforms package
import { AppError } from "../kit/error.ts";
import { printable } from "../kit/text.ts";
import type { Platform } from "../model/artifact.ts";
import type { Descriptor, Index } from "./oci.ts";

/** What `uname` and older tools say, and what Go and images say. */
const ARCHITECTURES: ReadonlyMap<string, { architecture: string; variant?: string }> = new Map([
  ["x86_64", { architecture: "amd64" }],
  ["x86-64", { architecture: "amd64" }],
  ["aarch64", { architecture: "arm64" }],
  ["armhf", { architecture: "arm", variant: "v7" }],
  ["armel", { architecture: "arm", variant: "v6" }],
  ["i386", { architecture: "386" }],
  ["i686", { architecture: "386" }],
]);

/** How a processor is written when nobody says which of its kind: the variant that goes without saying. */
const IMPLIED_VARIANT: ReadonlyMap<string, string> = new Map([
  ["arm", "v7"],
  ["arm64", "v8"],
  ["amd64", "v1"],
]);

const PLATFORM = /^([a-z0-9]{1,32})\/([A-Za-z0-9_-]{1,32})(?:\/([A-Za-z0-9._-]{1,32}))?$/;

/**
 * Reads `os/architecture[/variant]`, as `--platform` takes it.
 *
 * @throws {AppError} `usage` when it is not of that form.
 */
export function parsePlatform(written: string): Platform {
  const match = PLATFORM.exec(written);
  if (match === null) {
    const quoted = JSON.stringify(printable(written, 100));
    throw new AppError("usage", `cannot read platform ${quoted}: not os/architecture[/variant]`, {
      hint: "write it like linux/amd64 or linux/arm/v7",
    });
  }
  const [, os = "", architecture = "", variant] = match;
  return normal({ os, architecture, ...(variant === undefined ? {} : { variant }) });
}

export function printPlatform(platform: Platform): string {
  const { os, architecture, variant } = platform;
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

function normal(platform: Platform): Platform {
  const known = ARCHITECTURES.get(platform.architecture);
  const architecture = known?.architecture ?? platform.architecture;
  const variant = platform.variant ?? known?.variant;
  return { os: platform.os, architecture, ...(variant === undefined ? {} : { variant }) };
}

/**
 * How well software for `offered` runs where `wanted` is: 0 is exact, larger is worse, null is not at all.
 *
 * A newer processor runs what was made for an older one of its kind (arm v7 runs v6), never the reverse.
 */
function distance(offered: Platform, wanted: Platform): number | null {
  const a = normal(offered);
  const b = normal(wanted);
  if (a.os !== b.os || a.architecture !== b.architecture) return null;
  const implied = IMPLIED_VARIANT.get(b.architecture) ?? "";
  const [have, want] = [a.variant ?? implied, b.variant ?? implied];
  if (have === want) return 0;
  const [haveRank, wantRank] = [rank(have), rank(want)];
  if (haveRank === null || wantRank === null || haveRank > wantRank) return null;
  return wantRank - haveRank;
}

function rank(variant: string): number | null {
  const match = /^v(\d{1,3})(?:\.(\d{1,3}))?$/.exec(variant);
  return match === null ? null : Number(match[1]) + Number(match[2] ?? 0) / 1000;
}

/** Whether an image made for `offered` is what was asked for by `wanted`. */
export function satisfiesPlatform(offered: Platform, wanted: Platform): boolean {
  return distance(offered, wanted) !== null;
}

/** BuildKit lists attestations among the images, for a platform that does not exist. */
export function isAttestation({ platform, annotations }: Descriptor): boolean {
  return platform?.os === "unknown" || annotations.has("vnd.docker.reference.type");
}

/**
 * Chooses the manifest of an index for a platform: the nearest, and among equals the first. An index with one image that does
 * not name its platform is that image; whether it fits is for its configuration to say.
 *
 * @throws {AppError} `platform-not-found` naming the platforms that there are.
 */
export function pickPlatform(index: Index, wanted: Platform): Descriptor {
  const images = index.manifests.filter((descriptor) => !isAttestation(descriptor));
  const [only] = images;
  if (only !== undefined && images.length === 1 && only.platform === null) return only;
  let best: Descriptor | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const image of images) {
    const found = image.platform === null ? null : distance(image.platform, wanted);
    if (found !== null && found < bestDistance) [best, bestDistance] = [image, found];
  }
  if (best !== null) return best;
  throw platformNotFound(
    wanted,
    images.flatMap((image) => (image.platform === null ? [] : [image.platform])),
  );
}

const LISTED_MAX = 30;

/** The complaint that names what there is instead. */
export function platformNotFound(wanted: Platform, offered: readonly Platform[]): AppError {
  const names = [...new Set(offered.map((p) => printable(printPlatform(p), 60)))];
  const listed = names.slice(0, LISTED_MAX).join(", ");
  const state = names.length === 0 ? "it names no platform" : `it exists for ${listed}`;
  return new AppError(
    "platform-not-found",
    `cannot choose ${printPlatform(wanted)} of the image: ${state}`,
    names.length === 0 ? {} : { hint: "choose one of these with --platform" },
  );
}
