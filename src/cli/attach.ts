import { attachFile } from "../app/attach.ts";
import { parsePlatform } from "../app/platform.ts";
import { AppError } from "../kit/error.ts";
import { type Command, surroundingsOf } from "./command.ts";
import { ANSWER_FORMAT, OFFLINE } from "./option-specs.ts";

export const attachCommand: Command = {
  name: "attach",
  summary: "attach a file, such as an SBOM, to an image in a registry or layout",
  usage: ["attach IMAGE FILE [options]"],
  details: [
    "FILE becomes an artifact of its own that names the image; the image stays as it is. CycloneDX, SPDX, OpenVEX and SARIF in JSON are recognised, other files need --type.",
    "What is attached is a claim that anybody who may push can make; who must be able to rely on it wants it signed.",
    "The digest of what was attached is printed.",
  ],
  options: {
    type: { type: "string", value: "MEDIA-TYPE", summary: "what the file is" },
    annotation: {
      type: "string",
      value: "NAME=VALUE",
      multiple: true,
      summary: "say something about it; may be given several times",
    },
    platform: {
      type: "string",
      value: "OS/ARCH",
      summary: "attach to one image of an index (default: to the index)",
    },
    format: ANSWER_FORMAT,
    offline: OFFLINE,
  },
  examples: [
    ["bulwark attach registry.example.org/team/api:1.2 sbom.cdx.json", "an SBOM to an image"],
    [
      "bulwark attach oci:./layout report.pdf --type application/pdf",
      "any file to an image in a layout",
    ],
  ],
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const [image, file] = args;
    if (image === undefined || file === undefined || args.length > 2) {
      throw new AppError("usage", "cannot attach: name an image and a file", {
        hint: "as in bulwark attach registry.example.org/team/api:1.2 sbom.cdx.json",
      });
    }
    const platform = options.text("platform");
    const request = {
      image,
      file,
      type: options.text("type"),
      platform: platform === null ? null : parsePlatform(platform),
      annotations: options.texts("annotation"),
      offline: options.flag("offline"),
    };
    const result = await attachFile(request, surroundingsOf(invocation));
    if (options.text("format") === "json") {
      const document = { schema: "bulwark.dev/attach/v1", ...result };
      await terminal.print(`${JSON.stringify(document, null, 2)}\n`);
    } else {
      await terminal.print(`${result.digest}\n`);
      terminal.note(`attached ${file} to ${result.name} (${result.subject})`);
    }
    return 0;
  },
};
