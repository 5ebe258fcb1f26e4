import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Attachment } from "../model/attachment.ts";
import { parseDigest } from "../model/digest.ts";
import {
  type AttachedManifest,
  attachmentsIn,
  buildkitAttachments,
  buildkitSubject,
  predicateTypeIn,
  withPredicate,
} from "./attachment.ts";
import type { Descriptor } from "./oci.ts";

const DIGEST = parseDigest(`sha256:${"d".repeat(64)}`);
const BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PROVENANCE = "https://slsa.dev/provenance/v1";

function layer(mediaType: string, annotations: Record<string, string> = {}): Descriptor {
  const rest = { platform: null, artifactType: null, urls: [] };
  return {
    ...{ mediaType, digest: DIGEST, sizeBytes: 10 },
    annotations: new Map(Object.entries(annotations)),
    ...rest,
  };
}

function manifest(
  artifactType: string | null,
  layers: readonly Descriptor[],
  more: { annotations?: Record<string, string>; oldTag?: AttachedManifest["oldTag"] } = {},
): AttachedManifest {
  const annotations = new Map(Object.entries(more.annotations ?? {}));
  return { digest: DIGEST, artifactType, annotations, layers, oldTag: more.oldTag ?? null };
}

const brief = ({ kind, form, predicateType }: Attachment): string =>
  `${kind} ${form}${predicateType === null ? "" : ` ${predicateType}`}`;

describe("what is attached is told by", () => {
  test.each<[string, AttachedManifest, string[]]>([
    [
      "cosign 3: a bundle that signs",
      manifest(BUNDLE, [layer(BUNDLE)], {
        annotations: { "dev.sigstore.bundle.predicateType": "https://sigstore.dev/cosign/sign/v1" },
      }),
      ["signature bundle https://sigstore.dev/cosign/sign/v1"],
    ],
    [
      "cosign 3: a bundle that attests",
      manifest(BUNDLE, [layer(BUNDLE)], {
        annotations: { "dev.sigstore.bundle.predicateType": PROVENANCE },
      }),
      [`attestation bundle ${PROVENANCE}`],
    ],
    [
      "a bundle with a signature of bytes",
      manifest(BUNDLE, [layer(BUNDLE)], {
        annotations: { "dev.sigstore.bundle.content": "message-signature" },
      }),
      ["signature bundle"],
    ],
    [
      "its layer, when the list was wrong about the bundle",
      manifest("application/vnd.oci.empty.v1+json", [layer(BUNDLE)]),
      ["attestation bundle"],
    ],
    [
      "cosign's tag .sig, a layer for each signature",
      manifest("application/vnd.oci.image.config.v1+json", [layer("a"), layer("b")], {
        oldTag: "sig",
      }),
      ["signature cosign-old", "signature cosign-old"],
    ],
    [
      "cosign's tag .att",
      manifest(
        null,
        [layer("application/vnd.dsse.envelope.v1+json", { predicateType: PROVENANCE })],
        {
          oldTag: "att",
        },
      ),
      [`attestation cosign-old ${PROVENANCE}`],
    ],
    [
      "cosign's tag .sbom",
      manifest(null, [layer("text/spdx")], { oldTag: "sbom" }),
      ["sbom cosign-old"],
    ],
    [
      "cosign 2's experiment",
      manifest("application/vnd.dev.cosign.artifact.sig.v1+json", [layer("a")]),
      ["signature cosign-old"],
    ],
    [
      "Notation",
      manifest("application/vnd.cncf.notary.signature", [layer("application/jose+json")]),
      ["signature notation"],
    ],
    [
      "in-toto statements without a signature",
      manifest("application/vnd.in-toto+json", [
        layer("application/vnd.in-toto+json", { "in-toto.io/predicate-type": PROVENANCE }),
      ]),
      [`attestation oci ${PROVENANCE}`],
    ],
    [
      "CycloneDX",
      manifest("application/vnd.cyclonedx+json", [layer("application/json")]),
      ["sbom oci"],
    ],
    ["SPDX as a layer", manifest("application/x", [layer("application/spdx+json")]), ["sbom oci"]],
    ["nothing that we know", manifest("application/x", [layer("text/plain")]), ["artifact oci"]],
    ["nothing at all", manifest(null, []), ["artifact oci"]],
  ])("%s", (_, attached, wanted) => {
    expect(attachmentsIn(attached).map(brief)).toEqual(wanted);
  });

  test("sizes of its contents and the date that it states", () => {
    const annotations = { "org.opencontainers.image.created": "2026-01-02T03:04:05Z" };
    const attached = manifest("application/x", [layer("a"), layer("b")], { annotations });
    expect(attachmentsIn(attached)).toEqual([
      {
        kind: "artifact",
        form: "oci",
        digest: DIGEST,
        predicateType: null,
        artifactType: "application/x",
        mediaType: "a",
        sizeBytes: 20,
        createdAt: "2026-01-02T03:04:05Z",
        attached: [],
      },
    ]);
  });
});

test("BuildKit lists attestations beside the images that they are about", () => {
  const reference = {
    "vnd.docker.reference.type": "attestation-manifest",
    "vnd.docker.reference.digest": DIGEST,
  };
  const statement = layer("application/vnd.in-toto+json", {
    "in-toto.io/predicate-type": "https://spdx.dev/Document",
  });
  expect(buildkitSubject(layer("m", reference))).toBe(DIGEST);
  expect(buildkitSubject(layer("m"))).toBeNull();
  expect(buildkitAttachments(manifest(null, [statement])).map(brief)).toEqual([
    "attestation buildkit https://spdx.dev/Document",
  ]);
});

describe("a bundle's contents", () => {
  const bundle = (statement: string): Buffer => {
    const payload = Buffer.from(statement).toString("base64");
    return Buffer.from(JSON.stringify({ dsseEnvelope: { payload } }));
  };
  const [silent] = attachmentsIn(manifest(BUNDLE, [layer(BUNDLE)]));

  test.each([
    ["a predicate", bundle(`{"predicateType":"${PROVENANCE}"}`), PROVENANCE],
    ["a statement without one", bundle("{}"), null],
    ["no statement", bundle("text"), null],
    ["no envelope", Buffer.from('{"messageSignature":{}}'), null],
    [
      "a type of no length that anybody reads",
      bundle(`{"predicateType":"${"x".repeat(2_000)}"}`),
      null,
    ],
  ])("%s", (_, bytes, wanted) => {
    expect(predicateTypeIn(bytes)).toBe(wanted);
  });

  test("say what its annotations do not", () => {
    const signs = silent && withPredicate(silent, "https://sigstore.dev/cosign/sign/v1");
    expect(signs && brief(signs)).toBe("signature bundle https://sigstore.dev/cosign/sign/v1");
    expect(silent && brief(withPredicate(silent, null))).toBe("attestation bundle");
  });

  test("are read without ever throwing", () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.json(), (bytes, json) => {
        predicateTypeIn(bytes);
        predicateTypeIn(bundle(json));
      }),
    );
  });
});
