// How much of the processor a policy takes, in milliseconds: `node policy.mjs POLICY OBJECTS` loads a policy, asks its checks of
// every workload in a file, decides, and prints {"load": …, "decide": …}. Run in a process of its own: what is loaded lazily counts.
import { readFileSync } from "node:fs";
import { configuration, configurationFacts } from "../src/app/check.ts";
import { loadPolicy } from "../src/app/policy.ts";
import { readDocument } from "../src/app/read-document.ts";
import { readObjectFile } from "../src/formats/object-file.ts";
import { told } from "../src/stages/check/findings.ts";
import { runChecks } from "../src/stages/check/run.ts";
import { decide } from "../src/stages/decide/decide.ts";

const [policyPath = "", objectsPath = ""] = process.argv.slice(2);

function millis(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

const before = process.cpuUsage();
const policy = await loadPolicy(policyPath);
const { checks, question } = policy.checksAt("deploy");
const load = millis(before);

const file = readObjectFile(readFileSync(objectsPath), objectsPath);
const workloads = file.documents
  .flatMap((document) => readDocument(document, () => undefined))
  .filter((subject) => subject.form === "workload");
const artifact = configuration([objectsPath]);
const between = process.cpuUsage();
const answered = workloads.map((workload) => ({
  path: objectsPath,
  subject: workload,
  answers: runChecks(workload, checks),
  places: () => new Map(),
}));
const { findings, problems } = told(answered);
const { verdict } = decide(
  configurationFacts({ artifact, findings, problems, today: "2026-11-25" }),
  question,
);
const { rules } = policy.summary;
const asked = { rules, containers: workloads.flatMap(({ containers }) => containers).length };
console.log(JSON.stringify({ load, decide: millis(between), outcome: verdict.outcome, ...asked }));
