import { firstOf } from "../../../kit/phrase.ts";
import type { Pairing, RunningImage } from "../../../model/pairing.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { pairing } from "../shared/pairing-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const oneDigestPerService: Check = {
  id: "one-digest-per-service",
  title: "all containers of one service run the same image",
  severity: "medium",
  why: "one name stands for several programs: a scan or a signature of one of them says nothing of the others, and an update reached only some",
  fix: "deploy the service again, by digest",
  controls: controls({ attack: ["T1525"] }),
  needs: [],
  state: "trial",
  appliesTo: "pairing",
  examples: {
    bad: [
      pairing({ image: "registry.example/app:1.2" }, [
        { Image: `sha256:${"a".repeat(64)}` },
        { Image: `sha256:${"b".repeat(64)}` },
      ]),
    ],
    good: [
      pairing({ image: "registry.example/app:1.2" }, [
        { Image: `sha256:${"a".repeat(64)}` },
        { Image: `sha256:${"a".repeat(64)}` },
      ]),
    ],
  },
  versions: [
    {
      from: 0,
      run: (pair) => {
        if (pair.instances.length < 2) return "not-applicable";
        const said = new Said();
        for (const [container, users] of usersOf(pair)) {
          if (users.size < 2) continue;
          const told = [...users].map(([id, names]) => `${short(id)} in ${firstOf(names, 3)}`);
          said.fault(
            placeOf(pair, container),
            `it runs ${users.size} images: ${firstOf(told, 4)}`,
            {
              container,
            },
          );
        }
        return said.all;
      },
    },
  ],
};

/** Which instances have which image, by container; those of which nobody tells are left out. */
function usersOf({ instances }: Pairing): Map<string, Map<string, string[]>> {
  const isOneHost = instances.every(({ workload }) => workload.platform !== "kubernetes");
  const containers = new Map<string, Map<string, string[]>>();
  for (const { name, images } of instances) {
    for (const [container, image] of images) {
      const id = identityOf(image);
      if (id === null) continue;
      const key = isOneHost ? "" : container;
      const users = containers.get(key) ?? new Map<string, string[]>();
      users.set(id, [...(users.get(id) ?? []), name]);
      containers.set(key, users);
    }
  }
  return containers;
}

function identityOf({ id, digests }: RunningImage): string | null {
  return id ?? digests[0] ?? null;
}

function placeOf({ declared, instances }: Pairing, container: string): string {
  if (declared === null) return instances[0]?.workload.at ?? "";
  const { containers } = declared;
  const own = containers.find(({ name }) => name === container) ?? containers[0];
  return own?.image.state === "known" ? own.image.at : declared.at;
}

function short(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}
