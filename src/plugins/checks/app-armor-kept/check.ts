import type { Check } from "../../../stages/check/contract.ts";
import { pod, podWith } from "../shared/examples.ts";
import { usual } from "../shared/repairs.ts";
import { controls, Said } from "../shared/said.ts";

export const appArmorKept: Check = {
  id: "app-armor-kept",
  title: "no AppArmor profile is switched off",
  severity: "medium",
  why: "without its profile a container may mount, trace and write below /proc where the kernel would have refused",
  fix: "remove the profile or the annotation, or set RuntimeDefault or a profile of your own",
  controls: controls({
    "pss-baseline": ["AppArmor"],
    "cis-docker-1.6": ["5.2"],
    "nsa-kubernetes": ["AppArmor"],
  }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podWith({ appArmorProfile: { type: "Unconfined" } }),
      pod(
        {},
        { annotations: { "container.apparmor.security.beta.kubernetes.io/app": "unconfined" } },
      ),
      {
        format: "compose",
        document: { services: { app: { image: "app", security_opt: ["apparmor=unconfined"] } } },
      },
    ],
    good: [
      pod({}),
      podWith({ appArmorProfile: { type: "RuntimeDefault" } }),
      pod(
        {},
        { annotations: { "container.apparmor.security.beta.kubernetes.io/app": "localhost/mine" } },
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: (workload) => {
        const { annotations, security, containers } = workload;
        const said = new Said();
        const repair = usual(workload, "RuntimeDefault");
        for (const { container, value } of annotations.appArmor)
          said.of(
            null,
            value,
            (profile) =>
              isProfile(profile) ? null : `sets the AppArmor profile of ${container} to ${profile}`,
            usual(workload, "runtime/default"),
          );
        said.of(null, security.appArmor, unlessKept, repair);
        for (const container of containers)
          said.of(container, container.security.appArmor, unlessKept, repair);
        return said.all;
      },
    },
  ],
};

function isProfile(text: string): boolean {
  return text === "" || text === "runtime/default" || text.startsWith("localhost/");
}

function unlessKept(type: string): string | null {
  return type === "RuntimeDefault" || type === "Localhost"
    ? null
    : `has the AppArmor profile ${type}`;
}
