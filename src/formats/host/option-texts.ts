import { ABSENT, type Fact } from "../../kit/fact.ts";
import type { Daemon, OptionValue } from "../../model/host.ts";

/** An option of a daemon, as the model tells it: formats may not ask it. */
export function optionIn({ options, rest }: Daemon, name: string): Fact<OptionValue> {
  return options.get(name) ?? rest ?? ABSENT;
}

/** The texts of a list; none where it is not set, no list, or cannot be told. Strangers put other things into lists, too. */
export function textsIn(fact: Fact<OptionValue> | undefined): readonly string[] {
  if (fact?.state !== "known" || !Array.isArray(fact.value)) return [];
  return fact.value.filter((one): one is string => typeof one === "string");
}

/** A value in one word, whatever it is: what strangers put in the place of a text has no text of its own. */
export function wordOf(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
