// What tags mean at their registries now, as facts: what a registry does not tell is unknown.
import { type Fact, known, unknown } from "../kit/fact.ts";
import type { Instance, RunningImage } from "../model/pairing.ts";
import type { Surroundings } from "./surroundings.ts";

/** Digests by the names that were asked for. */
type RegistryAnswers = ReadonlyMap<string, Fact<string>>;

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

/** The names by which it runs what came from a registry, where they can be moved. */
export function tagsOf({ workload, images }: Instance): string[] {
  return workload.containers.flatMap(({ name, image }) => {
    const isTag = image.state === "known" && !image.value.includes("@");
    return isTag && (images.get(name)?.digests.length ?? 0) > 0 ? [image.value] : [];
  });
}

/** The same with what registries answered. */
export function withAnswers(instance: Instance, answers: RegistryAnswers): Instance {
  if (answers.size === 0) return instance;
  const images = new Map<string, RunningImage>(instance.images);
  for (const { name, image } of instance.workload.containers) {
    const own = images.get(name);
    const registryHas = image.state === "known" ? answers.get(image.value) : undefined;
    if (own !== undefined && registryHas !== undefined) images.set(name, { ...own, registryHas });
  }
  return { ...instance, images };
}
