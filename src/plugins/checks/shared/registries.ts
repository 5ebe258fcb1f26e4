// Which registry an image is of, and whether a list names it. By Docker's rules, as everybody's tools complete names.
// @see https://github.com/distribution/reference

/** `registry.example`, and `team/app` in it. */
interface Home {
  readonly host: string;
  readonly path: string;
}

const DOCKER_HUB = "docker.io";
/** Names by which Docker Hub is known as well. */
const ALSO_DOCKER_HUB: ReadonlySet<string> = new Set(["index.docker.io", "registry-1.docker.io"]);
/** Where Podman names storage instead of a registry. */
const TRANSPORT =
  /^(?:dir|docker-archive|docker-daemon|oci|oci-archive|ostree|containers-storage|sif):/;
const ID = /^(?:sha256:)?[0-9a-f]{64}$/;

/** Whether a name tells no registry, because it is an id or names a folder or an archive. */
export function isOfNoRegistry(image: string): boolean {
  return ID.test(image) || TRANSPORT.test(image);
}

/** Whether the host is written in the name. Names of repositories have no capitals, so that a first part with one is a host. */
export function namesHost(image: string): boolean {
  return /^(?:localhost|[^/]*[.:A-Z][^/]*)\//.test(image);
}

/** Where an image comes from: `docker.io/library/nginx`, without tag and digest. */
export function originOf(image: string): string {
  const { host, path } = homeOf(image);
  return `${host}/${path}`;
}

/** The first of the entries that an image's name lies under. */
export function entryFor(image: string, entries: readonly string[]): string | null {
  const home = homeOf(image);
  return entries.find((entry) => liesUnder(home, entry)) ?? null;
}

function homeOf(image: string): Home {
  const bare = image.replace(/^docker:\/\//, "").split("@", 1)[0] ?? "";
  const name = bare.replace(/:[^/:]*$/, "");
  if (!namesHost(bare)) {
    const path = name.includes("/") ? name : `library/${name}`;
    return { host: DOCKER_HUB, path };
  }
  const slash = name.indexOf("/");
  return { host: plainHost(name.slice(0, slash)), path: name.slice(slash + 1) };
}

/** Without the port that is meant where none is written, and by its first name. */
function plainHost(written: string): string {
  const host = written.toLowerCase().replace(/:0*(?:443|80)$/, "");
  return ALSO_DOCKER_HUB.has(host) ? DOCKER_HUB : host;
}

function liesUnder({ host, path }: Home, entry: string): boolean {
  const [first = "", ...rest] = entry.split("/");
  const isHost = namesHost(`${first}/`);
  const [wanted, parts] = isHost ? [plainHost(first), rest] : [DOCKER_HUB, [first, ...rest]];
  const prefix = parts.join("/");
  const isThere = wanted.startsWith("*.") ? host.endsWith(wanted.slice(1)) : host === wanted;
  return isThere && (prefix === "" || path === prefix || path.startsWith(`${prefix}/`));
}
