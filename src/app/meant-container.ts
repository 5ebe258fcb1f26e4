// The container that somebody meant, and what to say when there is none of that name.
import { AppError } from "../kit/error.ts";
import { firstOf } from "../kit/phrase.ts";
import type { Container } from "../model/container.ts";

const NAMED_MAX = 8;

/** That there is none, and which there are. */
export function noSuchContainer(written: string, there: readonly Container[]): AppError {
  return new AppError(
    "not-found",
    `there is no container ${JSON.stringify(written.slice(0, 100))}`,
    {
      hint: there.length === 0 ? "there is none at all" : `there is ${namesOf(there)}`,
    },
  );
}

/** `web (c66aa3d082be) and db (00928274944b)`. */
export function namesOf(containers: readonly Container[]): string {
  const names = containers.map(({ id, name, pod }) => {
    const place = pod === null ? "" : `${pod.namespace}/${pod.name}/`;
    return name === null ? id.slice(0, 12) : `${place}${name} (${id.slice(0, 12)})`;
  });
  return firstOf([...names].sort(), NAMED_MAX);
}
