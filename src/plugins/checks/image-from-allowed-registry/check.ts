import type { Container, Workload } from "../../../model/workload.ts";
import type { Check, CheckSettings } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { entryFor, isOfNoRegistry, namesHost, originOf } from "../shared/registries.ts";
import { controls, Said } from "../shared/said.ts";

const allowing = (...allowed: readonly string[]): { readonly settings: CheckSettings } => ({
  settings: { registries: { allowed, denied: [], immutable: [] } },
});
const denying = (...denied: readonly string[]): { readonly settings: CheckSettings } => ({
  settings: { registries: { allowed: null, denied, immutable: [] } },
});

export const imageFromAllowedRegistry: Check = {
  id: "image-from-allowed-registry",
  title: "an image comes from a registry that the policy allows",
  severity: "high",
  why: "anybody can publish an image under a name that looks right in a registry that nobody of yours looks after",
  fix: "copy the image into a registry of the policy's list and name it there, or add its registry to the list",
  controls: controls({ attack: ["T1525"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      { ...podOf({ image: "nginx:1.27" }), ...allowing("registry.example") },
      { ...podOf({ image: "registry.example/teams/app:1" }), ...allowing("registry.example/team") },
      { ...podOf({ image: "registry.example:5000/app:1" }), ...allowing("registry.example") },
      { ...podOf({ image: "quay.io/app:1" }), ...denying("quay.io") },
      { ...podOf({ image: "quay.io:443/app:1" }), ...denying("quay.io") },
      { ...podOf({ image: "quay.io/app:1" }), ...denying("quay.io:0443") },
      { ...podOf({ image: "index.docker.io:443/team/app" }), ...denying("docker.io") },
      { ...podOf({ image: "EXAMPLE/app:1" }), ...allowing("docker.io") },
      {
        format: "compose",
        document: { services: { app: { image: "ghcr.io/app:1" } } },
        ...allowing("*.ghcr.io", "docker.io"),
      },
    ],
    good: [
      { ...podOf({ image: "registry.example/team/app:1" }), ...allowing("registry.example/team") },
      { ...podOf({ image: "eu.registry.example/app:1" }), ...allowing("*.registry.example") },
      { ...podOf({ image: "nginx" }), ...allowing("docker.io/library") },
      { ...podOf({ image: "team/app@sha256:0" }), ...allowing("team") },
      { ...podOf({ image: "registry.example/app:1" }), ...denying("quay.io") },
    ],
  },
  versions: [
    {
      from: 0,
      run: (workload, { registries }) => {
        if (registries === null || (registries.allowed ?? registries.denied).length === 0)
          return "not-applicable";
        const said = new Said();
        for (const container of workload.containers) {
          const doubt = untold(workload, container);
          if (doubt !== null) said.all.push(doubt);
          else said.of(container, container.image, (image) => offence(image, registries));
        }
        return said.all;
      },
    },
  ],
};

function offence(
  image: string,
  { allowed, denied }: NonNullable<CheckSettings["registries"]>,
): string | null {
  const against = entryFor(image, denied);
  if (against !== null)
    return `its image ${originOf(image)} comes from ${against}, which is denied`;
  return allowed === null || entryFor(image, allowed) !== null
    ? null
    : `its image ${originOf(image)} comes from no registry that is allowed`;
}

/** Names that only the engine of the host can tell: an id, and what Podman looks for in the registries of its own settings. */
function untold({ platform }: Workload, { name, image }: Container): Said["all"][number] | null {
  if (image.state !== "known") return null;
  const isShort = platform === "quadlet" && !namesHost(image.value);
  if (!isShort && !isOfNoRegistry(image.value)) return null;
  const why = isOfNoRegistry(image.value)
    ? "its image is named by an id, a folder or an archive, which tells no registry"
    : "its image is named without a registry, and Podman looks for it in those of the host's settings";
  return { kind: "doubt", at: image.at, container: name, why };
}
