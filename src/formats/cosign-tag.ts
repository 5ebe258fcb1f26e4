// cosign's older form: all signatures of an image as layers of one manifest, under a tag made of the image's digest.
// @see cosign's specs/SIGNATURE_SPEC.md, "Storage" and "Properties"
import { complain, items, member, parseJson, shallow } from "./json-shape.ts";
import { OCI_CONFIG, OCI_MANIFEST } from "./oci-media-type.ts";

/** A layer as it stands in the manifest. */
export interface OldLayer {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
}

const WHAT = { what: "manifest of signatures", code: "archive-invalid" } as const;
/** cosign reads no more. */
const LAYERS_MAX = 1000;

/** The layers of states of a manifest and another one, each once. Layers of others stay as they are. */
export interface OldLayers {
  readonly layers: readonly unknown[];
  /** Digests of all of them. */
  readonly digests: readonly string[];
}

/**
 * Adds a layer.
 *
 * @param manifests States that were seen, the newest last; layers that are only in older ones are taken over.
 * @throws {AppError} `archive-invalid` when one is no such manifest, or has too many layers.
 */
export function withLayer(manifests: readonly Uint8Array[], layer: OldLayer): OldLayers {
  const layers = new Map<string, unknown>();
  const digests: string[] = [];
  const add = (value: unknown, digest: unknown): void => {
    const key = identity(value);
    if (layers.has(key)) return;
    layers.set(key, value);
    // An object may say that it becomes no text.
    digests.push(typeof digest === "string" ? digest : "");
  };
  for (const bytes of manifests)
    for (const place of layersIn(bytes)) add(place.value, member(place, "digest").value);
  add(layer, layer.digest);
  return { layers: [...layers.values()], digests };
}

/** Whether a manifest has the layer. @throws {AppError} as {@link withLayer}. */
export function hasLayer(manifest: Uint8Array, layer: OldLayer): boolean {
  const wanted = identity(layer);
  return layersIn(manifest).some(({ value }) => identity(value) === wanted);
}

function layersIn(bytes: Uint8Array): ReturnType<typeof items> {
  const top = parseJson(bytes, WHAT);
  if (member(top, "schemaVersion").value !== 2) complain(top, "is none");
  if (member(top, "manifests").value !== undefined) complain(top, "is an index");
  return items(member(top, "layers"), LAYERS_MAX).map(shallow);
}

/** Two signatures of the same bytes differ by their annotations alone. */
function identity(layer: unknown): string {
  if (typeof layer !== "object" || layer === null) return JSON.stringify(layer);
  const { digest, annotations }: Readonly<Record<string, unknown>> = { ...layer };
  const all = typeof annotations === "object" && annotations !== null ? annotations : {};
  return JSON.stringify([digest, Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

/** The configuration that goes with the layers: that of an image from nothing, which nobody looks at. */
export function oldConfig(digests: readonly string[]): Buffer {
  const created = "0001-01-01T00:00:00Z";
  const config = {
    architecture: "",
    created,
    history: digests.map(() => ({ created })),
    os: "",
    rootfs: { type: "layers", diff_ids: digests },
    config: {},
  };
  return Buffer.from(JSON.stringify(config), "utf8");
}

/** The manifest. */
export function oldManifest(
  config: { readonly digest: string; readonly sizeBytes: number },
  layers: readonly unknown[],
): Buffer {
  const { digest, sizeBytes } = config;
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, size: sizeBytes, digest },
    layers,
  };
  return Buffer.from(JSON.stringify(manifest), "utf8");
}
