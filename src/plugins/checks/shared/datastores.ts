// Images of datastores and consoles that let everybody in unless they are told otherwise.
import type { Fact } from "../../../kit/fact.ts";
import type { Container } from "../../../model/workload.ts";

interface Datastore {
  readonly name: string;
  /** Last part of the image's name. */
  readonly image: RegExp;
  /** Variables any of which sets up authentication; null when the program does so by itself. */
  readonly variables: RegExp | null;
  /** Where it waits when nobody says otherwise: for clients, for its own kind, for people. */
  readonly ports: readonly number[];
  /** Arguments that do the same. */
  readonly words?: RegExp;
}

/** Variables as the images document them. */
const DATASTORES: readonly Datastore[] = [
  {
    name: "MongoDB",
    ports: [27017, 27018, 27019],
    image: /^mongo(?:db)?$/,
    variables: /PASSWORD(?:_FILE)?$/,
    words: /--auth|--keyFile/,
  },
  {
    name: "Redis",
    ports: [6379, 8001, 16379, 26379],
    image: /^(?:redis(?:-stack.*)?|valkey|keydb)$/,
    variables: /PASSWORD(?:_FILE)?$|^REDIS_ARGS$/,
    words: /requirepass|aclfile|\.conf/,
  },
  {
    name: "Elasticsearch",
    ports: [9200, 9300],
    image: /^(?:elasticsearch|opensearch)$/,
    variables: /PASSWORD(?:_FILE)?$/,
  },
  {
    name: "PostgreSQL",
    ports: [5432],
    image: /^(?:postgres|postgresql|postgis|timescaledb)$/,
    variables: null,
  },
  {
    name: "MySQL",
    ports: [3306, 33060, 33062],
    image: /^(?:mysql|mariadb|percona)(?:-server)?$/,
    variables: null,
  },
  {
    name: "Memcached",
    ports: [11211],
    image: /^memcached$/,
    variables: /PASSWORD/,
    words: /-S\b|--enable-sasl|-Y\b/,
  },
  { name: "CouchDB", ports: [5984, 6984], image: /^couchdb$/, variables: /^COUCHDB_PASSWORD$/ },
  {
    name: "InfluxDB",
    ports: [8086, 8088],
    image: /^influxdb$/,
    variables: /PASSWORD|AUTH_ENABLED/,
  },
  {
    name: "Cassandra",
    ports: [7000, 7001, 7199, 9042, 9142, 9160, 10000, 19042],
    image: /^(?:cassandra|scylla)$/,
    variables: /AUTHENTICATOR|PASSWORD/,
    words: /authenticator/,
  },
  {
    name: "RabbitMQ",
    ports: [4369, 5671, 5672, 15671, 15672, 25672, 1883, 8883, 61613, 61614],
    image: /^rabbitmq$/,
    variables: /DEFAULT_PASS/,
  },
  {
    name: "mongo-express",
    ports: [8081],
    image: /^mongo-express$/,
    variables: /BASICAUTH.{0,40}PASSWORD/,
  },
  {
    name: "Kibana",
    ports: [5601],
    image: /^(?:kibana|opensearch-dashboards)$/,
    variables: /PASSWORD|SERVICEACCOUNTTOKEN/,
  },
  { name: "the Docker registry", ports: [5000], image: /^registry$/, variables: /^REGISTRY_AUTH/ },
];

/** Variables that switch authentication off where it is on. */
const SWITCHES = [
  [/^POSTGRES_HOST_AUTH_METHOD$/, "trust"],
  [/^(?:MYSQL|MARIADB)_ALLOW_EMPTY(?:_ROOT)?_PASSWORD$/, null],
  [/^ALLOW_EMPTY_PASSWORD$/, "yes"],
  [/^xpack\.security\.enabled$/, "false"],
  [/^(?:plugins\.security\.disabled|DISABLE_SECURITY_PLUGIN)$/, "true"],
] as const;

/** The name of the datastore that an image is of. */
export function datastoreIn(image: Fact<string>): string | null {
  return storeOf(image)?.name ?? null;
}

function storeOf(image: Fact<string>): Datastore | null {
  if (image.state !== "known") return null;
  const [name = ""] = (image.value.split("@", 1)[0] ?? "").split("/").slice(-1);
  const base = name.split(":", 1)[0] ?? "";
  return DATASTORES.find((store) => store.image.test(base)) ?? null;
}

/**
 * Whether a container's datastore waits at a port, or may: it is one of those that it has by itself, or the container names it.
 * false where the container runs none.
 */
export function mayWaitAt(container: Container, holds: (port: number) => boolean): boolean {
  const { image, ports, command, environment } = container;
  const store = storeOf(image);
  if (store === null) return false;
  const declared = ports.flatMap((port) => (port.state === "known" ? [port.value] : []));
  const isUsual = declared.length === 0 || declared.some((port) => store.ports.includes(port));
  if ([...store.ports, ...(isUsual ? [] : declared)].some(holds)) return true;
  return [...command, ...environment.map(({ value }) => value)].some(
    (word) => word.state === "known" && numbersIn(word.value).some(holds),
  );
}

function numbersIn(text: string): number[] {
  return (text.slice(0, TEXT_MAX).match(/\d{2,5}/g) ?? []).map(Number);
}

const TEXT_MAX = 4096;

/** The name of the datastore that a container runs for everybody; null when it asks who is there, or is none. */
export function openDatastore({ image, environment, command }: Container): string | null {
  const store = storeOf(image);
  if (store === null) return null;
  const isOff = environment.some(({ name, value }) =>
    SWITCHES.some(
      ([pattern, wanted]) =>
        pattern.test(name) &&
        (wanted === null || (value.state === "known" && value.value === wanted)),
    ),
  );
  if (isOff) return store.name;
  const { variables, words } = store;
  if (variables === null || environment.some(({ name }) => variables.test(name))) return null;
  const says = command.some((word) => word.state !== "known" || words?.test(word.value) === true);
  return says ? null : store.name;
}

/** Whether an address of a host is only reached from the host itself. */
export function isLoopback(address: Fact<string>): boolean {
  return address.state === "known" && /^(?:127\.|::1$|localhost$)/.test(address.value);
}
