// Images of datastores and consoles that let everybody in unless they are told otherwise.
import type { Fact } from "../../../kit/fact.ts";
import type { Container } from "../../../model/workload.ts";

interface Datastore {
  readonly name: string;
  /** Last part of the image's name. */
  readonly image: RegExp;
  /** Variables any of which sets up authentication; null when the program does so by itself. */
  readonly variables: RegExp | null;
  /** Arguments that do the same. */
  readonly words?: RegExp;
}

/** Variables as the images document them. */
const DATASTORES: readonly Datastore[] = [
  {
    name: "MongoDB",
    image: /^mongo(?:db)?$/,
    variables: /PASSWORD(?:_FILE)?$/,
    words: /--auth|--keyFile/,
  },
  {
    name: "Redis",
    image: /^(?:redis(?:-stack.*)?|valkey|keydb)$/,
    variables: /PASSWORD(?:_FILE)?$|^REDIS_ARGS$/,
    words: /requirepass|aclfile|\.conf/,
  },
  {
    name: "Elasticsearch",
    image: /^(?:elasticsearch|opensearch)$/,
    variables: /PASSWORD(?:_FILE)?$/,
  },
  { name: "PostgreSQL", image: /^(?:postgres|postgresql|postgis|timescaledb)$/, variables: null },
  { name: "MySQL", image: /^(?:mysql|mariadb|percona)(?:-server)?$/, variables: null },
  {
    name: "Memcached",
    image: /^memcached$/,
    variables: /PASSWORD/,
    words: /-S\b|--enable-sasl|-Y\b/,
  },
  { name: "CouchDB", image: /^couchdb$/, variables: /^COUCHDB_PASSWORD$/ },
  { name: "InfluxDB", image: /^influxdb$/, variables: /PASSWORD|AUTH_ENABLED/ },
  {
    name: "Cassandra",
    image: /^(?:cassandra|scylla)$/,
    variables: /AUTHENTICATOR|PASSWORD/,
    words: /authenticator/,
  },
  { name: "RabbitMQ", image: /^rabbitmq$/, variables: /DEFAULT_PASS/ },
  { name: "mongo-express", image: /^mongo-express$/, variables: /BASICAUTH.{0,40}PASSWORD/ },
  {
    name: "Kibana",
    image: /^(?:kibana|opensearch-dashboards)$/,
    variables: /PASSWORD|SERVICEACCOUNTTOKEN/,
  },
  { name: "the Docker registry", image: /^registry$/, variables: /^REGISTRY_AUTH/ },
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
