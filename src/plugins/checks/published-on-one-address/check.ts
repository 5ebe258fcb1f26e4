import type { Container, PublishedPort } from "../../../model/workload.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { datastoreIn } from "../shared/datastores.ts";
import { controls, Said } from "../shared/said.ts";

export const publishedOnOneAddress: Check = {
  id: "published-on-one-address",
  title: "ports are published on one address, not on all of them",
  severity: "medium",
  why: "a port on all addresses is open to every network that the host is in, and engines open it past the firewall of the host",
  fix: "write the address before the port: 127.0.0.1:8080:80",
  controls: controls({ "cis-docker-1.6": ["5.14"], attack: ["T1190"] }),
  aspects: {
    program: {},
    store: { severity: "high", controls: controls({ attack: ["T1133"] }) },
  },
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      {
        format: "compose",
        document: { services: { app: { image: "app:1.2", ports: ["8080:80"] } } },
      },
      {
        format: "compose",
        document: {
          services: { app: { image: "app:1.2", ports: [{ target: 80, published: 8080 }] } },
        },
      },
      {
        format: "compose",
        document: { services: { app: { image: "app:1.2", ports: ["0.0.0.0:8080:80/tcp"] } } },
      },
      {
        format: "compose",
        document: { services: { db: { image: "postgres:17", ports: ["5432:5432"] } } },
      },
      {
        format: "engine",
        document: {
          Image: "app:1.2",
          HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "8080" }] } },
        },
      },
    ],
    good: [
      {
        format: "compose",
        document: {
          services: { app: { image: "app:1.2", ports: ["127.0.0.1:8080:80", "[::1]:8080:80"] } },
        },
      },
      { format: "compose", document: { services: { app: { image: "app:1.2", expose: [80] } } } },
      {
        format: "compose",
        document: {
          services: {
            app: {
              image: "app:1.2",
              ports: [{ target: 80, published: 8080, host_ip: "10.0.0.5" }],
            },
          },
        },
      },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, containers }) => {
        if (platform === "kubernetes") return "not-applicable";
        const said = new Said();
        for (const container of containers)
          for (const port of container.published) judge(said, container, port);
        return said.all;
      },
    },
  ],
};

function judge(
  said: Said,
  { name, image }: Container,
  { at, address, port, target }: PublishedPort,
): void {
  said.of(null, address, () => null);
  if (address.state === "unknown" || (address.state === "known" && !ALL.has(address.value))) return;
  const store = datastoreIn(image);
  const shown = port.state === "known" ? `${port.value}:${target}` : target;
  const what = store === null ? "" : ` of ${store}`;
  said.fault(at, `publishes port ${shown}${what} on all addresses`, {
    container: name,
    aspect: store === null ? "program" : "store",
  });
}

const ALL: ReadonlySet<string> = new Set(["0.0.0.0", "::", "*"]);
