import { readFileSync, writeFileSync } from "node:fs";
import { openAdmission } from "../src/app/admission.ts";
import { answerReview } from "../src/app/answer-review.ts";

writeFileSync("/tmp/gcx/policy.yaml", "policy: bench\npacks: [pss-restricted]\n");
const around = {
  env: { HOME: "/tmp/gcx" },
  signal: new AbortController().signal,
  progress: () => undefined,
  warn: () => undefined,
};
const admission = await openAdmission(
  {
    policy: "/tmp/gcx/policy.yaml",
    trust: null,
    exceptions: null,
    overrides: { files: [], keys: [] },
    offline: false,
    platform: null,
  } as never,
  around as never,
);
const body = readFileSync("/tmp/gcx/review.json");
const settings = { mode: "enforce", excluded: new Set<string>() } as never;
const t = process.cpuUsage();
const N = Number(process.env["N"] ?? 20000);
for (let i = 0; i < N; i += 1) {
  const r = answerReview(Buffer.from(body), { admission, settings });
  if (r instanceof Promise) throw new Error("p");
}
const u = process.cpuUsage(t);
console.log("us/review", (u.user + u.system) / N);
