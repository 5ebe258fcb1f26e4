// Examples of pairings in few words: a service of a Compose file, and containers that say they are of it.
import type { Example } from "../../../stages/check/contract.ts";

type Members = Readonly<Record<string, unknown>>;

/** What a pairing is made of, as tools and engines write it. */
export interface PairingDocument {
  /** null when nothing declares what runs. */
  readonly compose: unknown;
  /** What an engine says of each container. */
  readonly containers: readonly unknown[];
  /** What it says of their image. */
  readonly image: unknown;
  /** What it says of the image that the name has now. */
  readonly named: unknown;
}

/**
 * A service and what runs of it.
 *
 * @param service Its members; null for none.
 * @param containers What each says beyond the usual.
 * @param named What the engine says of the image that the name has now.
 */
export function pairing(
  service: Members | null,
  containers: readonly Members[],
  named: Members | null = null,
): Example {
  const document: PairingDocument = {
    compose: service === null ? null : { services: { app: service } },
    containers: containers.map((container, i) => ({
      Name: `/shop-app-${i + 1}`,
      Config: {
        Image: "registry.example/app:1.2",
        Labels: { "com.docker.compose.project": "shop", "com.docker.compose.service": "app" },
      },
      Mounts: [],
      ...container,
      HostConfig: {
        NetworkMode: "shop_default",
        ...(container["HostConfig"] as Members | undefined),
      },
    })),
    image: { Config: { User: "", Env: [] } },
    named,
  };
  return { format: "pairing", document };
}
