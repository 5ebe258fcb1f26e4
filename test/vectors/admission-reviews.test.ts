// Other people's objects as the API server would ask about them: the webhook answers as `bulwark check` does.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { reviewFile } from "../../src/app/admit-review.ts";
import { runCheck } from "../../src/app/check.ts";
import { readObjectFile } from "../../src/formats/object-file.ts";
import { AppError } from "../../src/kit/error.ts";
import { describeShared, sharedPath } from "../shared.ts";

const home = mkdtempSync(join(tmpdir(), "bulwark-reviews-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const around = {
  env: { HOME: home },
  signal: new AbortController().signal,
  progress: () => undefined,
  warn: () => undefined,
};
const nobody = { files: [], keys: [] };
const plain = { trust: null, exceptions: null, overrides: nobody, offline: true, platform: null };

/** The same object in the form that the server sends, and on its way to other fields than a file has. */
function review(file: string): string {
  const [object] = readObjectFile(readFileSync(file), file).documents;
  const { kind, metadata } = object as { kind: string; metadata: { name: string } };
  const request = {
    uid: "1",
    kind: { group: "", version: "v1", kind },
    operation: "CREATE",
    name: metadata.name,
    object,
  };
  const path = join(home, "review.json");
  const whole = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request };
  writeFileSync(path, JSON.stringify(whole));
  return path;
}

describeShared("fixtures of Pod Security", () => {
  const root = sharedPath("fixtures/admission/pod-security");
  const folders = ["baseline", "restricted"].flatMap((level) =>
    readdirSync(join(root, level)).map((version) => [level, version] as const),
  );
  test.each(folders)("%s %s: a review and a file have one answer", async (level, version) => {
    const policy = `pss-${level}@${version}`;
    const differing: string[] = [];
    let count = 0;
    for (const verdict of ["pass", "fail"]) {
      for (const name of readdirSync(join(root, level, version, verdict))) {
        const file = join(root, level, version, verdict, name);
        const nothing = { threshold: null, exceptions: null, framework: null, before: null };
        const checking = { targets: [file], policy, ...nothing };
        const checked = await runCheck(checking, around);
        const asking = { ...plain, policy, file: review(file), mode: "enforce" } as const;
        const reviewed = await reviewFile(asking, around);
        const answers = [checked.verdict.outcome, checked.verdict.reasons, checked.exitCode];
        const same = [reviewed.outcome, reviewed.reasons, reviewed.exitCode];
        const isWanted = reviewed.response.allowed === (verdict === "pass");
        if (!isWanted || JSON.stringify(answers) !== JSON.stringify(same)) differing.push(name);
        count += 1;
      }
    }
    expect([differing, count > 20]).toEqual([[], true]);
  });
});

describeShared("reviews of Connaisseur's tests", () => {
  const root = sharedPath("fixtures/trust/connaisseur/test/testdata/admission_requests");
  const said = async (name: string): Promise<string> => {
    const asking = { ...plain, policy: "pss-baseline", file: join(root, name) };
    try {
      return (await reviewFile({ ...asking, mode: "enforce" }, around)).outcome;
    } catch (error) {
      return error instanceof AppError ? error.code : "internal";
    }
  };
  test("each is answered or refused", async () => {
    const names = readdirSync(root).sort();
    const outcomes = await Promise.all(names.map(async (name) => [name, await said(name)]));
    const others = Object.fromEntries(outcomes.filter(([, outcome]) => outcome !== "allow"));
    expect([names.length, others]).toEqual([29, OTHERS]);
  });
});

/** What is neither allowed nor denied begins nothing, changes nothing that runs, or is broken on purpose. */
const OTHERS = {
  "06_daemonset.json": "deny",
  "10_update.json": "passed",
  "11_role.json": "passed",
  "12_err_pod.json": "refused",
  "21_broken_admission_request.json": "refused",
  "25_null_request.json": "document-invalid",
  "26_broken_update_admission_request.json": "refused",
  "28_deleted_deployment_updated.json": "passed",
  "29_deleted_deployment_update_for_delete.json": "passed",
};
