// Volumes as they are declared and as they are mounted.
import type { Fact } from "../../../kit/fact.ts";
import { cleanPath } from "../../../kit/host-path.ts";
import type { Volume } from "../../../model/workload.ts";

export function isWritable({ readOnly }: Volume["mounts"][number]): boolean {
  return !(readOnly.state === "known" && readOnly.value);
}

/** What engines call volumes that nobody named, and the API server those of accounts' tokens. */
const UNNAMED = /^(?:[0-9a-f]{64}|kube-api-access-.*|.*-token-[a-z0-9]{5})$/;

export function isNamed(name: string, hostPath: Fact<string>): boolean {
  return hostPath.state === "known" || (name !== "" && !UNNAMED.test(name));
}

/** Compose puts the project before the names of its volumes. */
export function isSameVolume(declared: Volume, running: Volume): boolean {
  const [path, other] = [declared.hostPath, running.hostPath];
  if (path.state === "known" || other.state === "known")
    return (
      path.state === "known" &&
      other.state === "known" &&
      cleanPath(path.value) === cleanPath(other.value)
    );
  return running.name === declared.name || running.name.endsWith(`_${declared.name}`);
}

export function volumeText({ name, hostPath }: Volume): string {
  return hostPath.state === "known" ? `the host's ${cleanPath(hostPath.value)}` : `volume ${name}`;
}
