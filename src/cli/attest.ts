import { AppError } from "../kit/error.ts";
import { type Command, surroundingsOf } from "./command.ts";
import { SIGN_OPTIONS, signRequestOf, tellSigning } from "./sign.ts";

export const attestCommand: Command = {
  name: "attest",
  summary: "state something about an image, signed: an SBOM, a scan, provenance",
  usage: ["attest IMAGE --key KEY --predicate FILE --type TYPE [options]"],
  details: [
    "What stands in FILE is stated about the image's digest, signed, and attached to the image as a bundle of cosign 3.",
    "TYPE is cyclonedx, spdx, vuln, slsaprovenance1, vsa, openvex, custom (any text), or the address of another type.",
  ],
  options: {
    predicate: { type: "string", value: "FILE", summary: "what is stated" },
    type: { type: "string", value: "TYPE", summary: "what kind of statement it is" },
    ...SIGN_OPTIONS,
  },
  examples: [
    [
      "bulwark attest registry.example.org/team/api:1.2 --key release.key --predicate sbom.cdx.json --type cyclonedx",
      "an SBOM",
    ],
  ],
  run: async (invocation) => {
    const { options } = invocation;
    const [predicate, type] = [options.text("predicate"), options.text("type")];
    if (predicate === null || type === null)
      throw new AppError("usage", "cannot attest: --predicate and --type say what is stated", {
        hint: "as in --predicate sbom.cdx.json --type cyclonedx",
      });
    const { attestImage } = await import("../app/sign.ts");
    const request = { ...signRequestOf(invocation), predicate, type };
    return tellSigning(invocation, await attestImage(request, surroundingsOf(invocation)));
  },
};
