import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { hasLayer, type OldLayer, oldConfig, oldManifest, withLayer } from "./cosign-tag.ts";

const SIGNATURE = "dev.cosignproject.cosign/signature";
const layer = (name: string, digit = "a"): OldLayer => ({
  mediaType: "application/vnd.dev.cosign.simplesigning.v1+json",
  digest: `sha256:${digit.repeat(64)}`,
  size: 2,
  annotations: { [SIGNATURE]: name },
});
const config = { digest: `sha256:${"c".repeat(64)}`, sizeBytes: 7 };
const manifest = (...layers: unknown[]): Buffer => oldManifest(config, layers);

describe("a manifest of signatures", () => {
  test("begins with one layer", () => {
    const { layers, digests } = withLayer([], layer("one"));
    expect(JSON.parse(oldManifest(config, layers).toString())).toEqual({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.manifest.v1+json",
      config: {
        mediaType: "application/vnd.oci.image.config.v1+json",
        size: 7,
        digest: config.digest,
      },
      layers: [layer("one")],
    });
    expect(JSON.parse(oldConfig(digests).toString())).toMatchObject({
      history: [{}],
      rootfs: { type: "layers", diff_ids: [layer("one").digest] },
    });
  });

  test("keeps the layers of others as they are, and of older states what is missing", () => {
    const strange = { digest: "d", extra: [1] };
    const states = [manifest(layer("lost")), manifest(strange, layer("one"))];
    const { layers, digests } = withLayer(states, layer("two"));
    expect(layers).toEqual([layer("lost"), strange, layer("one"), layer("two")]);
    expect(digests.length).toBe(4);
  });

  test("takes what is no digest for none", () => {
    const odd = { digest: { toString: 1, valueOf: 1 } };
    expect(withLayer([manifest(odd)], layer("one")).digests).toEqual(["", layer("one").digest]);
  });

  test("tells two signatures of the same bytes apart, and one from itself", () => {
    const state = manifest({ ...layer("one"), annotations: { b: "2", a: "1" } });
    const same = { ...layer("other"), annotations: { a: "1", b: "2" } };
    expect([hasLayer(state, same), hasLayer(state, layer("one"))]).toEqual([true, false]);
    expect(withLayer([state], same).layers.length).toBe(1);
  });

  test.each([["text"], [{ schemaVersion: 1 }], [{ schemaVersion: 2, manifests: [] }]])(
    "%j is none",
    (document) => {
      expect(() => hasLayer(Buffer.from(JSON.stringify(document)), layer("one"))).toThrow(AppError);
    },
  );

  test("of any shape is taken or refused", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (layers) => {
        try {
          const state = Buffer.from(JSON.stringify({ schemaVersion: 2, layers }));
          hasLayer(state, layer("one"));
          withLayer([state], layer("one"));
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
        }
      }),
    );
  });
});
