import type { Check, Example } from "../../../stages/check/contract.ts";
import { controls, Said } from "../shared/said.ts";

function on(net: object): Example {
  const services = { app: { image: "registry.example/app:1.2", networks: ["net"] } };
  return { format: "compose", document: { services, networks: { net } } };
}

export const overlayEncrypted: Check = {
  id: "overlay-encrypted",
  title: "traffic between the nodes of a swarm is encrypted",
  severity: "medium",
  why: "an overlay carries what containers say to each other in the clear, and whoever is on the way between two nodes reads and changes it",
  fix: "set driver_opts encrypted for the network, where the nodes are not joined by an encrypted tunnel",
  controls: controls({ "cis-docker-1.6": ["7.3"], attack: ["T1040"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      on({ driver: "overlay" }),
      on({ driver: "overlay", driver_opts: { encrypted: "false" } }),
    ],
    good: [
      on({ driver: "overlay", driver_opts: { encrypted: "" } }),
      on({ driver: "overlay", driver_opts: { encrypted: "true" } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ networks }) => {
        const overlays = networks.filter(
          ({ driver }) => driver.state === "known" && driver.value === "overlay",
        );
        if (overlays.length === 0) return "not-applicable";
        const said = new Said();
        for (const { name, driver, isEncrypted } of overlays) {
          const at = driver.state === "known" ? driver.at : "";
          said.switched(isEncrypted, at, `the overlay network ${name} is not encrypted`);
        }
        return said.all;
      },
    },
  ],
};
