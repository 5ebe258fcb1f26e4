// Conditions that several packs state, each with an effect of its own.
import { STAGES, type WrittenRule } from "../../../model/policy.ts";

type Condition = Omit<WrittenRule, "effect">;

/** The makers of the system no longer close its flaws. */
export const END_OF_LIFE: Condition = {
  kind: "written",
  id: "end-of-life",
  stages: STAGES,
  fix: "move to a release of the base image that is still maintained",
  owner: null,
  failMode: "closed",
  line: 0,
  about: "image",
  when: "has(image.distribution) && image.distribution.endOfLife != null && image.distribution.endOfLife.ended",
  message: "{image.distribution.name} is end of life since {image.distribution.endOfLife.date}",
};

/** Without a user, processes begin as root. */
export const IS_ROOT: Condition = {
  kind: "written",
  id: "root-user",
  stages: STAGES,
  fix: "add a line USER to the Dockerfile, with a number such as 65532",
  owner: null,
  failMode: "closed",
  line: 0,
  about: "image",
  when: 'image.user == "" || image.user.matches("^(root|0+)(:|$)")',
  message: "the image starts as root",
};
