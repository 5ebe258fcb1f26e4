// Which of a deployment's services to ask when something is signed: those that count now, of the newest version that we speak.

/** A service, as a signing configuration names it. */
export interface SigningService {
  readonly url: string;
  readonly majorVersion: number;
  /** Milliseconds; null for no end on that side. */
  readonly startMs: number | null;
  readonly endMs: number | null;
  /** Who runs it. Services of one operator stand in for each other. */
  readonly operator: string;
}

/** How many of them are to be asked: each operator's, one, or so many. */
export type ServiceSelection =
  | { readonly selector: "all" | "any" }
  | { readonly selector: "exact"; readonly count: number };

/** Whom to ask, or why that cannot be told. */
export type ChosenServices =
  | { readonly services: readonly SigningService[]; readonly lacking: null }
  | { readonly services: null; readonly lacking: string };

/**
 * Chooses among services. Of each operator the newest is taken, and versions are not mixed. Where any would do it is the newest
 * of all, so that the same configuration asks the same services.
 *
 * @param speaks Versions that we speak, the newest first.
 * @see https://github.com/sigstore/protobuf-specs/blob/main/protos/sigstore_trustroot.proto, SigningConfig
 */
export function chosenServices(
  all: readonly SigningService[],
  selection: ServiceSelection,
  { speaks, nowMs }: { readonly speaks: readonly number[]; readonly nowMs: number },
): ChosenServices {
  const current = all.filter(({ startMs, endMs }) => {
    return (startMs === null || startMs <= nowMs) && (endMs === null || nowMs <= endMs);
  });
  const version = speaks.find((one) => current.some(({ majorVersion }) => majorVersion === one));
  if (version === undefined)
    return lacking(`none of its ${all.length} counts now and has version ${speaks.join(" or ")}`);
  const newestFirst = current
    .filter(({ majorVersion }) => majorVersion === version)
    .sort((a, b) => (b.startMs ?? ALWAYS) - (a.startMs ?? ALWAYS));
  const byOperator = new Map<string, SigningService>();
  for (const service of newestFirst)
    if (!byOperator.has(service.operator)) byOperator.set(service.operator, service);
  const services = [...byOperator.values()];
  if (selection.selector === "all") return { services, lacking: null };
  const wanted = selection.selector === "exact" ? selection.count : 1;
  return wanted > services.length
    ? lacking(`it wants ${wanted} of different operators, and ${services.length} can be had`)
    : { services: services.slice(0, wanted), lacking: null };
}

/** The oldest of all; a finite number, because two are subtracted. */
const ALWAYS = Number.MIN_SAFE_INTEGER;

function lacking(reason: string): ChosenServices {
  return { services: null, lacking: reason };
}
