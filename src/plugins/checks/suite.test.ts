// What holds for every check: its examples are its tests.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { builtImage } from "../../formats/built-image.ts";
import { dockerfileBuild, isDockerfile } from "../../formats/dockerfile-build.ts";
import { edited } from "../../formats/edit/plain-edit.ts";
import { hostOf } from "../../formats/host/host.ts";
import { nodeFilesOf } from "../../formats/host/node-files.ts";
import { placesWanted } from "../../formats/host/places.ts";
import { imageSettings } from "../../formats/image-settings.ts";
import { isAction, isWorkflow, readAction, readWorkflow } from "../../formats/pipeline/github.ts";
import { readGitlab } from "../../formats/pipeline/gitlab.ts";
import { MergedUnit } from "../../formats/quadlet/merged.ts";
import { readClusterObjects } from "../../formats/workload/cluster-object.ts";
import { componentsOf, readComponentSettings } from "../../formats/workload/component.ts";
import { isComposeFile, readCompose } from "../../formats/workload/compose.ts";
import { isEngineDocument, readEngine } from "../../formats/workload/engine-inspect.ts";
import { engineInstance } from "../../formats/workload/engine-instance.ts";
import { isKubernetesObject, readKubernetes } from "../../formats/workload/kubernetes.ts";
import { paired } from "../../formats/workload/pairings.ts";
import { readQuadlet } from "../../formats/workload/quadlet.ts";
import { withSplices } from "../../kit/splice.ts";
import { clusterOf } from "../../model/cluster.ts";
import type { Host } from "../../model/host.ts";
import type { HostRecord } from "../../model/host-record.ts";
import type { Example, Fault, Subject } from "../../stages/check/contract.ts";
import { packs } from "../../stages/check/packs.data.ts";
import { checksOf, MINOR_VERSION_MAX } from "../../stages/check/packs.ts";
import { readied, runChecks } from "../../stages/check/run.ts";
import { checks } from "./index.ts";
import type { PairingDocument } from "./shared/pairing-examples.ts";

/** A record in which every file that is not named is not there. */
function completed(record: HostRecord): HostRecord {
  const more = placesWanted(record).map(({ path }) => [path, { kind: "absent" }] as const);
  if (more.length === 0) return record;
  return completed({ ...record, files: { ...Object.fromEntries(more), ...record.files } });
}

function pairingsIn({ compose, containers, image, named }: PairingDocument): Subject[] {
  const declared = compose === null ? [] : readCompose(compose, () => undefined);
  const services = declared.map((workload) => ({ workload, file: "", project: "shop" }));
  const running = containers.flatMap((document, i) => {
    const instance = engineInstance({ name: `shop-app-${i + 1}`, document, image, named });
    return instance === null ? [] : [instance];
  });
  return paired(services, running).map(({ pairing }) => pairing);
}

function subjectsOf({ format, document }: Example): Subject[] {
  if (format === "github-workflow") {
    expect(isWorkflow(document)).toBe(true);
    return [readWorkflow(document)];
  }
  if (format === "gitlab-ci") return [readGitlab(document)];
  if (format === "github-action") {
    expect(isAction(document)).toBe(true);
    return [readAction(document)];
  }
  if (format === "dockerfile") {
    expect(isDockerfile(String(document))).toBe(true);
    return [dockerfileBuild(String(document))];
  }
  if (format === "quadlet") {
    const sources = [{ path: "app.container", text: String(document) }];
    const container = new MergedUnit("app.container", sources, new Map());
    return [readQuadlet({ container, pod: null, beside: () => null, isRootful: true })];
  }
  if (format === "host") {
    // What advisories say of it is no part of what was seen of it.
    const { flaws, ...record } = document as HostRecord & Partial<Pick<Host, "flaws">>;
    const host = hostOf(completed(record));
    return [flaws === undefined ? host : { ...host, flaws }, ...nodeFilesOf(host.record)];
  }
  if (format === "pairing") return pairingsIn(document as PairingDocument);
  if (format === "image") {
    const { config, history } = document as { config: unknown; history: readonly string[] };
    return [builtImage({ settings: imageSettings(config), history })];
  }
  if (format === "cluster")
    return [clusterOf([...readKubernetes(document), ...readClusterObjects(document)])];
  if (format === "component")
    return [...componentsOf(readKubernetes(document)), ...readComponentSettings(document)];
  if (format === "kubernetes") {
    expect(isKubernetesObject(document)).toBe(true);
    return [...readKubernetes(document), ...readClusterObjects(document)];
  }
  expect(format === "compose" ? isComposeFile(document) : isEngineDocument(document)).toBe(true);
  return format === "compose" ? readCompose(document, () => undefined) : readEngine(document);
}

type AnyCheck = (typeof checks)[number];

function faultsOf(check: AnyCheck, example: Example): readonly Fault[] {
  const ready = readied(check, example.version ?? MINOR_VERSION_MAX, example.settings);
  return subjectsOf(example).flatMap((subject) =>
    runChecks(subject, [ready]).flatMap(({ faults }) => faults),
  );
}

/** The example after the repairs of all of its faults. */
function repaired(check: AnyCheck, example: Example): Example {
  const edits = faultsOf(check, example).flatMap(({ repair }) => repair ?? []);
  const { document } = example;
  if (typeof document === "string") {
    const splices = edits.filter((edit) => edit.kind === "text");
    return { ...example, document: withSplices(document, splices) };
  }
  const others = edits.filter((edit) => edit.kind !== "text");
  return { ...example, document: edited(document, others) };
}

function answersTo(check: (typeof checks)[number], example: Example): string[] {
  const ready = readied(check, example.version ?? MINOR_VERSION_MAX, example.settings);
  return subjectsOf(example).flatMap((workload) =>
    runChecks(workload, [ready]).map(({ answer }) => answer),
  );
}

describe.each(checks.map((check) => [check.id, check] as const))("%s", (_, check) => {
  test.each(check.examples.bad)("finds its bad example %#", (example) => {
    expect(answersTo(check, example)).toEqual(["fault"]);
  });

  test.each(check.examples.good)("passes its good example %#", (example) => {
    expect(answersTo(check, example)).toEqual(["pass"]);
  });

  test.each(check.examples.bad)("has repairs that do away with what they are for %#", (example) => {
    const left = faultsOf(check, example).filter(({ repair }) => repair === undefined);
    expect(faultsOf(check, repaired(check, example)).map(({ state }) => state)).toEqual(
      left.map(({ state }) => state),
    );
  });

  test("has different examples, rising versions from 0, and no full stops", () => {
    const documents = [...check.examples.bad, ...check.examples.good].map((e) => JSON.stringify(e));
    expect(new Set(documents).size).toBe(documents.length);
    const from = check.versions.map((version) => version.from);
    expect([from[0], from]).toEqual([0, [...new Set(from)].sort((a, b) => a - b)]);
    expect([check.title, check.why, check.fix].filter((text) => /\.$/.test(text))).toEqual([]);
  });
});

test("every pack names checks that there are, in order, and each once in every version", () => {
  for (const pack of packs) {
    const named = pack.entries.map(({ check }) => check);
    expect(named).toEqual([...named].sort());
    for (let version = 0; version <= MINOR_VERSION_MAX; version += 1) {
      const ids = checksOf({ pack, version }, checks).map(({ check }) => check.id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  }
});

/** Objects of the right names with anything for values. */
const NAMES = fc.constantFrom(
  ..."apiVersion kind metadata name annotations spec template containers initContainers securityContext capabilities add drop volumes hostPath path ports hostPort env value image os privileged hostPID runAsNonRoot runAsUser seccompProfile type seLinuxOptions sysctls livenessProbe httpGet host services cap_add security_opt environment user HostConfig Config Mounts Env Binds items on jobs steps uses run with env if script variables include image allow_failure needs permissions runs using secrets __proto__ constructor".split(
    " ",
  ),
);
const ANYTHING = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "medium" },
    fc.constantFrom(
      null,
      true,
      false,
      0,
      1,
      -1,
      "",
      "x",
      "Pod",
      "List",
      "Deployment",
      "host",
      "${X}",
      "{{ .x }}",
      "${{ github.event.issue.title }}",
      "actions/checkout@v4",
    ),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(NAMES, tie("value"), { maxKeys: 8 }),
  ),
})).value;

const KINDS = [
  ["v1", "Service"],
  ["v1", "ConfigMap"],
  ["v1", "Namespace"],
  ["networking.k8s.io/v1", "Ingress"],
  ["networking.k8s.io/v1", "NetworkPolicy"],
  ["rbac.authorization.k8s.io/v1", "Role"],
] as const;

test("no reader and no check throws, whatever the object, and nothing that is unknown passes", () => {
  const ready = checks.flatMap((check) => [readied(check, 0), readied(check, MINOR_VERSION_MAX)]);
  fc.assert(
    fc.property(ANYTHING, (value) => {
      const pod = { apiVersion: "v1", kind: "Pod", spec: value };
      const subjects = [
        readWorkflow(value),
        readAction(value),
        readGitlab(value),
        readGitlab({ build: value, include: value, variables: value }),
        readWorkflow({ on: "issues", jobs: { build: value } }),
        ...KINDS.flatMap(([apiVersion, kind]) =>
          readClusterObjects({ apiVersion, kind, metadata: value, spec: value, rules: value }),
        ),
        ...readKubernetes(value),
        ...readKubernetes(pod),
        ...componentsOf(readKubernetes(pod)),
        ...readComponentSettings(value),
        ...readComponentSettings({ kubeletconfig: value }),
        ...readCompose({ services: { app: value } }, () => undefined),
        ...readEngine(value),
      ];
      for (const subject of subjects) {
        for (const { answer } of runChecks(subject, ready))
          if (subject.gaps.length > 0) expect(answer).not.toBe("pass");
      }
    }),
    { numRuns: 300 },
  );
});

const DOCKERFILE_LINE = fc
  .tuple(
    fc.constantFrom(
      ..."FROM ARG ENV RUN COPY ADD USER EXPOSE WORKDIR VOLUME CMD ENTRYPOINT HEALTHCHECK SHELL ONBUILD LABEL # x".split(
        " ",
      ),
    ),
    fc.array(
      fc.oneof(
        fc.constantFrom(
          ...'a ${A} $A A=$A A=1 B=${A:-$A} AS --from=a --chmod=777 [ "x" ] root 22 ; | & && || ( ) $( ` <<E E " \' \\ { } if then fi sh -c bash curl apt-get install update sudo /bin/sh chmod'.split(
            " ",
          ),
        ),
        fc.string({ unit: "binary", maxLength: 6 }),
      ),
      { maxLength: 8 },
    ),
  )
  .map(([keyword, words]) => `${keyword} ${words.join(" ")}`);

test("no check of builds throws, whatever the Dockerfile, and none passes what has gaps", () => {
  const ready = checks.map((check) => readied(check, MINOR_VERSION_MAX));
  fc.assert(
    fc.property(fc.array(DOCKERFILE_LINE, { maxLength: 10 }), (lines) => {
      const subject = dockerfileBuild(lines.join("\n"));
      for (const { answer } of runChecks(subject, ready))
        if (subject.gaps.length > 0) expect(answer).not.toBe("pass");
    }),
    { numRuns: 500 },
  );
});
