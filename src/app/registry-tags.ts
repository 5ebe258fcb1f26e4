// What tags mean at their registries now, as facts: what a registry does not tell is unknown.
import { type Fact, known, unknown } from "../kit/fact.ts";
import type { Surroundings } from "./surroundings.ts";

/** Digests by the names that were asked for. */
export type RegistryAnswers = ReadonlyMap<string, Fact<string>>;

/** Asks registries, each name once; none when there are no names. @throws the signal's reason. */
export async function askedTags(
  names: readonly string[],
  surroundings: Surroundings,
): Promise<RegistryAnswers> {
  const keys = [...new Set(names)].sort();
  if (keys.length === 0) return new Map();
  const { answersTo } = await import("./pin-answers.ts");
  const questions = keys.map((key) => ({ what: "image" as const, key }));
  const sources = { offline: false, platform: null, actions: null, git: false };
  const answers = await answersTo(questions, sources, surroundings);
  return new Map(
    [...answers].map(([key, answer]): [string, Fact<string>] => [
      key,
      "fixed" in answer
        ? known(answer.fixed, "")
        : unknown("", `what ${key} is at its registry is not known: ${answer.failure}`),
    ]),
  );
}
