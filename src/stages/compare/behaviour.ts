// How a container behaves, as far as it was seen: a recording in which everything stands once.
import type { ObservedThing } from "../../model/observed.ts";
import { Paths, steadyWords } from "./sameness.ts";

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** Something that a container did, whichever it was and whenever. */
export type Deed = Without<ObservedThing, "container" | "at">;

export type DeedKind = Deed["kind"];

/** Of one container; who does more different things than this is not described by them. */
const DEEDS_MAX = 20_000;
/** Peers at one port, and command lines of one program, from which on they are not told apart. */
const MANY = 24;

/** What one container was seen to do. */
export class Behaviour {
  readonly #reads = new Paths();
  readonly #writes = new Paths();
  readonly #others = new Map<string, { readonly deed: Deed; readonly at: number }>();
  /** How many of each group there are. */
  readonly #groups = new Map<string, number>();
  /** When the first one of each kind was seen that nobody had seen before: since then it was quiet. */
  readonly #newest = new Map<DeedKind, number>();
  /** More than is kept was seen. */
  isCut = false;

  /** @returns Whether nothing that means the same was seen before. */
  add(deed: Deed, at: number): boolean {
    if (this.has(deed)) {
      if (deed.kind === "flow") this.#keepPeer(deed, at);
      return false;
    }
    if (this.#others.size + this.#reads.size + this.#writes.size >= DEEDS_MAX) {
      this.isCut = true;
      return false;
    }
    this.#newest.set(deed.kind, Math.max(at, this.#newest.get(deed.kind) ?? 0));
    if (deed.kind === "read") return this.#reads.add(deed.path, at);
    if (deed.kind === "write") return this.#writes.add(deed.path, at);
    this.#keep(deed, at);
    return true;
  }

  #keep(deed: Deed, at: number): void {
    this.#others.set(keyOf(deed), { deed: steadyDeed(deed), at });
    const group = groupOf(deed);
    this.#groups.set(group, (this.#groups.get(group) ?? 0) + 1);
  }

  /**
   * Another caller is nothing new, and so is one peer more where there are many; but a network policy has to let them through.
   * That there are more than are told apart is kept as a peer that stands for all.
   */
  #keepPeer(deed: Extract<Deed, { kind: "flow" }>, at: number): void {
    const any = anyPeer(deed);
    if (this.#others.has(keyOf(deed)) || this.#others.has(keyOf(any))) return;
    const alike = this.#groups.get(groupOf(deed)) ?? 0;
    this.#keep(alike < MANY ? deed : any, at);
  }

  has(deed: Deed): boolean {
    if (deed.kind === "read") return this.#reads.has(deed.path);
    if (deed.kind === "write") return this.#writes.has(deed.path);
    if (this.#others.has(keyOf(deed))) return true;
    if (deed.kind === "flow" && this.#others.has(keyOf(anyPeer(deed)))) return true;
    const alike = this.#groups.get(groupOf(deed)) ?? 0;
    // Whoever may call is not for the called one to choose.
    const isCalled = deed.kind === "flow" && deed.direction === "ingress";
    return isCalled ? alike > 0 : isGrouped(deed) && alike >= MANY;
  }

  /** Whether a program was begun before, with whichever words. */
  hasProgram(path: string): boolean {
    return this.#groups.has(groupOf({ kind: "execute", path, arguments: [] }));
  }

  /** When something of this kind was seen last that nobody had seen before; null for a kind that was never seen. */
  newestOf(kind: DeedKind): number | null {
    return this.#newest.get(kind) ?? null;
  }

  *deeds(): Generator<{ readonly deed: Deed; readonly at: number }> {
    yield* this.#others.values();
    for (const [path, at] of this.#writes.entries()) yield { deed: { kind: "write", path }, at };
    for (const [path, at] of this.#reads.entries()) yield { deed: { kind: "read", path }, at };
  }
}

function anyPeer(deed: Extract<Deed, { kind: "flow" }>): Deed {
  return { ...deed, peer: { kind: "any" } };
}

function steadyDeed(deed: Deed): Deed {
  return deed.kind === "execute" ? { ...deed, arguments: steadyWords(deed.arguments) } : deed;
}

function keyOf(deed: Deed): string {
  return JSON.stringify(Object.entries(steadyDeed(deed)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isGrouped({ kind }: Deed): boolean {
  return kind === "flow" || kind === "execute" || kind === "name";
}

function groupOf(deed: Deed): string {
  if (deed.kind === "flow") return `${deed.direction} ${deed.protocol} ${deed.port}`;
  if (deed.kind === "execute") return `execute ${deed.path}`;
  // Names below one domain: `a1b2.example.org`.
  if (deed.kind === "name") return `name ${deed.name.split(".").slice(1).join(".")}`;
  return deed.kind;
}
