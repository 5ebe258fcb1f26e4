import { addressesOf } from "../io/http/host-names.ts";
import { comparedHosts } from "../stages/watch/compared-hosts.ts";
import { loadRules, type RuleText } from "./rules.ts";

/** An answer is asked for again after so long. */
const FRESH_MS = 60_000;

/** Looks up, again and again, the hosts that rules name. */
export class WatchedHosts {
  readonly #told: (names: ReadonlyMap<string, readonly string[]>) => void;
  #addresses = new Map<string, readonly string[]>();
  readonly #timer: NodeJS.Timeout;

  /** @param told Called with the names by their addresses, whenever some may have changed. */
  constructor(told: (names: ReadonlyMap<string, readonly string[]>) => void) {
    this.#told = told;
    this.#timer = setInterval(() => void this.#lookUp(), FRESH_MS);
    this.#timer.unref();
  }

  /** Those of these rules from now on. Resolves when each name has an answer or none. */
  async follow(rules: readonly RuleText[]): Promise<void> {
    const { sensor } = loadRules(rules);
    const enabled = sensor.rules.filter(({ rule }) => rule.isEnabled);
    const names = enabled.flatMap(({ rule }) => comparedHosts(rule.condition));
    this.#addresses = new Map(names.map((name) => [name, this.#addresses.get(name) ?? []]));
    await this.#lookUp();
  }

  end(): void {
    clearInterval(this.#timer);
  }

  /** A name that nobody answers for keeps what it had: a resolver that is away hides no connection. */
  async #lookUp(): Promise<void> {
    const table = this.#addresses;
    if (table.size === 0) return;
    await Promise.all(
      [...table.keys()].map(async (name) => {
        const found = await addressesOf(name);
        if (found !== null) table.set(name, found);
      }),
    );
    if (table === this.#addresses) this.#told(byAddress(table));
  }
}

function byAddress(table: ReadonlyMap<string, readonly string[]>): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const [name, addresses] of table) {
    for (const address of addresses) names.set(address, [...(names.get(address) ?? []), name]);
  }
  return names;
}
