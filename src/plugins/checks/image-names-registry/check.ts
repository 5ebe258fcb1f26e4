import type { Check } from "../../../stages/check/contract.ts";
import { controls, Said } from "../shared/said.ts";

export const imageNamesRegistry: Check = {
  id: "image-names-registry",
  title: "an image that Podman starts names its registry",
  severity: "medium",
  why: "Podman looks for a short name in one registry after the other, and whoever owns the name in the first one is believed",
  fix: "write the image with its registry: registry.example/team/app@sha256:…",
  controls: controls({ attack: ["T1525"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      { format: "quadlet", document: "[Container]\nImage=nginx:1.27\n" },
      { format: "quadlet", document: "[Container]\nImage=team/app:1\n" },
    ],
    good: [
      { format: "quadlet", document: "[Container]\nImage=registry.example/app:1\n" },
      { format: "quadlet", document: "[Container]\nImage=localhost/app:1\n" },
      { format: "quadlet", document: "[Container]\nRootfs=/srv/root\n" },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, containers }) => {
        if (platform !== "quadlet") return "not-applicable";
        const said = new Said();
        for (const container of containers)
          said.of(container, container.image, (image) =>
            NAMED.test(image) ? null : `its image ${image} names no registry`,
          );
        return said.all;
      },
    },
  ],
};

/** A registry has a dot or a port, or is this host; an image's id is its own name, and transports are written out. */
const NAMED =
  /^(?:localhost|[^/]*[.:][^/]*)\/|^(?:sha256:)?[0-9a-f]{64}$|^(?:docker|oci|oci-archive|docker-archive|docker-daemon|dir|containers-storage):/;
