import type { Check } from "../../../stages/check/contract.ts";
import { isLoopback, openDatastore } from "../shared/datastores.ts";
import { controls, Said } from "../shared/said.ts";

export const noOpenDatastore: Check = {
  id: "no-open-datastore",
  title: "a datastore or console that is published asks who is there",
  severity: "high",
  why: "programs that scan for open databases find a new one within minutes, and empty or encrypt it",
  fix: "set the password or switch on what authenticates, and do not publish the port",
  controls: controls({ attack: ["T1190", "T1078.001"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      {
        format: "compose",
        document: { services: { db: { image: "mongo:7", ports: ["27017:27017"] } } },
      },
      {
        format: "compose",
        document: {
          services: {
            db: {
              image: "postgres:17",
              ports: ["5432:5432"],
              environment: { POSTGRES_HOST_AUTH_METHOD: "trust" },
            },
          },
        },
      },
      {
        format: "compose",
        document: { services: { cache: { image: "redis:7", ports: ["6379:6379"] } } },
      },
    ],
    good: [
      {
        format: "compose",
        document: {
          services: {
            db: {
              image: "mongo:7",
              ports: ["27017:27017"],
              environment: ["MONGO_INITDB_ROOT_PASSWORD_FILE=/run/secrets/p"],
            },
          },
        },
      },
      {
        format: "compose",
        document: {
          services: {
            cache: {
              image: "redis:7",
              ports: ["6379:6379"],
              command: "redis-server --requirepass $$PASS",
            },
          },
        },
      },
      { format: "compose", document: { services: { cache: { image: "redis:7" } } } },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ containers }) => {
        const said = new Said();
        for (const container of containers) {
          const store = openDatastore(container);
          if (store === null) continue;
          const [first] = container.published.filter(({ address }) => !isLoopback(address));
          if (first !== undefined)
            said.fault(first.at, `publishes ${store} without authentication`, {
              container: container.name,
            });
        }
        return said.all;
      },
    },
  ],
};
