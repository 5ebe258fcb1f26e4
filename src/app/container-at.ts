import type { Container } from "../model/container.ts";

/** The container whose cgroup has this path; null for a cgroup of the host. */
export function containerAt(path: string): Container | null {
  const id = /[0-9a-f]{64}/.exec(path)?.[0];
  if (id === undefined || path.includes("conmon")) return null;
  return {
    id,
    engine: "unknown",
    name: null,
    image: null,
    labels: {},
    isPrivileged: null,
    pod: null,
    startedAt: null,
  };
}
