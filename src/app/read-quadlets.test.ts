// Quadlet units as files: drop-ins, what they refer to, and the units that Podman tests its own generator with.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it, test } from "vitest";
import { describeShared, sharedPath } from "../../test/shared.ts";
import { checks } from "../plugins/checks/index.ts";
import { told } from "../stages/check/findings.ts";
import { readied, runChecks } from "../stages/check/run.ts";
import { readSubjects } from "./read-subjects.ts";
import type { Surroundings } from "./surroundings.ts";

const around = { env: {}, signal: new AbortController().signal } as unknown as Surroundings;
const ready = checks.map((check) => readied(check, 37));

/** `check PATH:LINE:COLUMN`, and what could not be told as `check?` with its reason. */
async function findings(target: string): Promise<string[]> {
  const all: string[] = [];
  for await (const { subjects } of readSubjects([target], around))
    for (const one of subjects) {
      const answers = runChecks(one.subject, ready);
      const said = told([{ ...one, answers }]);
      for (const finding of said.findings) {
        if (finding.kind !== "config") continue;
        for (const { path, line, column } of finding.locations)
          all.push(`${finding.rule.id} ${path.slice(target.length + 1)}:${line}:${column}`);
      }
      all.push(...one.subject.gaps.map(({ why }) => `? ${why}`));
    }
  return all;
}

async function within<T>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-quadlet-"));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const HEAD = "[Container]\nImage=registry.example/app:1\n";
/** Nothing is to be said against it. */
const SOUND = `[Container]
Image=registry.example/app@sha256:${"0".repeat(64)}
User=1000
DropCapability=all
NoNewPrivileges=true
ReadOnly=true
Memory=256m
Volume=data.volume:/data
PublishPort=127.0.0.1:8080:80
UserNS=auto

[Service]
CPUQuota=50%
`;

/** Lines after the head, and the check with the place that must be among what is found. */
const FAULTS: readonly (readonly [string, string, number])[] = [
  ["PodmanArgs=--rm --privileged", "no-privileged", 12],
  ["PodmanArgs=--cap-add=SYS_ADMIN", "no-added-capabilities", 12],
  ["PodmanArgs=--security-opt seccomp=unconfined", "seccomp-kept", 12],
  ["PodmanArgs=-v /var/run/docker.sock:/s", "no-docker-socket", 12],
  ["AddCapability=CAP_NET_RAW CAP_SYS_PTRACE", "no-added-capabilities", 15],
  ["SeccompProfile=unconfined", "seccomp-kept", 16],
  ["Unmask=ALL", "proc-mount-always-default", 8],
  ["Network=host", "no-host-namespaces", 9],
  ["PodmanArgs=--pid=host", "no-host-namespaces", 12],
  ["UserNS=host", "no-host-namespaces", 8],
  ["PublishPort=80:80", "published-on-one-address", 13],
  ["Volume=%t/podman/podman.sock:/s", "no-docker-socket", 8],
  ["Volume=/etc:/host:ro", "no-sensitive-host-path", 8],
  ["Mount=type=bind,source=/,dst=/host", "no-sensitive-host-path", 7],
  ["AddDevice=/dev/kmsg", "no-devices", 11],
  ["ReadOnly=false", "read-only-root", 10],
  ["NoNewPrivileges=no", "no-privilege-escalation", 17],
  ["PidsLimit=-1", "resources-limited", 1],
  [
    "Environment=LEVEL=1 AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYzEXAMPLEKEY",
    "no-plain-secrets-in-env",
    13,
  ],
  ["Secret=db,type=env", "secrets-as-files", 8],
  ["AutoUpdate=registry\nImage=registry.example/app:2", "no-blind-updates", 12],
  ["Image=nginx:1", "image-names-registry", 7],
];

test("nothing is said against a sound unit", async () => {
  expect(await within({ "app.container": SOUND }, findings)).toEqual([]);
});

test.each(FAULTS)("%s is found by %s", async (line, check, column) => {
  const files = { "app.container": SOUND.replace("\n\n[Service]", `\n${line}\n\n[Service]`) };
  const found = await within(files, findings);
  const at = found.find((text) => text.startsWith(`${check} `));
  const where = column === 1 ? "1:1" : `11:${column}`;
  expect(at).toBe(`${check} app.container:${where}`);
});

test("a drop-in is in force, its faults stand in it, and one that takes back is heard", async () => {
  const files = {
    "app.container": `${SOUND}`,
    "app.container.d/10-more.conf": "[Container]\nPodmanArgs=--privileged\nAddDevice=/dev/kmsg\n",
    "app.container.d/20-less.conf": "[Container]\nAddDevice=\n",
    "container.d/10-more.conf": "[Container]\nNetwork=host\n",
    "container.d/30-all.conf": "[Container]\nUnmask=ALL\n",
  };
  expect((await within(files, findings)).sort()).toEqual([
    "no-privileged app.container.d/10-more.conf:2:12",
    "proc-mount-always-default container.d/30-all.conf:2:8",
  ]);
});

test("what a pod shares, and what a volume binds, is a container's own", async () => {
  const files = {
    "app.container": SOUND.replace("UserNS=auto", "Pod=all.pod").replace(
      "[Service]",
      "[Service]\n#",
    ),
    "all.pod": "[Pod]\nUserNS=auto\nNetwork=host\nPublishPort=81:81\n",
    "data.volume": "[Volume]\nDevice=/etc\nType=none\nOptions=bind\n",
  };
  expect((await within(files, findings)).sort()).toEqual([
    "no-host-namespaces all.pod:3:9",
    "no-host-path app.container:8:8",
    "no-sensitive-host-path app.container:8:8",
    "no-writable-host-path app.container:8:8",
    "published-on-one-address all.pod:4:13",
    "restricted-volumes app.container:8:8",
  ]);
});

test.each([
  ["[Container]\nExec=true\n", "Podman refuses the unit: it names neither Image nor Rootfs"],
  [`${HEAD}Pod=other.pod\n`, "Podman refuses the unit: other.pod is no unit of a pod beside it"],
  [`${HEAD}Privileged=true\n`, "Podman knows no key Privileged in [Container]"],
  [`${HEAD}ContainersConfModule=x.conf\n`, "what x.conf sets for the engine is not read"],
  [`${HEAD}word\n`, "the line is no section, no assignment and no comment"],
])("%j cannot be told", async (text, why) => {
  expect(await within({ "app.container": text }, findings)).toContain(`? ${why}`);
});

test.each([
  ["blank lines", `${"\n".repeat(1 << 20)}${HEAD}`],
  ["a name without an end", `${HEAD}Volume=${"a".repeat(1 << 20)}`],
  ["options without an end", `${HEAD}PodmanArgs=${"--a b ".repeat(1 << 17)}`],
])("a unit takes no longer than it is long: %s", async (_, text) => {
  expect(await within({ "app.container": text }, findings)).not.toEqual([]);
});

describeShared("hardening/podman/test/e2e/quadlet", () => {
  const folder = sharedPath("fixtures/hardening/podman/test/e2e/quadlet");
  /** `dependent.error` is refused where the unit that it depends on is missing, and here it is there. */
  const OTHERWISE = new Set(["dependent.error.container"]);
  const units = readdirSync(folder).filter(
    (name) => name.endsWith(".container") && !OTHERWISE.has(name),
  );

  it.each(units)("%s is refused if Podman refuses it, and only then", async (name) => {
    const path = join(folder, name);
    const refused: string[] = [];
    let subjects = 0;
    for await (const file of readSubjects([path], around))
      for (const { subject } of file.subjects) {
        subjects += 1;
        for (const { why } of subject.gaps)
          if (/refuses|knows no|the line/.test(why)) refused.push(why);
      }
    const isRefused = /^## assert-failed$/m.test(readFileSync(path, "utf8"));
    expect([subjects, refused.length > 0, refused]).toEqual([1, isRefused, refused]);
  });
});
