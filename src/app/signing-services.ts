// Whom to ask when something is signed: as the command line names them, or as a signing configuration does.
import { now } from "../io/clock.ts";
import type { LogService } from "../io/keyless/proofs.ts";
import { readNamed } from "../io/named-file.ts";
import { AppError } from "../kit/error.ts";
import { chosenServices, type SigningService } from "../model/signing-services.ts";

/** Whom to ask. Addresses are as the user writes them. */
export interface KeylessRequest {
  readonly identityToken: string | null;
  readonly fulcio: string | null;
  readonly rekor: string | null;
  readonly rekorVersion: 1 | 2;
  readonly timestamps: string | null;
  /** A file that names all of them. */
  readonly signingConfig: string | null;
}

export interface NamedServices {
  /** Of no use to a key. */
  readonly fulcio: URL;
  readonly logs: readonly LogService[];
  readonly timestamps: readonly URL[];
}

const FULCIO = "https://fulcio.sigstore.dev";
const REKOR = "https://rekor.sigstore.dev";

/**
 * The services of a request. A key asks none that is not named; without one the public instance is asked.
 *
 * @throws {AppError} `usage` for what is no address and for services that prove no time; `not-found`, `unreadable`,
 *   `config-invalid` for the signing configuration.
 */
export async function servicesOf(
  request: KeylessRequest,
  isKeyless: boolean,
): Promise<NamedServices> {
  const { signingConfig, fulcio, rekor, timestamps } = request;
  if (signingConfig !== null && (fulcio ?? rekor ?? timestamps) !== null)
    throw new AppError(
      "usage",
      "cannot sign: --signing-config names every service, and --fulcio, --rekor and --timestamps one each",
    );
  const services =
    signingConfig === null
      ? namedServices(request, isKeyless)
      : await configuredServices(signingConfig, isKeyless);
  const provesTime =
    services.timestamps.length > 0 || services.logs.some(({ version }) => version === 1);
  if (isKeyless && !provesTime)
    throw new AppError(
      "usage",
      "cannot sign: nobody would prove the time; entries of a log of version 2 do not",
      { hint: "name a timestamp authority, with --timestamps URL or in the signing configuration" },
    );
  return services;
}

function namedServices(
  { fulcio, rekor, rekorVersion, timestamps }: KeylessRequest,
  isKeyless: boolean,
): NamedServices {
  const log = rekor ?? (isKeyless ? REKOR : null);
  return {
    fulcio: addressOf(fulcio ?? FULCIO),
    logs: log === null ? [] : [{ url: addressOf(log), version: rekorVersion }],
    timestamps: timestamps === null ? [] : [addressOf(timestamps)],
  };
}

function addressOf(written: string): URL {
  if (URL.canParse(written) && /^https?:/.test(written)) return new URL(written);
  throw new AppError(
    "usage",
    `cannot use ${JSON.stringify(written.slice(0, 200))}: it is no address`,
  );
}

/** The versions of each service that we speak, the newest first. */
const SPEAKS = { authorities: [1], logs: [2, 1], timestampAuthorities: [1] };

async function configuredServices(path: string, isKeyless: boolean): Promise<NamedServices> {
  const { parseSigningConfig } = await import("../formats/signing-config.ts");
  const { bytes } = await readNamed("signing configuration", path);
  const config = parseSigningConfig(bytes, path);
  const nowMs = Date.parse(now());
  const chosen = (
    kind: keyof typeof SPEAKS,
    { services, selection }: typeof config.logs,
  ): readonly SigningService[] => {
    const found = chosenServices(services, selection, { speaks: SPEAKS[kind], nowMs });
    if (found.services !== null) return found.services;
    throw new AppError(
      "config-invalid",
      `cannot choose among the ${NAMES[kind]} of signing configuration ${JSON.stringify(path)}: ${found.lacking}`,
      { hint: "get a newer one from whoever runs the services", subject: path },
    );
  };
  const some = (kind: "logs" | "timestampAuthorities"): readonly SigningService[] =>
    config[kind].services.length === 0 ? [] : chosen(kind, config[kind]);
  const authorities = { services: config.authorities, selection: { selector: "any" } as const };
  const [authority] = isKeyless ? chosen("authorities", authorities) : [];
  return {
    fulcio: new URL(authority?.url ?? FULCIO),
    logs: some("logs").map(({ url, majorVersion }) => ({
      url: new URL(url),
      version: majorVersion === 1 ? 1 : 2,
    })),
    timestamps: some("timestampAuthorities").map(({ url }) => new URL(url)),
  };
}

const NAMES = {
  authorities: "certificate authorities",
  logs: "logs",
  timestampAuthorities: "timestamp authorities",
};
