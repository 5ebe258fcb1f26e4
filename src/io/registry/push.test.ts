import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms } from "../../../test/lab/programs.ts";
import {
  homeFor,
  type LabRegistry,
  REGISTRY_PROGRAMS,
  startRegistry,
} from "../../../test/lab/registry.ts";
import { OCI_MANIFEST } from "../../formats/oci-media-type.ts";
import type { Digest } from "../../model/digest.ts";
import { parseReference } from "../../model/reference.ts";
import type { Environment } from "../folders.ts";
import { digestOf, getManifest, pullBlob, pullBlobBytes } from "./pull.ts";
import { blobOf, hasBlob, pushBlob, putManifest } from "./push.ts";
import { type RegistryClient, registryClient } from "./registry-client.ts";

const signal = new AbortController().signal;
const missing = missingPrograms(...REGISTRY_PROGRAMS);
const EMPTY = blobOf(Buffer.from("{}"));

/** An artifact's manifest. */
function artifact(kind: string): Buffer {
  const empty = {
    mediaType: "application/vnd.oci.empty.v1+json",
    digest: EMPTY.digest,
    size: EMPTY.sizeBytes,
  };
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: kind,
      config: empty,
      layers: [empty],
      annotations: { kind },
    }),
  );
}

async function pushed(client: RegistryClient, name: string, bytes: Buffer): Promise<Digest> {
  const manifest = { bytes, mediaType: OCI_MANIFEST };
  return (await putManifest(client, { name, manifest }, signal)).digest;
}

describe.skipIf(missing !== null)(
  "what is pushed (docker-registry, htpasswd, openssl, skopeo)",
  () => {
    let registry: LabRegistry;
    let env: Environment;
    let client: RegistryClient;

    beforeAll(async () => {
      registry = await startRegistry();
      env = { HOME: await homeFor(registry) };
      client = await registryClient(parseReference(`${registry.host}/store/db:1`), { env });
    }, 60_000);
    afterAll(() => registry.stop());

    test("as a blob in several pieces comes back as it was", async () => {
      const pieces = Array.from({ length: 40 }, (_, i) => Buffer.alloc(100_000, i));
      const whole = Buffer.concat(pieces);
      let opened = 0;
      const blob = {
        digest: digestOf(whole),
        sizeBytes: whole.length,
        open: async function* () {
          opened += 1;
          yield* pieces;
        },
      };
      expect(await hasBlob(client, blob.digest, signal)).toBe(false);
      await pushBlob(client, blob, signal);
      await pushBlob(client, blob, signal);
      const back = await pullBlobBytes(client, blob, signal);
      expect([opened, back.equals(whole)]).toEqual([1, true]);
    });

    test("as a blob that is not what its digest says is refused by the registry", async () => {
      const blob = { ...blobOf(Buffer.from("content")), digest: digestOf(Buffer.from("other")) };
      await expect(pushBlob(client, blob, signal)).rejects.toThrow("DIGEST_INVALID");
    });

    test("as a manifest is found by its tag", async () => {
      await pushBlob(client, EMPTY, signal);
      const first = artifact("application/x.store");
      const digest = await pushed(client, "1", first);
      expect(await getManifest(client, "1", signal)).toEqual({
        bytes: first,
        mediaType: OCI_MANIFEST,
        digest,
        etag: `"${digest}"`,
      });
    });

    test("without the right to do so is refused", async () => {
      const certificates = {
        HOME: join(registry.folder, "nobody"),
        SSL_CERT_FILE: registry.authority ?? "",
      };
      const reference = parseReference(`${registry.host}/store/db:1`);
      const nobody = await registryClient(reference, { env: certificates });
      const refused = pushBlob(nobody, blobOf(Buffer.from("x")), signal);
      await expect(refused).rejects.toMatchObject({ code: "registry-auth" });
    });

    test("larger than memory allows would still fit: a layer is read in small pieces", async () => {
      const piece = Buffer.alloc(1 << 20, 7);
      const count = 64;
      const whole = {
        digest: digestOf(Buffer.alloc(count << 20, 7)),
        sizeBytes: count << 20,
        open: async function* () {
          for (let i = 0; i < count; i += 1) yield piece;
        },
      };
      await pushBlob(client, whole, signal);
      let largest = 0;
      for await (const got of pullBlob(client, whole, signal))
        largest = Math.max(largest, got.length);
      expect(largest).toBeLessThanOrEqual(1 << 20);
    });
  },
);
