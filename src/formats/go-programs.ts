// Programs that are written in Go, as the modules by whose names their projects publish advisories.
import type { Package } from "../model/package.ts";

export type GoProgram = "Docker" | "containerd" | "runc" | "Podman" | "CRI-O" | "Kubernetes";

/** @param number `1.7.20`, `2.0.0-rc.1`: upstream's own, without a `v`. */
export function goProgram(
  program: GoProgram,
  number: string,
): Pick<Package, "type" | "name" | "version" | "purl"> {
  const module = moduleOf(program, Number(number.split(".")[0]));
  const plus = program === "Docker" && module.endsWith("/docker") ? "+incompatible" : "";
  const version = `v${number}${plus}`;
  const purl = `pkg:golang/${module}@${encodeURIComponent(version)}`;
  return { type: "golang", name: module, version, purl };
}

/** From its second version on a module of Go bears the version's number in its name. */
function moduleOf(program: GoProgram, major: number): string {
  switch (program) {
    case "Docker":
      return major >= 29 ? "github.com/moby/moby/v2" : "github.com/docker/docker";
    case "containerd":
      return major >= 2
        ? `github.com/containerd/containerd/v${major}`
        : "github.com/containerd/containerd";
    case "runc":
      return "github.com/opencontainers/runc";
    case "Podman":
      return major >= 2 ? `github.com/containers/podman/v${major}` : "github.com/containers/podman";
    case "CRI-O":
      return "github.com/cri-o/cri-o";
    case "Kubernetes":
      return "k8s.io/kubernetes";
  }
}
