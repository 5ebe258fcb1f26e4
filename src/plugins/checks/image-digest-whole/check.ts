import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { digestIn } from "../shared/image-name.ts";
import { controls, Said } from "../shared/said.ts";

export const imageDigestWhole: Check = {
  id: "image-digest-whole",
  title: "a digest in the name of an image is whole",
  severity: "medium",
  why: "a digest that is cut off pins nothing: the image cannot be pulled, and whoever repairs it in a hurry takes the tag",
  fix: "write the whole digest: bulwark pin does it",
  controls: controls({ attack: ["T1525"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [podOf({ image: "nginx@sha256:123456" }), podOf({ image: "nginx:1.27@sha512:00ff" })],
    good: [
      podOf({ image: `nginx@sha256:${"0".repeat(64)}` }),
      podOf({ image: "nginx:1.27" }),
      podOf({ image: `nginx@blake3:${"0".repeat(64)}` }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ containers }) => {
        const said = new Said();
        for (const container of containers)
          said.of(container, container.image, (image) => {
            const [algorithm = "", hex = ""] = (digestIn(image) ?? "").split(":");
            const length = DIGITS.get(algorithm);
            if (length === undefined || (hex.length === length && /^[0-9a-f]+$/.test(hex)))
              return null;
            return `its image ${image} has a digest that is not ${length} hexadecimal digits`;
          });
        return said.all;
      },
    },
  ],
};

/** @see https://github.com/opencontainers/image-spec/blob/main/descriptor.md#registered-algorithms */
const DIGITS: ReadonlyMap<string, number> = new Map([
  ["blake3", 64],
  ["sha256", 64],
  ["sha384", 96],
  ["sha512", 128],
]);
