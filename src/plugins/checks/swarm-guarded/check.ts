import type { HostRecord } from "../../../model/host-record.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { HostSaid } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

const DAY_NANOSECONDS = 86_400_000_000_000;

/** A manager of a swarm, as it answers to `/info`. */
const manager = (
  swarm: object,
  isLocked = true,
  listens: readonly string[] = ["10.0.0.4:2377"],
): ReturnType<typeof dockerHost> =>
  dockerHost(
    {},
    {
      listens,
      info: {
        Swarm: {
          LocalNodeState: "active",
          ControlAvailable: true,
          NodeAddr: "10.0.0.4",
          Managers: 3,
          Cluster: {
            Spec: {
              EncryptionConfig: { AutoLockManagers: isLocked },
              CAConfig: { NodeCertExpiry: 90 * DAY_NANOSECONDS },
            },
          },
          ...swarm,
        },
      },
    },
  );

export const swarmGuarded: Check = {
  id: "swarm-guarded",
  title: "a swarm has few managers, which listen at one address and whose keys are locked",
  severity: "medium",
  why: "whoever reads the disk of a manager has the keys of the swarm, and with them every secret and service",
  fix: "lock managers with docker swarm update --autolock=true, turn those that are not needed into workers, and name an address with docker swarm init --listen-addr",
  controls: [],
  aspects: {
    everywhere: { severity: "low", controls: controls({ "cis-docker-1.6": ["7.2"] }) },
    managers: { severity: "low", controls: controls({ "cis-docker-1.6": ["7.1"] }) },
    certificates: { severity: "low", controls: controls({ "cis-docker-1.6": ["7.7"] }) },
    locked: { controls: controls({ "cis-docker-1.6": ["7.5"], attack: ["T1552.004"] }) },
  },
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      manager({}, false),
      manager({}, true, ["[::]:2377"]),
      manager({ Managers: 9 }),
      manager({ Managers: 2 }),
      manager({
        Cluster: {
          Spec: {
            EncryptionConfig: { AutoLockManagers: true },
            CAConfig: { NodeCertExpiry: 365 * DAY_NANOSECONDS },
          },
        },
      }),
    ],
    good: [manager({}), manager({ Managers: 1 })],
  },
  versions: [
    {
      from: 0,
      run: ({ record, daemons }) => {
        const managers = record.engines.flatMap(({ info }, index) => {
          const swarm = (info as { Swarm?: Swarm } | null)?.Swarm;
          return swarm?.ControlAvailable === true ? [{ swarm, at: `/engines/${index}` }] : [];
        });
        if (managers.length === 0) return "not-applicable";
        const said = new HostSaid();
        for (const { swarm, at } of managers) saySwarm(swarm, at, said);
        for (const { at } of daemons) sayListening(record, at, said);
        return said.all;
      },
    },
  ],
};

/** @see https://docs.docker.com/reference/api/engine, GET /info */
interface Swarm {
  readonly ControlAvailable?: unknown;
  readonly Managers?: unknown;
  readonly Cluster?: {
    readonly Spec?: {
      readonly EncryptionConfig?: { readonly AutoLockManagers?: unknown };
      /** Nanoseconds. */
      readonly CAConfig?: { readonly NodeCertExpiry?: unknown };
    };
  };
}

/** Seven is the most that Docker advises; an even number bears no more losses than the one below it. */
const MANAGERS_MAX = 7;
/** How long a node's certificate holds when nobody says otherwise. */
const CERTIFICATE_DAYS_MAX = 90;

function saySwarm({ Managers, Cluster }: Swarm, at: string, said: HostSaid): void {
  if (typeof Managers !== "number")
    said.doubt({ at, why: "the engine does not tell how many managers there are" }, "managers");
  else if (Managers > MANAGERS_MAX)
    said.fault(at, `the swarm has ${Managers} managers`, { aspect: "managers", value: Managers });
  else if (Managers % 2 === 0 && Managers > 0)
    said.fault(
      at,
      `the swarm has ${Managers} managers, which bear no more losses than ${Managers - 1}`,
      {
        aspect: "managers",
        value: Managers,
      },
    );
  sayExpiry(Cluster?.Spec?.CAConfig?.NodeCertExpiry, at, said);
  const isLocked = Cluster?.Spec?.EncryptionConfig?.AutoLockManagers;
  if (isLocked === true) return;
  said.fault(at, "the keys of the swarm lie open on its managers (autolock is off)", {
    aspect: "locked",
  });
}

/** Where managers talk to one another, unless somebody chose another one. */
const MANAGEMENT_PORT = /:2377$/;
const ANY_ADDRESS = /^(?:0\.0\.0\.0|\[::\]):/;

/** @param at Of the daemon: its process, where it runs. */
function sayListening({ processes }: HostRecord, at: string, said: HostSaid): void {
  const index = /^\/processes\/(\d+)$/.exec(at)?.[1];
  const listens = index === undefined ? undefined : processes?.[Number(index)]?.listens;
  if (listens === undefined) {
    said.doubt({ at, why: "at which addresses the daemon listens was not seen" }, "everywhere");
    return;
  }
  for (const [number, address] of listens.entries())
    if (MANAGEMENT_PORT.test(address) && ANY_ADDRESS.test(address))
      said.fault(`${at}/listens/${number}`, `the swarm is managed at every address (${address})`, {
        aspect: "everywhere",
        value: address,
      });
}

function sayExpiry(nanoseconds: unknown, at: string, said: HostSaid): void {
  if (typeof nanoseconds !== "number") {
    const why = "the engine does not tell how long certificates of nodes hold";
    said.doubt({ at, why }, "certificates");
    return;
  }
  const days = Math.round(nanoseconds / DAY_NANOSECONDS);
  if (days > CERTIFICATE_DAYS_MAX)
    said.fault(at, `certificates of the swarm's nodes hold for ${days} days`, {
      aspect: "certificates",
      value: days,
    });
}
