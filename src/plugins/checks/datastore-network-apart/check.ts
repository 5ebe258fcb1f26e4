import type { Check } from "../../../stages/check/contract.ts";
import { datastoreIn } from "../shared/datastores.ts";
import { controls, Said } from "../shared/said.ts";

/** A service beside the one that serves the world, with these members. */
function beside(service: object, networks: object = {}): Check["examples"]["bad"][0] {
  const document = { services: { db: { image: "postgres:17", ...service } }, networks };
  return { format: "compose", document };
}

export const datastoreNetworkApart: Check = {
  id: "datastore-network-apart",
  title: "a datastore has a network that only its users are on",
  severity: "medium",
  why: "whoever takes any service of the file talks to the datastore, and from there reaches the internet",
  fix: "give the datastore and what uses it a network of their own, with internal: true",
  controls: controls({ "cis-docker-1.6": ["5.30"], attack: ["T1046"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  aspects: {
    shared: {},
    outside: { severity: "low" },
  },
  examples: {
    bad: [
      beside({}),
      beside({ networks: ["default"] }),
      beside({ networks: ["data"] }, { data: {} }),
      beside({ networks: { data: {}, default: {} } }, { data: { internal: true } }),
    ],
    good: [
      beside({ networks: ["data"] }, { data: { internal: true } }),
      beside({ network_mode: "none" }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, containers: [container], networks, host, at }) => {
        if (platform !== "compose" || container === undefined) return "not-applicable";
        const { image } = container;
        const store = datastoreIn(image);
        if (store === null) return "not-applicable";
        const said = new Said();
        const hasOtherMode = host.network.state !== "absent";
        const common = networks.find(({ name }) => name === "default");
        const unsaid = image.state === "known" ? image.at : at;
        if (common !== undefined || (networks.length === 0 && !hasOtherMode))
          said.fault(common?.at ?? unsaid, `${store} is on the network of all services`, {
            aspect: "shared",
          });
        for (const { name, at: joined, isInternal } of networks)
          if (name !== "default")
            said.switched(
              isInternal,
              joined,
              `${store} reaches the outside through network ${name}`,
              "outside",
            );
        return said.all;
      },
    },
  ],
};
