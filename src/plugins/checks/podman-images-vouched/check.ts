import type { Check } from "../../../stages/check/contract.ts";
import { file, host } from "../shared/host-examples.ts";
import { HostSaid } from "../shared/host-said.ts";

const PODMAN = { kind: "file", uid: 0, gid: 0, mode: 0o755 } as const;
const withPolicy = (policy: unknown): ReturnType<typeof host> =>
  host({ "/usr/bin/podman": PODMAN, "/etc/containers/policy.json": file(JSON.stringify(policy)) });

export const podmanImagesVouched: Check = {
  id: "podman-images-vouched",
  title: "Podman takes only images that somebody vouches for",
  severity: "low",
  why: "an image that was changed in its registry runs without a word",
  fix: "set default to reject in /etc/containers/policy.json, and add the registries that you use with the keys that sign there",
  controls: [],
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [withPolicy({ default: [{ type: "insecureAcceptAnything" }] })],
    good: [withPolicy({ default: [{ type: "reject" }], transports: {} })],
  },
  versions: [
    {
      from: 0,
      run: ({ podman }) => {
        if (podman === null || podman.policy.state === "absent") return "not-applicable";
        const said = new HostSaid();
        const { policy } = podman;
        if (policy.state === "unknown") said.doubt(policy);
        else if (acceptsAll(policy.value["default"]))
          said.fault(policy.at, "Podman takes images that nobody signed (insecureAcceptAnything)");
        return said.all;
      },
    },
  ],
};

function acceptsAll(rules: unknown): boolean {
  const isAny = (rule: unknown): boolean =>
    (rule as { type?: unknown } | null)?.type === "insecureAcceptAnything";
  return Array.isArray(rules) && rules.some(isAny);
}
