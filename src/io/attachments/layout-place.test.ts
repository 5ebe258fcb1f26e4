import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { OCI_MANIFEST } from "../../formats/oci-media-type.ts";
import { LayoutWriter, named, type WrittenBlob } from "../layout/test-support/layout-writer.ts";
import { openLayoutPlace } from "./layout-place.ts";
import { referrersOf } from "./referrers-of.ts";

const signal = new AbortController().signal;
let layout: LayoutWriter;
let image: WrittenBlob;

beforeEach(() => {
  layout = new LayoutWriter(mkdtempSync(join(tmpdir(), "bulwark-layout-")));
  image = layout.image(["content"]).manifest;
});
afterEach(() => rmSync(layout.folder, { recursive: true }));

function attached(kind: string, subject: object | null = image): WrittenBlob {
  const config = layout.blob("application/vnd.oci.empty.v1+json", "{}");
  const layers = [layout.blob("text/plain", kind)];
  const members = { artifactType: kind, config, layers, ...(subject === null ? {} : { subject }) };
  return layout.json(OCI_MANIFEST, { schemaVersion: 2, mediaType: OCI_MANIFEST, ...members });
}

const listed = (blob: WrittenBlob, kind: string): object => ({ ...blob, artifactType: kind });

async function found(tag: string | null = null): Promise<string[]> {
  const { place, digest } = await openLayoutPlace(layout.folder, tag);
  const { referrers, problems } = await referrersOf(place, digest, { signal });
  return [
    ...referrers.map((r) => `${r.oldTag ?? ""}${r.artifactType}`),
    ...problems.map((p) => p.code),
  ];
}

test("what lies in a layout and names its subject is attached, without a word about the rest", async () => {
  const other = layout.image(["other"]).manifest;
  const signature = attached("signature");
  layout.finish([
    named(image, "one"),
    named(other, "two"),
    listed(signature, "signature"),
    listed(attached("of another", other), "of another"),
    listed(attached("of nothing", null), "of nothing"),
  ]);
  expect(await found("one")).toEqual(["signature"]);
  expect(await found(image.digest)).toEqual(["signature"]);
  const { place, digest } = await openLayoutPlace(layout.folder, "one");
  const { referrers } = await referrersOf(place, digest, { signal });
  const [layer] = referrers[0]?.layers ?? [];
  expect(layer && (await referrers[0]?.blob(layer))?.toString()).toBe("signature");
  await expect(layer && referrers[0]?.blob(layer, 2)).rejects.toMatchObject({
    code: "limit-exceeded",
  });
});

test("the only image is meant when no name is written, whatever is attached to it", async () => {
  const list = layout.index([attached("from the list")]);
  const hex = image.digest.slice("sha256:".length);
  layout.finish([
    image,
    named(list, `sha256-${hex}`),
    named(attached("old", null), `sha256-${hex}.sig`),
    listed(attached("signature"), "signature"),
  ]);
  expect(await found()).toEqual(["from the list", "signature", "sigold"]);
});

test("a list that names what is not there, or is damaged, is a problem and no more", async () => {
  const hex = image.digest.slice("sha256:".length);
  const damaged = attached("damaged");
  layout.blob("text/plain", "");
  const list = layout.index([{ ...image, digest: `sha256:${"0".repeat(64)}` }, damaged]);
  layout.finish([named(image, "one"), named(list, `sha256-${hex}`)]);
  const { writeFileSync } = await import("node:fs");
  writeFileSync(layout.pathOf(damaged.digest), "{}");
  expect(await found("one")).toEqual(["referrer-refused", "referrer-refused"]);
});
