import type { Fact } from "../../../kit/fact.ts";
import type { Instance, Pairing, RunningImage } from "../../../model/pairing.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { isPinned } from "../shared/image-name.ts";
import { pairing } from "../shared/pairing-examples.ts";
import { controls, Said } from "../shared/said.ts";

const OLD = `sha256:${"a".repeat(64)}`;
const NEW = `sha256:${"b".repeat(64)}`;

export const tagNotMoved: Check = {
  id: "tag-not-moved",
  title: "the tag of what runs still names it",
  severity: "medium",
  why: "whoever looks at the tag looks at another image than the one that runs, and the next start runs something that nobody compared with it",
  fix: "find out why the tag was moved; deploy what ought to run, by digest",
  controls: controls({ attack: ["T1525"] }),
  needs: [],
  state: "trial",
  appliesTo: "pairing",
  examples: {
    bad: [pairing({ image: "registry.example/app:1.2" }, [{ Image: OLD }], { Id: NEW })],
    good: [pairing({ image: "registry.example/app:1.2" }, [{ Image: OLD }], { Id: OLD })],
  },
  versions: [
    {
      from: 0,
      run: (pair) => {
        const said = new Said();
        const tagged = pair.instances.flatMap((instance) => taggedIn(pair, instance));
        if (tagged.length === 0) return "not-applicable";
        const told = new Set<string>();
        for (const { at, name, image, who } of tagged) {
          const { id, nameHas, registryHas } = image;
          const by = `runs ${short(id ?? image.digests[0] ?? "")} (${who})`;
          const say = (place: string, now: string): void => {
            const state = `${name} is ${short(now)} ${place} by now, and it ${by}`;
            if (!told.has(state)) said.fault(at, state, { value: name });
            told.add(state);
          };
          if (nameHas.state === "known" && id !== null && nameHas.value !== id)
            say("on this host", nameHas.value);
          said.all.push(...registryDoubts(image, at));
          if (isMoved(registryHas, image.digests) && registryHas.state === "known")
            say("at its registry", registryHas.value);
        }
        return said.all;
      },
    },
  ],
};

interface Tagged {
  readonly at: string;
  readonly name: string;
  readonly image: RunningImage;
  readonly who: string;
}

/** What runs by a name that can be moved, and of which somebody has looked up what that means now. */
function taggedIn({ declared }: Pairing, { name: who, workload, images }: Instance): Tagged[] {
  return workload.containers.flatMap(({ name: container, image: fact }): Tagged[] => {
    const image = images.get(container);
    if (image === undefined || fact.state !== "known" || isPinned(fact.value)) return [];
    if (image.nameHas.state === "absent" && image.registryHas.state === "absent") return [];
    const own = declared?.containers.find(({ name }) => name === container);
    const written = (own ?? declared?.containers[0])?.image;
    const at = written?.state === "known" ? written.at : (declared?.at ?? workload.at);
    return [{ at, name: fact.value, image, who }];
  });
}

function isMoved(registry: Fact<string>, digests: readonly string[]): boolean {
  return registry.state === "known" && digests.length > 0 && !digests.includes(registry.value);
}

function registryDoubts({ registryHas, digests }: RunningImage, at: string): Said["all"] {
  if (registryHas.state === "absent") return [];
  const why =
    registryHas.state === "unknown"
      ? registryHas.why
      : digests.length === 0
        ? "the image that runs came from no registry"
        : null;
  return why === null ? [] : [{ kind: "doubt", at, container: null, why }];
}

function short(digest: string): string {
  return digest.replace(/^sha256:/, "").slice(0, 12);
}
