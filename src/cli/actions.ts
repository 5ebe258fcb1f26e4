// Commands that do several things, named by their first word: `bulwark db update`.
import { AppError } from "../kit/error.ts";
import { nearest } from "../kit/nearest.ts";

/**
 * What a command is to do.
 *
 * @param command For messages: `db`.
 * @param name The first word after it; empty when there is none.
 * @throws {AppError} `usage` for a word that is none of them, with the one that may have been meant.
 */
export function chosenAction<Action>(
  command: string,
  name: string,
  actions: ReadonlyMap<string, Action>,
): Action {
  const action = actions.get(name);
  if (action !== undefined) return action;
  const words = [...actions.keys()];
  const near = nearest(name, words);
  const all = `bulwark ${command} ${words.join(" | ")}`;
  throw new AppError(
    "usage",
    name === ""
      ? `cannot run ${command}: say what to do`
      : `cannot run ${command} ${JSON.stringify(name.slice(0, 60))}: there is no such thing to do`,
    { hint: near === null ? all : `did you mean bulwark ${command} ${near}? ${all}` },
  );
}
