import type { Check } from "../../../stages/check/contract.ts";
import { pod, podWith } from "../shared/examples.ts";
import { controls, isWindows, Said, withoutSetting } from "../shared/said.ts";

export const appArmorSet: Check = {
  id: "app-armor-set",
  title: "a pod says which AppArmor profile confines it",
  severity: "low",
  why: "a profile is what still holds when the program or a capability is abused: it names the files and mounts that are out of reach",
  fix: "set securityContext.appArmorProfile.type: RuntimeDefault",
  controls: controls({ "nsa-kubernetes": ["AppArmor"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [pod({}), podWith({ appArmorProfile: { type: "Unconfined" } })],
    good: [
      podWith({ appArmorProfile: { type: "RuntimeDefault" } }),
      pod({ securityContext: { appArmorProfile: { type: "Localhost", localhostProfile: "app" } } }),
      pod(
        {},
        {
          annotations: { "container.apparmor.security.beta.kubernetes.io/app": "runtime/default" },
        },
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: (workload) => {
        const { platform, security, containers, annotations } = workload;
        if (platform !== "kubernetes" || isWindows(workload)) return "not-applicable";
        const said = new Said();
        const annotated = new Set(annotations.appArmor.map(({ container }) => container));
        const isSet = (type: string): string | null =>
          type === "Unconfined" ? "is confined by no AppArmor profile" : null;
        said.of(null, security.appArmor, isSet);
        for (const container of containers) said.of(container, container.security.appArmor, isSet);
        for (const { value } of annotations.appArmor)
          said.of(null, value, (profile) =>
            profile === "unconfined" ? "is confined by no AppArmor profile" : null,
          );
        const silent = withoutSetting(workload, (c) => c.security.appArmor, security.appArmor);
        said.lackInAll(
          workload,
          silent.filter(({ name }) => !annotated.has(name)),
          "no AppArmor profile is set",
        );
        return said.all;
      },
    },
  ],
};
