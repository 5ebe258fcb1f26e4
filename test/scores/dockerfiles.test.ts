// The Dockerfiles that Trivy and KICS ship with their checks, and what they say of them.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { dockerfileBuild, dockerfilePlace } from "../../src/formats/dockerfile-build.ts";
import { checks } from "../../src/plugins/checks/index.ts";
import { readied, runChecks } from "../../src/stages/check/run.ts";
import { describeShared, sharedPath } from "../shared.ts";
import { readCatalogue } from "./catalogue.ts";
import { IMAGE_ROWS } from "./image-rows.data.ts";
import { type LabelledCase, scoreOf } from "./score.ts";

const HARDENING = sharedPath("fixtures/hardening");
const LOWEST = 0.97;

async function found(file: string, ids: readonly string[]): Promise<number[]> {
  const build = dockerfileBuild(readFileSync(`${HARDENING}/${file}`, "utf8"));
  const ready = checks.filter(({ id }) => ids.includes(id)).map((check) => readied(check, 0));
  return runChecks(build, ready).flatMap(({ faults }) =>
    faults.map(({ at }) => dockerfilePlace(at)?.line ?? 0),
  );
}

function ofTrivy(): LabelledCase[] {
  const manifest = JSON.parse(
    readFileSync(`${HARDENING}/trivy-checks/manifest.json`, "utf8"),
  ) as readonly { check: string; file: string; verdict: string }[];
  return manifest
    .filter(({ file }) => file.startsWith("docker/"))
    .map(({ check, file, verdict }) => {
      const path = `trivy-checks/${file}`;
      return { peer: `trivy:${check}`, file: path, wanted: verdict === "fail" };
    });
}

interface Expected {
  readonly line: number;
  readonly filename?: string;
  readonly fileName?: string;
}

function ofKics(): LabelledCase[] {
  const queries = readdirSync(`${HARDENING}/kics/dockerfile`).sort();
  return queries.flatMap((query) => {
    const folder = `kics/dockerfile/${query}/test`;
    const files = readdirSync(`${HARDENING}/${folder}`).sort();
    const results = `${HARDENING}/${folder}/positive_expected_result.json`;
    const expected = JSON.parse(readFileSync(results, "utf8")) as readonly Expected[];
    return files
      .filter((file) => !file.endsWith(".json"))
      .map((file): LabelledCase => {
        const isMeant = ({ filename, fileName }: Expected): boolean =>
          file.startsWith("positive") && (filename ?? fileName ?? file) === file;
        const wanted = expected.filter(isMeant).map(({ line }) => line);
        return { peer: `kics:${query}`, file: `${folder}/${file}`, wanted };
      });
  });
}

/** The catalogue counts these ("+7") instead of naming them. */
const ADDED = { "kics:unpinned_package_version_in_pip_install": "IMG-021" };

describeShared("checks of Dockerfiles", () => {
  test.each([
    ["trivy-dockerfiles", "Trivy's examples of Dockerfiles", ofTrivy],
    ["kics-dockerfiles", "KICS's queries of Dockerfiles", ofKics],
  ])("%s: precision and recall are 0.97 or more", async (id, name, cases) => {
    const scored = { name, cases: cases(), checks: IMAGE_ROWS, added: ADDED, found };
    const { precision, recall, text } = await scoreOf(readCatalogue(), scored);
    await expect(text).toMatchFileSnapshot(`./${id}.md`);
    expect(precision).toBeGreaterThanOrEqual(LOWEST);
    expect(recall).toBeGreaterThanOrEqual(LOWEST);
  });
});
