// Every fixture of Pod Security, answered by pack and version. Upstream writes one file for each pod that must pass or fail.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { readObjectFile } from "../../formats/object-file.ts";
import { readKubernetes } from "../../formats/workload/kubernetes.ts";
import { checksOf, parsePackName } from "../../stages/check/packs.ts";
import { runChecks } from "../../stages/check/run.ts";
import { checks } from "./index.ts";

const ROOT = sharedPath("fixtures/admission/pod-security");
const VERSIONS = ["v1.0", "v1.19", "v1.24", "v1.29", "v1.34", "v1.36"];

/** The checks of which one must find the fault, by upstream's name for theirs. */
const CHECKS: Readonly<Record<string, readonly string[]>> = {
  allowprivilegeescalation: ["no-privilege-escalation"],
  apparmorprofile: ["app-armor-kept"],
  capabilities_baseline: ["no-added-capabilities", "drop-all-capabilities"],
  capabilities_restricted: ["drop-all-capabilities"],
  hostnamespaces: ["no-host-namespaces"],
  hostpathvolumes: ["no-host-path", "restricted-volumes"],
  hostports: ["no-host-ports"],
  hostprobesandhostlifecycle: ["no-host-probes"],
  privileged: ["no-privileged"],
  procmount: ["proc-mount-default", "proc-mount-always-default"],
  procmount_restricted: ["proc-mount-always-default"],
  restrictedvolumes: ["restricted-volumes"],
  runasnonroot: ["run-as-non-root"],
  runasuser: ["run-as-user-not-root"],
  seccompprofile_baseline: ["seccomp-kept", "seccomp-set"],
  seccompprofile_restricted: ["seccomp-set"],
  selinuxoptions: ["se-linux-usual"],
  sysctls: ["safe-sysctls"],
  windowshostprocess: ["no-windows-host-process"],
};

/** What the pack says against the only workload of an object. */
function saidOf(document: unknown, pack: string): string[] {
  const ready = checksOf(parsePackName(pack), checks);
  const workloads = readKubernetes(document);
  expect(workloads).toHaveLength(1);
  return workloads
    .flatMap((workload) => runChecks(workload, ready))
    .filter(({ answer }) => answer !== "pass" && answer !== "not-applicable")
    .map(({ check, answer }) => (answer === "fault" ? check.id : `${check.id} ${answer}`));
}

/** The pod, and a Deployment of it: upstream asks both. */
function objectsOf(file: string): object[] {
  const [pod] = readObjectFile(readFileSync(file), file).documents;
  const { metadata, spec } = pod as { metadata: object; spec: object };
  const deployment = { kind: "Deployment", spec: { template: { metadata, spec } } };
  return [pod as object, deployment];
}

function isRight(verdict: string, name: string, said: readonly string[]): boolean {
  if (verdict === "pass") return said.length === 0;
  const wanted = CHECKS[name.replace(/\d*\.yaml$/, "")] ?? [];
  return said.some((id) => wanted.includes(id));
}

describeShared("Pod Security fixtures", () => {
  test.each(
    ["baseline", "restricted"].flatMap((level) =>
      VERSIONS.flatMap((version) => [
        [level, version, "pass"] as const,
        [level, version, "fail"] as const,
      ]),
    ),
  )("pss-%s@%s: those that must %s do", (level, version, verdict) => {
    const folder = join(ROOT, level, version, verdict);
    const names = readdirSync(folder);
    expect(names.length).toBeGreaterThan(8);
    const wrong = names.flatMap((name) =>
      objectsOf(join(folder, name))
        .map((object) => saidOf(object, `pss-${level}@${version}`))
        .filter((said) => !isRight(verdict, name, said))
        .map((said) => `${name}: ${said.join(", ")}`),
    );
    expect(wrong).toEqual([]);
  });
});
