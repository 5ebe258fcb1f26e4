import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { utf8Bytes } from "../kit/text.ts";
import { parseImageConfig, parseIndex, parseManifest, parseManifestOrIndex } from "./oci.ts";
import { createdByOfLayers, pairLayers } from "./oci-layers.ts";
import { layerHindrance, layerType } from "./oci-media-type.ts";
import { parsePlatform, pickPlatform, printPlatform, satisfiesPlatform } from "./oci-platform.ts";

const digestOf = (char: string): string => `sha256:${char.repeat(64)}`;
const bytesOf = (value: unknown): Uint8Array => utf8Bytes(JSON.stringify(value));
const layer = {
  mediaType: "application/vnd.oci.image.layer.v1.tar+gzip",
  digest: digestOf("b"),
  size: 9,
};
const manifest = {
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  config: {
    mediaType: "application/vnd.oci.image.config.v1+json",
    digest: digestOf("a"),
    size: 7,
  },
  layers: [layer],
  annotations: { "org.opencontainers.image.base.name": "x", ["__proto__"]: "y" },
};
const config = {
  architecture: "arm64",
  os: "linux",
  variant: "v8",
  created: "2026-01-02T03:04:05Z",
  config: { User: "app" },
  rootfs: { type: "layers", diff_ids: [digestOf("c")] },
  history: [{ created_by: "ADD file:1 in /" }, { created_by: 'CMD ["sh"]', empty_layer: true }],
};

function complaint(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return "none";
}

describe("a manifest", () => {
  test("is read with its layers, annotations and what is absent as null", () => {
    const found = parseManifest(bytesOf(manifest));
    expect(found.layers).toEqual([
      {
        mediaType: layer.mediaType,
        digest: layer.digest,
        sizeBytes: 9,
        platform: null,
        artifactType: null,
        annotations: new Map(),
        urls: [],
      },
    ]);
    expect([found.config.digest, found.subject, found.artifactType]).toEqual([
      digestOf("a"),
      null,
      null,
    ]);
    expect(found.annotations.get("org.opencontainers.image.base.name")).toBe("x");
  });

  test("needs no media type of its own in OCI's form", () => {
    const { mediaType: _, ...without } = manifest;
    expect(parseManifest(bytesOf(without)).mediaType).toBe(manifest.mediaType);
  });

  test.each([
    ["no JSON", utf8Bytes("{"), "archive-invalid: cannot read image manifest: it is not JSON"],
    ["no UTF-8", new Uint8Array([0x22, 0xff, 0x22]), "it is not JSON"],
    ["null", bytesOf(null), "it is not an object"],
    ["an array", bytesOf([]), "it is not an object"],
    ["Docker's schema 1", bytesOf({ schemaVersion: 1, fsLayers: [] }), "Docker's schema 1"],
    ["another schema", bytesOf({ ...manifest, schemaVersion: 3 }), "schemaVersion is not 2"],
    ["both at once", bytesOf({ ...manifest, manifests: [] }), "is both a manifest and an index"],
    [
      "a lie",
      bytesOf({ ...manifest, mediaType: "application/vnd.oci.image.index.v1+json" }),
      "which it is not",
    ],
    ["no configuration", bytesOf({ schemaVersion: 2, layers: [] }), "config is missing"],
    [
      "sha512",
      bytesOf({ ...manifest, layers: [layer, { ...layer, digest: "sha512:ab" }] }),
      'layers[1].digest is "sha512:ab"',
    ],
    [
      "a negative size",
      bytesOf({ ...manifest, layers: [{ ...layer, size: -1 }] }),
      "layers[0].size is not a whole number",
    ],
    [
      "a huge size",
      bytesOf({ ...manifest, layers: [{ ...layer, size: 2 ** 60 }] }),
      "layers[0].size is not",
    ],
    ["layers that are none", bytesOf({ ...manifest, layers: {} }), "layers is not an array"],
    [
      "too many layers",
      bytesOf({ ...manifest, layers: Array.from({ length: 4097 }, () => 0) }),
      "has more than 4096",
    ],
    ["too many bytes", new Uint8Array(2 ** 22 + 1), "limit-exceeded"],
  ])("with %s is refused, and the place is named", (_, bytes, wanted) => {
    expect(complaint(() => parseManifestOrIndex(bytes))).toContain(wanted);
  });

  test("is not an index, nor the reverse", () => {
    expect(complaint(() => parseIndex(bytesOf(manifest)))).toContain("it is a manifest");
    expect(complaint(() => parseManifest(bytesOf(indexOf([]))))).toContain("it is an index");
  });

  test("of any JSON or any bytes is read or refused, and nothing else is thrown", () => {
    const readers = [parseManifestOrIndex, parseImageConfig];
    fc.assert(
      fc.property(fc.oneof(fc.json().map(utf8Bytes), fc.uint8Array()), (bytes) => {
        for (const read of readers) complaint(() => read(bytes));
      }),
    );
    const like = fc.record(
      {
        schemaVersion: fc.constantFrom(1, 2, "2"),
        config: fc.anything(),
        layers: fc.anything(),
        manifests: fc.anything(),
        rootfs: fc.anything(),
        annotations: fc.anything(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(like, (value) => {
        const json = JSON.stringify(value, (_, v: unknown) => (typeof v === "bigint" ? 1 : v));
        for (const read of readers) complaint(() => read(utf8Bytes(json)));
      }),
    );
  });

  test("as deep as it is long is refused without harm", () => {
    const deep = utf8Bytes("[".repeat(2 ** 20));
    expect(complaint(() => parseManifestOrIndex(deep))).toContain("not JSON");
  });
});

describe("a configuration", () => {
  test("is read", () => {
    expect(parseImageConfig(bytesOf(config))).toEqual({
      platform: { os: "linux", architecture: "arm64", variant: "v8" },
      created: "2026-01-02T03:04:05Z",
      diffIds: [digestOf("c")],
      history: [
        { createdBy: "ADD file:1 in /", created: null, comment: null, emptyLayer: false },
        { createdBy: 'CMD ["sh"]', created: null, comment: null, emptyLayer: true },
      ],
      config: { User: "app" },
    });
  });

  test("without rootfs is refused", () => {
    const { rootfs: _, ...without } = config;
    expect(complaint(() => parseImageConfig(bytesOf(without)))).toContain("rootfs is missing");
  });

  test("gives each layer its history line", () => {
    const [claim] = pairLayers(parseManifest(bytesOf(manifest)), parseImageConfig(bytesOf(config)));
    expect([claim?.createdBy, claim?.diffId, claim?.descriptor.digest]).toEqual([
      "ADD file:1 in /",
      digestOf("c"),
      digestOf("b"),
    ]);
  });

  test("blames no layer when its history counts another number of them", () => {
    const parsed = parseImageConfig(bytesOf({ ...config, history: [] }));
    expect(createdByOfLayers(parsed)).toEqual([null]);
  });

  test("that counts other layers than the manifest is refused", () => {
    const parsed = parseImageConfig(bytesOf({ ...config, rootfs: { diff_ids: [] } }));
    expect(complaint(() => pairLayers(parseManifest(bytesOf(manifest)), parsed))).toContain(
      "its manifest has 1 layers and its configuration 0",
    );
  });
});

function indexOf(platforms: readonly (object | null)[], annotations?: object): unknown {
  return {
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: platforms.map((platform, i) => ({
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      digest: digestOf(i.toString(16)),
      size: 1,
      ...(platform === null ? {} : { platform }),
      ...(annotations === undefined ? {} : { annotations }),
    })),
  };
}

function picked(platforms: readonly (object | null)[], wanted: string): number | string {
  const index = parseIndex(bytesOf(indexOf(platforms)));
  const result = complaint(() => pickPlatform(index, parsePlatform(wanted)));
  if (result !== "none") return result;
  return index.manifests.indexOf(pickPlatform(index, parsePlatform(wanted)));
}

describe("the platform of an index", () => {
  const amd64 = { os: "linux", architecture: "amd64" };
  const arm64 = { os: "linux", architecture: "arm64", variant: "v8" };
  const arm = (variant: string): object => ({ os: "linux", architecture: "arm", variant });
  const unknown = { os: "unknown", architecture: "unknown" };

  test.each([
    ["the same", [arm64, amd64], "linux/amd64", 1],
    ["a variant that goes without saying", [amd64, arm64], "linux/arm64", 1],
    ["an other name of the processor", [amd64, arm64], "linux/aarch64", 1],
    ["the exact variant", [arm("v5"), arm("v7"), arm("v6")], "linux/arm/v6", 2],
    ["the nearest older variant", [arm("v5"), arm("v6")], "linux/arm/v7", 1],
    ["arm means v7", [arm("v6"), arm("v7")], "linux/arm", 1],
    [
      "the plain build before a special one",
      [{ ...amd64, variant: "v3" }, amd64],
      "linux/amd64",
      1,
    ],
    ["the first of equals", [amd64, amd64], "linux/amd64", 0],
    ["one that names none", [null], "linux/s390x", 0],
    ["one beside its attestation", [null, unknown], "linux/amd64", 0],
  ])("is %s", (_, platforms, wanted, at) => {
    expect(picked(platforms, wanted)).toBe(at);
  });

  test.each([
    ["none fits", [amd64, arm64], "linux/s390x", "it exists for linux/amd64, linux/arm64/v8"],
    ["only newer variants exist", [arm("v7")], "linux/arm/v6", "it exists for linux/arm/v7"],
    ["another system", [amd64], "windows/amd64", "it exists for linux/amd64"],
    ["attestations are not offered", [unknown, amd64], "linux/s390x", "it exists for linux/amd64"],
    ["it is empty", [], "linux/amd64", "it names no platform"],
  ])("is not found when %s, and what there is is named", (_, platforms, wanted, state) => {
    expect(picked(platforms, wanted)).toContain(state);
    expect(picked(platforms, wanted)).toContain("platform-not-found");
  });

  test("is never an attestation, whatever platform that claims", () => {
    const index = parseIndex(bytesOf(indexOf([amd64], { "vnd.docker.reference.type": "x" })));
    expect(complaint(() => pickPlatform(index, amd64))).toContain("platform-not-found");
  });

  test.each(["linux", "linux/", "/amd64", "linux/amd64/v1/x", "Linux/amd64", "linux/am d64", ""])(
    "cannot be written %j",
    (written) => {
      expect(complaint(() => parsePlatform(written))).toContain("usage: cannot read platform");
    },
  );

  test("is printed as it is read", () => {
    for (const written of ["linux/amd64", "linux/arm/v7", "windows/amd64"]) {
      expect(printPlatform(parsePlatform(written))).toBe(written);
    }
    expect(satisfiesPlatform(arm64, parsePlatform("linux/arm64"))).toBe(true);
  });
});

describe("a layer's media type", () => {
  test.each([
    ["application/vnd.oci.image.layer.v1.tar", "plain", null],
    ["application/vnd.oci.image.layer.v1.tar+gzip", "gzip", null],
    ["application/vnd.oci.image.layer.v1.tar+zstd", "zstd", null],
    ["application/vnd.docker.image.rootfs.diff.tar", "plain", null],
    ["application/vnd.docker.image.rootfs.diff.tar.gzip", "gzip", null],
    ["application/vnd.docker.image.rootfs.diff.tar.zstd", "zstd", null],
    [
      "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
      "gzip",
      "not kept with the image",
    ],
    ["application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", "gzip", "not kept with"],
    ["application/vnd.oci.image.layer.v1.tar+gzip+encrypted", "gzip", "encrypted"],
    ["application/vnd.in-toto+json", null, "is not that of a layer"],
    ["", null, "is not that of a layer"],
  ])("%s", (mediaType, compression, hindrance) => {
    expect(layerType(mediaType).compression).toBe(compression);
    if (hindrance === null) expect(layerHindrance(mediaType)).toBeNull();
    else expect(layerHindrance(mediaType)).toContain(hindrance);
  });
});
