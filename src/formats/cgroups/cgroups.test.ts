import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeShared, sharedPath } from "../../../test/shared.ts";
import { containersOfProcess } from "./cgroup-file.ts";
import { containersOfCgroup } from "./container-cgroup.ts";

const A = "a1".repeat(32);
const B = "b2".repeat(32);
const ids = (path: string): string[] => containersOfCgroup(path).map(({ id }) => id);

describeShared("paths of cgroups, as Falco's test reads them", () => {
  interface Row {
    readonly name: string;
    readonly cgroup: string;
    readonly container_id: string | null;
  }
  const rows = JSON.parse(
    readFileSync(
      sharedPath("fixtures/runtime/container-matchers/cgroup_container_id.json"),
      "utf8",
    ),
  ) as readonly Row[];

  test("are all there", () => expect(rows).toHaveLength(32));

  test.each(rows)("$name", ({ cgroup, container_id }) => {
    expect(ids(cgroup)[0]?.slice(0, 12) ?? null).toBe(container_id);
    expect(containersOfProcess(`0::${cgroup}\n`)[0]?.id.slice(0, 12) ?? null).toBe(container_id);
  });
});

describe("a path of a cgroup", () => {
  test.each([
    [`/docker/${A}`, "docker"],
    [`/system.slice/docker-${A}.scope`, "docker"],
    [`/system.slice:docker:${A}`, "docker"],
    [`/actions_job/${A}`, "docker"],
    [`/kubepods/burstable/pod0e1f/${A}`, "containerd"],
    [`/kubepods.slice/kubepods-pod0e1f.slice/cri-containerd-${A}.scope`, "containerd"],
    [`/kubepods.slice/kubepods-pod0e1f.slice/docker-${A}.scope`, "docker"],
    [`/kubepods.slice/kubepods-pod0e1f.slice/crio-${A}.scope`, "cri-o"],
    [`/libpod_parent/libpod-${A}`, "podman"],
    [`/machine.slice/libpod-${A}.scope/container`, "podman"],
    [`/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-${A}.scope`, "podman"],
    [`/system.slice/nerdctl-${A}.scope`, "nerdctl"],
    ["/lxc/web", "lxc"],
    ["/lxc.payload/web", "lxc"],
    ["/lxc.payload.web/init.scope", "lxc"],
    [`/my-parent/${A}`, "unknown"],
    [`/docker/${A}/init.scope/deeper`, "docker"],
    [`/../../docker/${A}`, "docker"],
  ])("%s is of %s", (path, runtime) => {
    expect(containersOfCgroup(path)[0]).toMatchObject({ runtime, isCertain: true });
  });

  test.each([
    "",
    "/",
    "/init.scope",
    "/system.slice/cron.service",
    "/system.slice/docker.service",
    "/user.slice/user-0.slice/session-1.scope",
    `/machine.slice/libpod-conmon-${A}.scope`,
    `/kubepods.slice/crio-conmon-${A}.scope`,
    "/lxc.monitor.web",
    "/lxc.monitor/web",
    `/docker/${A}0`,
    `/docker/${A.toUpperCase()}`,
    `/system.slice/docker-${A}.mount`,
    "/a/b/c",
    "/../x",
    `/${"x".repeat(5000)}/${A}`,
  ])("%s is of the host", (path) => expect(ids(path)).toEqual([]));

  test("may lie in several containers, the innermost first", () => {
    expect(ids(`/docker/${A}/docker/${B}`)).toEqual([B, A]);
    expect(ids(`/docker/${A}/machine.slice/libpod-conmon-${B}.scope`)).toEqual([A]);
  });

  test("of two parts may be containerd's, and says that it is not certain", () => {
    expect(containersOfCgroup("/default/web")).toEqual([
      { runtime: "containerd", id: "web", namespace: "default", isCertain: false },
    ]);
  });
});

describe("/proc/PID/cgroup", () => {
  test("of version 1, 2 and hybrid hosts", () => {
    const v1 = `12:pids:/docker/${A}\n11:cpu,cpuacct:/docker/${A}\n1:name=systemd:/docker/${A}\n`;
    for (const text of [v1, `0::/docker/${A}\n`, `${v1}0::/system.slice/containerd.service\n`])
      expect(containersOfProcess(text)).toMatchObject([{ runtime: "docker", id: A }]);
  });

  test("a name that only may be a container's never outdoes one that is", () => {
    const text = `5:memory:/agents/one\n4:cpu:/docker/${A}\n`;
    expect(containersOfProcess(text)).toMatchObject([{ id: A }]);
    expect(containersOfProcess("5:memory:/agents/one\n0::/\n")).toMatchObject([
      { id: "one", isCertain: false },
    ]);
  });

  test("of a cgroup that is gone", () => {
    expect(containersOfProcess(`0::/docker/${A} (deleted)\n`)).toMatchObject([{ id: A }]);
  });

  test("of a path with colons", () => {
    expect(containersOfProcess(`0::/kubepods.slice:cri-containerd:${A}\n`)).toMatchObject([
      { runtime: "containerd", id: A },
    ]);
  });

  test("anything else tells nothing, at once", () => {
    const hostile = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      fc
        .array(
          fc.constantFrom("docker", A, B, ":", "/", "-", ".scope", "libpod-", "\n", "0::", ".."),
        )
        .map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const found = containersOfProcess(text);
        expect(found.length).toBeLessThanOrEqual(8);
        for (const { id } of found) expect(text).toContain(id);
      }),
    );
    const before = performance.now();
    containersOfProcess(`0::${"/docker-a:".repeat(20_000)}\n`);
    containersOfProcess(`0::${`/${A}`.repeat(60)}\n`.repeat(50_000));
    expect(performance.now() - before).toBeLessThan(1000);
  });

  test("an id of a container is found whatever its process made below", () => {
    const part = fc.stringMatching(/^[a-z.:_-]{1,20}$/);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (below) => {
        const path = [`/docker/${A}`, ...below].join("/");
        expect(containersOfCgroup(path).at(-1)?.id).toBe(A);
      }),
    );
  });
});
