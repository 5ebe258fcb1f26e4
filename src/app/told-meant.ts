import { isMeantBy } from "../model/container.ts";
import { namesOf } from "./meant-container.ts";
import type { Surroundings } from "./surroundings.ts";
import { containersNow } from "./watch-containers.ts";

/** Said before the sensor is at work. One that starts later is looked at, too; but who mistyped its name must not wait for it. */
export function tellMeant(
  names: readonly string[],
  verb: "watching" | "learning",
  { note, warn }: Pick<Surroundings, "note" | "warn">,
): void {
  const running = containersNow().map(({ container }) => container);
  for (const name of names) {
    const meant = running.filter((container) => isMeantBy(container, name));
    if (meant.length > 0) note?.(`will be ${verb} ${namesOf(meant)}`);
    else {
      const others = running.length === 0 ? "none runs" : `what runs is ${namesOf(running)}`;
      warn(
        `no container ${JSON.stringify(name)} runs, so nothing is seen until it does; ${others}`,
      );
    }
  }
}
