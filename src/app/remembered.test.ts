import { expect, test } from "vitest";
import { scan } from "../../test/make-scan.ts";
import type { ArtifactSummary } from "../model/artifact.ts";
import { remembered } from "./remembered.ts";

const image = scan().artifact;
const local: ArtifactSummary = { ...image, reference: null };
const folder: ArtifactSummary = { ...local, kind: "project", digest: null, digestKind: null };

test.each<[string, ArtifactSummary, string, string]>([
  ["this folder is told from others", folder, ".", "/srv/team/shop"],
  ["so is one that was named with its kind", folder, "dir:./api/", "/srv/team/shop/api"],
  [
    "a root file system stays one",
    { ...folder, kind: "filesystem" },
    "rootfs:../r",
    "rootfs:/srv/team/r",
  ],
  ["a whole path stays", folder, "/srv/shop", "/srv/shop"],
  ["a layout keeps its tag", local, "oci:out:1.2", "oci:/srv/team/shop/out:1.2"],
  [
    "an archive keeps the image's name",
    local,
    "docker-archive:./image.tar:team/api:1.2",
    "docker-archive:/srv/team/shop/image.tar:team/api:1.2",
  ],
  ["an inventory is a file", { ...folder, kind: "sbom" }, "sbom:a.json", "/srv/team/shop/a.json"],
  ["an engine's image lies in no folder", local, "docker:api:latest", "docker:api:latest"],
  ["an image of a registry lies in none", image, "api:1.2", "api:1.2"],
  [
    "words are no path",
    { ...folder, kind: "image" },
    "service db (compose.yaml:7)",
    "service db (compose.yaml:7)",
  ],
])("%s", (_, artifact, target, wanted) => {
  const result = scan({ artifact: { ...artifact, target } });
  const kept = remembered(result, "/srv/team/shop");
  expect(kept).toEqual({ ...result, artifact: { ...artifact, target: wanted } });
});

test("where a project names images is kept by whole paths, too", () => {
  const artifact = { ...folder, target: ".", namesImagesIn: ["compose.yaml", "/srv/k8s"] };
  const { namesImagesIn } = remembered(scan({ artifact }), "/srv/shop").artifact;
  expect(namesImagesIn).toEqual(["/srv/shop/compose.yaml", "/srv/k8s"]);
});
