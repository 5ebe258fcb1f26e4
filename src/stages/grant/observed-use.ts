// What each container was seen to use, out of a recording: one answer a workload's container, over all its copies and restarts.
import type {
  ObservedCapability,
  ObservedContainer,
  ObservedEvent,
  ObservedFlow,
  ObservedListener,
  ObservedThing,
  ObservedWindow,
} from "../../model/observed.ts";

/** What the copies of one container of one workload used. */
export interface ObservedUse {
  readonly of: Pick<
    ObservedContainer,
    "platform" | "namespace" | "workloadKind" | "workload" | "name"
  >;
  readonly architecture: ObservedWindow["architecture"];
  /** Digests, each once. */
  readonly images: readonly string[];
  /** Those that every copy has, without the ones that a controller gives to each anew. */
  readonly labels: Readonly<Record<string, string>>;
  readonly coverage: Coverage;
  /** Asked for and had; asked for and refused. */
  readonly capabilities: { readonly used: readonly string[]; readonly refused: readonly string[] };
  readonly syscalls: readonly string[];
  /** Paths. */
  readonly writes: readonly string[];
  /** Each once. */
  readonly flows: readonly Flow[];
  /** Where somebody waited to be called. */
  readonly listeners: readonly Listener[];
  /** Names that were asked for (DNS). */
  readonly names: readonly string[];
}

export type Listener = Pick<ObservedListener, "protocol" | "port">;

export type Flow = Pick<ObservedFlow, "direction" | "protocol" | "port" | "peer">;

/** How much was looked at: what was not seen is only as sure as this. */
export interface Coverage {
  readonly windowMs: number;
  /** In which at least one copy was looked at. */
  readonly observedMs: number;
  /** Copies whose first instructions, and whose last ones, were seen. */
  readonly starts: number;
  readonly ends: number;
  /** Events that were dropped in the whole recording. */
  readonly lost: number;
}

/** Kinds of things seen of one container; beyond it somebody is playing with us. */
const DISTINCT_MAX = 100_000;

/** Labels by which controllers tell copies apart, and releases: a policy that selects by them selects nothing tomorrow. */
const VOLATILE =
  /^(?:pod-template-hash|pod-template-generation|controller-revision-hash|controller-uid|job-name|(?:batch\.kubernetes\.io|topology\.kubernetes\.io|statefulset\.kubernetes\.io|apps\.kubernetes\.io)\/.*|app\.kubernetes\.io\/version|helm\.sh\/chart)$/;

/** Labels that mean the same tomorrow. */
export function steadyLabels(labels: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(
    Object.entries(labels)
      .filter(([name]) => !VOLATILE.test(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** What was seen, and events of containers that the recording never introduced. */
export interface ObservedUses {
  readonly uses: readonly ObservedUse[];
  readonly strangers: number;
  /** Whether more was seen than is kept. */
  readonly isCut: boolean;
}

/** Sums a recording up. */
export function observedUses(events: Iterable<ObservedEvent>): ObservedUses {
  const uses = new Map<string, Use>();
  const byId = new Map<string, Use>();
  let window: ObservedWindow | null = null;
  let lost = 0;
  let strangers = 0;
  for (const event of events) {
    if (event.kind === "window") window = event;
    else if (event.kind === "loss") lost += event.count;
    else if (event.kind === "container") {
      const key = JSON.stringify([
        event.platform,
        event.namespace,
        event.workloadKind,
        event.workload,
        event.name,
      ]);
      const use = uses.get(key) ?? new Use(event);
      uses.set(key, use);
      byId.set(event.id, use);
      use.copy(event);
    } else {
      const use = byId.get(event.container);
      if (use === undefined) strangers += 1;
      else use.add(event);
    }
  }
  if (window === null) return { uses: [], strangers, isCut: false };
  const { architecture, from, to } = window;
  const all = [...uses.values()];
  return {
    uses: all.map((use) => use.summed(architecture, { from, to, lost })),
    strangers,
    isCut: all.some((use) => use.isCut),
  };
}

/** What is gathered of one container. */
class Use {
  readonly #of: ObservedUse["of"];
  readonly #images = new Set<string>();
  #labels: Map<string, string> | null = null;
  readonly #spans: { from: number; to: number }[] = [];
  #starts = 0;
  #ends = 0;
  readonly #capabilities = { used: new Set<string>(), refused: new Set<string>() };
  readonly #syscalls = new Set<string>();
  readonly #writes = new Set<string>();
  readonly #flows = new Map<string, Flow>();
  readonly #listeners = new Map<string, Listener>();
  readonly #names = new Set<string>();
  isCut = false;

  constructor({ platform, namespace, workloadKind, workload, name }: ObservedContainer) {
    this.#of = { platform, namespace, workloadKind, workload, name };
  }

  copy({ image, labels, from, to, sawStart, sawEnd }: ObservedContainer): void {
    if (image !== null) this.#images.add(image);
    const steady = steadyLabels(labels);
    const known = this.#labels;
    this.#labels =
      known === null
        ? steady
        : new Map([...known].filter(([name, value]) => steady.get(name) === value));
    this.#spans.push({ from, to });
    if (sawStart) this.#starts += 1;
    if (sawEnd) this.#ends += 1;
  }

  /** What is read and executed needs no grant. */
  add(event: ObservedThing): void {
    if (event.kind === "syscall") this.#keep(this.#syscalls, event.name);
    else if (event.kind === "write") this.#keep(this.#writes, event.path);
    else if (event.kind === "capability") this.#capability(event);
    else if (event.kind === "flow") this.#flow(event);
    else if (event.kind === "listen") this.#listener(event);
    else if (event.kind === "name") this.#keep(this.#names, event.name);
  }

  #listener({ protocol, port }: ObservedListener): void {
    this.#listeners.set(`${protocol}/${port}`, { protocol, port });
  }

  #capability({ name, allowed }: ObservedCapability): void {
    this.#keep(allowed ? this.#capabilities.used : this.#capabilities.refused, name);
  }

  #flow({ direction, protocol, port, peer }: ObservedFlow): void {
    const steady =
      peer.kind === "pod"
        ? { ...peer, labels: Object.fromEntries(steadyLabels(peer.labels)) }
        : peer;
    const key = JSON.stringify([direction, protocol, port, steady]);
    if (this.#flows.has(key)) return;
    if (this.#flows.size >= DISTINCT_MAX) this.isCut = true;
    else this.#flows.set(key, { direction, protocol, port, peer: steady });
  }

  #keep(set: Set<string>, value: string): void {
    if (set.has(value)) return;
    if (set.size >= DISTINCT_MAX) this.isCut = true;
    else set.add(value);
  }

  summed(
    architecture: ObservedWindow["architecture"],
    { from, to, lost }: { readonly from: number; readonly to: number; readonly lost: number },
  ): ObservedUse {
    const { used, refused } = this.#capabilities;
    return {
      of: this.#of,
      architecture,
      images: [...this.#images].sort(),
      labels: Object.fromEntries(this.#labels ?? []),
      coverage: {
        windowMs: to - from,
        observedMs: lengthOf(this.#spans, from, to),
        starts: this.#starts,
        ends: this.#ends,
        lost,
      },
      capabilities: {
        used: [...used].sort(),
        refused: [...refused].filter((name) => !used.has(name)).sort(),
      },
      syscalls: [...this.#syscalls].sort(),
      writes: [...this.#writes].sort(),
      flows: [...this.#flows.values()],
      listeners: [...this.#listeners.values()],
      names: [...this.#names].sort(),
    };
  }
}

/** Of the union of spans, within the window. */
function lengthOf(
  spans: readonly { readonly from: number; readonly to: number }[],
  from: number,
  to: number,
): number {
  let total = 0;
  let reached = from;
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const end = Math.min(span.to, to);
    if (end <= reached) continue;
    total += end - Math.max(span.from, reached);
    reached = end;
  }
  return total;
}
