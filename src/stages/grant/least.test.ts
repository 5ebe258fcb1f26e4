import { describe, expect, test } from "vitest";
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import type { ObservedContainer, ObservedEvent } from "../../model/observed.ts";
import type { Container } from "../../model/workload.ts";
import { leastContainer } from "./least-container.ts";
import { leastPatch } from "./least-patch.ts";
import { type ObservedUse, observedUses } from "./observed-use.ts";

const DAY = 86_400_000;
const WINDOW = {
  kind: "window",
  schema: "bulwark.dev/observed/v1",
  architecture: "amd64",
  from: 0,
  to: 14 * DAY,
} as const;

function copy(id: string, facts: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    kind: "container",
    repository: null,
    id,
    image: "sha256:a",
    platform: "kubernetes",
    namespace: "shop",
    workloadKind: "Deployment",
    workload: "web",
    name: "app",
    labels: { app: "web", "pod-template-hash": id },
    from: 0,
    to: 14 * DAY,
    sawStart: true,
    sawEnd: true,
    ...facts,
  };
}

function use(...events: readonly ObservedEvent[]): ObservedUse {
  const [first] = observedUses([WINDOW, ...events]).uses;
  if (first === undefined) throw new Error("nothing was seen");
  return first;
}

const of = (container: string) => ({ container, at: 1 });

describe("a recording", () => {
  test("is summed up over copies, by what they have in common", () => {
    const seen = use(
      copy("a", { to: 7 * DAY }),
      copy("b", { from: 6 * DAY, to: 13 * DAY, image: "sha256:b", sawEnd: false }),
      { kind: "capability", ...of("a"), name: "CHOWN", allowed: true },
      { kind: "capability", ...of("b"), name: "CHOWN", allowed: false },
      { kind: "capability", ...of("b"), name: "SYS_PTRACE", allowed: false },
      { kind: "syscall", ...of("b"), name: "read" },
      { kind: "loss", at: 3, count: 2 },
    );
    expect(seen).toMatchObject({
      images: ["sha256:a", "sha256:b"],
      labels: { app: "web" },
      coverage: { windowMs: 14 * DAY, observedMs: 13 * DAY, starts: 2, ends: 1, lost: 2 },
      capabilities: { used: ["CHOWN"], refused: ["SYS_PTRACE"] },
      syscalls: ["read"],
    });
  });

  test("counts events of containers that it does not introduce", () => {
    const { strangers } = observedUses([WINDOW, { kind: "syscall", ...of("x"), name: "read" }]);
    expect(strangers).toBe(1);
  });
});

function declared(privileged: Fact<boolean>, added: string[], dropped: string[]): Container {
  const facts = (names: string[]) => names.map((name) => known(name, ""));
  const security = {
    privileged,
    capabilitiesAdded: facts(added),
    capabilitiesDropped: facts(dropped),
  };
  return { security, ports: [] } as unknown as Container;
}

describe("where it listens, and what it declares", () => {
  const at = (protocol: "TCP" | "UDP", port: number) =>
    ({ kind: "listen", ...of("a"), protocol, port }) as const;
  const saying = (ports: readonly Fact<number>[]): Container => {
    return { ...declared(ABSENT, [], []), ports, namedPorts: [] } as Container;
  };
  const web = saying([known(80, ""), known(9090, "")]);
  test.each([
    [
      "what is not declared, and what was not seen",
      [at("TCP", 80), at("UDP", 9090)],
      web,
      "UDP 9090",
      "TCP 9090",
    ],
    ["nothing where both are the same", [at("TCP", 80), at("TCP", 9090)], web, "", ""],
    ["nothing where no listener was recorded", [], web, null, null],
    [
      "nothing where a port is not known",
      [at("TCP", 80)],
      saying([unknown("", "a text")]),
      null,
      null,
    ],
  ])("%s", (_, events, container, undeclared, unseen) => {
    const { ports } = leastContainer(use(copy("a"), ...events), container);
    const told = (all: readonly { protocol: string; port: number }[] | undefined) =>
      all?.map(({ protocol, port }) => `${protocol} ${port}`).join(", ") ?? null;
    expect([told(ports?.undeclared), told(ports?.unseen)]).toEqual([undeclared, unseen]);
  });
});

describe("what is granted and was not seen", () => {
  const seen = use(copy("a"), { kind: "capability", ...of("a"), name: "NET_RAW", allowed: true });
  test.each([
    [
      "all of what engines give, and what is added",
      declared(ABSENT, ["NET_ADMIN"], ["ALL"]),
      ["NET_ADMIN"],
    ],
    ["nothing when all is dropped", declared(ABSENT, ["NET_RAW"], ["ALL"]), []],
    ["everything of a privileged one", declared(known(true, ""), [], ["ALL"]), ["ALL"]],
    ["unknown where the declaration does not tell", declared(unknown("", "a text"), [], []), null],
  ])("is %s", (_, container, wanted) => {
    expect(leastContainer(seen, container).capabilities.unseen).toEqual(wanted);
  });

  test("begins with what engines give when nobody says otherwise", () => {
    const { unseen } = leastContainer(seen, declared(ABSENT, [], ["CHOWN"])).capabilities;
    expect(unseen).toHaveLength(12);
    expect(unseen).not.toContain("NET_RAW");
  });
});

test("what speaks against a proposal is said", () => {
  const short = { ...WINDOW, to: DAY };
  const [one] = observedUses([
    short,
    copy("a", { to: DAY / 2, sawEnd: false, sawStart: false }),
    { kind: "loss", at: 1, count: 1 },
  ]).uses;
  expect(one && leastContainer(one, null).doubts).toEqual([
    "1 events were lost",
    "it was recorded for less than 7 days",
    "it was looked at for a part of that time only",
    "it was never seen to start",
    "it was never seen to end",
    "no system calls were recorded",
  ]);
});

test("folders are as narrow as programs make them, and the image's own are not hidden", () => {
  const paths = [
    "/tmp/a/b",
    "/var/cache/nginx/x/y",
    "/var/cache/nginx/z",
    "/run/nginx.pid",
    "/etc/app/state",
    "/etc/app/deep/state",
  ];
  const seen = use(
    copy("a"),
    ...paths.map((path) => ({ kind: "write", ...of("a"), path }) as const),
  );
  expect(leastContainer(seen, null).folders).toEqual({
    scratch: ["/run", "/tmp", "/var/cache/nginx"],
    byHand: ["/etc/app"],
  });
});

describe("a patch", () => {
  const seen = use(copy("a"), { kind: "write", ...of("a"), path: "/tmp/x" });
  test("is merged into the object that it is of", () => {
    expect(leastPatch([leastContainer(seen, null)], () => "p.json").document).toEqual({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "shop" },
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: "app",
                securityContext: {
                  capabilities: { drop: ["ALL"] },
                  readOnlyRootFilesystem: true,
                  seccompProfile: { type: "Localhost", localhostProfile: "p.json" },
                },
                volumeMounts: [{ name: "app-tmp", mountPath: "/tmp" }],
              },
            ],
            volumes: [{ name: "app-tmp", emptyDir: {} }],
          },
        },
      },
    });
  });

  test("of a Compose service is a file that is laid over another", () => {
    const service = use(copy("a", { platform: "compose", namespace: null, name: "web" }), {
      kind: "capability",
      ...of("a"),
      name: "CHOWN",
      allowed: true,
    });
    expect(leastPatch([leastContainer(service, null)], () => "./p.json")).toEqual({
      form: "compose",
      document: {
        services: {
          web: {
            cap_drop: ["ALL"],
            cap_add: ["CHOWN"],
            security_opt: ["seccomp=./p.json"],
            read_only: true,
          },
        },
      },
    });
  });
});
