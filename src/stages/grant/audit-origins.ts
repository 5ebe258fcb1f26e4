// Whether audit logs are of one cluster: least roles of two together are right for neither.
import type { AuditOrigin } from "../../model/audit-event.ts";

/** Accounts, and objects, that are followed; enough for those of the cluster itself, which ask all the time. */
const NAMES_MAX = 20_000;
const UIDS_MAX = 50;
const CLUSTERS_MAX = 50;
/** What clocks of API servers may differ by, and what a deleted account's last requests may take. */
const SKEW_MS = 120_000;
const NAMES_SHOWN = 3;
/** Fewer that are others than before are some that somebody made anew. */
const RENEWED_MIN = 3;
const SYSTEM = "system:serviceaccount:kube-system:";

interface Span {
  from: number;
  to: number;
}

/** Gathers what events say of where they come from. */
export class AuditOrigins {
  readonly #clusters = new Set<string>();
  readonly #accounts = new Uids();
  /** Of whatever was changed: users have no uids, and what they change has. */
  readonly #objects = new Uids();

  add({ cluster, account, uid, object, objectUid, at }: AuditOrigin): void {
    if (cluster !== "" && this.#clusters.size < CLUSTERS_MAX) this.#clusters.add(cluster);
    if (at === null) return;
    if (uid !== "") this.#accounts.add(account, uid, at);
    if (objectUid !== "") this.#objects.add(object, objectUid, at);
  }

  /** Why the events cannot be of one cluster: sentence parts; none where nothing speaks against it. */
  doubts(): string[] {
    const named = [...this.#clusters].sort();
    if (named.length > 1)
      return [`they are of ${named.length} clusters (${shown(named)}): ${ASIDE}`];
    const names = [...this.#accounts.mixed(), ...this.#objects.mixed()];
    if (names.length > 0)
      return [
        `${shown(names)} ${names.length === 1 ? "has" : "have"} two uids by turns, which no cluster gives: ${ASIDE}`,
      ];
    const system = this.#accounts.all().filter(([name]) => name.startsWith(SYSTEM));
    const renewed = system.filter(([, uids]) => uids.size > 1);
    return renewed.length >= RENEWED_MIN && renewed.length * 2 > system.length
      ? [
          `${renewed.length} of ${system.length} service accounts of kube-system are others than before: they are of two clusters, or of one that was made anew; ${ASIDE}`,
        ]
      : [];
  }
}

/** When each object that had a name was there, by its uid. */
class Uids {
  readonly #spans = new Map<string, Map<string, Span>>();

  add(name: string, uid: string, at: number): void {
    let uids = this.#spans.get(name);
    if (uids === undefined) {
      if (this.#spans.size >= NAMES_MAX) return;
      uids = new Map();
      this.#spans.set(name, uids);
    }
    const span = uids.get(uid);
    if (span === undefined) {
      if (uids.size < UIDS_MAX) uids.set(uid, { from: at, to: at });
      return;
    }
    span.from = Math.min(span.from, at);
    span.to = Math.max(span.to, at);
  }

  all(): [string, ReadonlyMap<string, Span>][] {
    return [...this.#spans];
  }

  /** Names that cannot be of one cluster. */
  mixed(): string[] {
    const found = this.all().filter(([, uids]) => isByTurns([...uids.values()]));
    return found.map(([name]) => name).sort();
  }
}

const ASIDE = "read the logs of each cluster by themselves";

/** Whether a uid comes again after another one was there. */
function isByTurns(spans: readonly Span[]): boolean {
  const sorted = [...spans].sort((a, b) => a.from - b.from);
  let end = Number.NEGATIVE_INFINITY;
  for (const { from, to } of sorted) {
    if (from + SKEW_MS < end) return true;
    end = Math.max(end, to);
  }
  return false;
}

function shown(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return `${names.slice(0, NAMES_SHOWN).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}
