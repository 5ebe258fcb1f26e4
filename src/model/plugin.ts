/** What a plugin may require of its surroundings; an unmet need disables it, with a reason that is printed. */
export type Need = "network" | "live-host" | "engine" | "cluster";

/** What every plugin of every family says about itself. Constant: the same on every machine and for every artifact. */
export interface Plugin {
  /** The folder's name; never reused, never renamed. */
  readonly id: string;
  /** One line for lists and reference pages. */
  readonly title: string;
  readonly needs: readonly Need[];
  readonly state: "trial" | "stable" | "frozen";
}
