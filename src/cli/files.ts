import { type FilesRequest, imageFiles } from "../app/files.ts";
import { parsePlatform } from "../app/platform.ts";
import { visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import type { IndexedFile } from "../model/file-index.ts";
import { type Command, surroundingsOf } from "./command.ts";
import { formatOption, OFFLINE } from "./option-specs.ts";

export const filesCommand: Command = {
  name: "files",
  summary: "list the files of a scanned image, with digest, layer and owning package",
  usage: ["files IMAGE [PATH] [options]"],
  details: [
    "IMAGE is any image that bulwark scan takes, or the digest of one that was scanned here.",
    "Columns: mode, size, layer from 1 at the bottom, the first digits of the sha256, the package that owns it, path. In JSON layers count from 0.",
  ],
  options: {
    format: formatOption(["text", "json"], "how to list (default: text)"),
    platform: {
      type: "string",
      value: "OS/ARCH",
      summary: "choose from images for several platforms",
    },
    offline: OFFLINE,
  },
  examples: [
    ["bulwark files alpine:3.19 bin/busybox", "which layer brought a file, and its digest"],
    ["bulwark files oci:image etc --format json", "all below a folder, for programs"],
  ],
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const [image, path = ""] = args;
    if (image === undefined || args.length > 2) {
      throw new AppError("usage", "cannot list files: name an image, and at most one path", {
        hint: "as in bulwark files alpine:3.19 etc",
      });
    }
    const platform = options.text("platform");
    const request: FilesRequest = {
      image,
      path,
      platform: platform === null ? null : parsePlatform(platform),
      offline: options.flag("offline"),
    };
    const found = await imageFiles(request, surroundingsOf(invocation));
    const text =
      options.text("format") === "json"
        ? `${JSON.stringify({ schema: "bulwark.dev/files/v1", ...found }, null, 2)}\n`
        : found.files.map((file) => `${lineOf(file)}\n`).join("");
    await terminal.print(text);
    return 0;
  },
};

const KIND_LETTERS: Readonly<Record<string, string>> = {
  directory: "d",
  symlink: "l",
  hardlink: "h",
  character: "c",
  block: "b",
  fifo: "p",
};

function lineOf(file: IndexedFile): string {
  const { kind, mode, sizeBytes, layer, sha256, owner, link, path } = file;
  return [
    (KIND_LETTERS[kind] ?? "-") + mode.toString(8).padStart(4, "0"),
    String(sizeBytes).padStart(10),
    `layer ${layer + 1}`.padEnd(9),
    (sha256 ?? "").slice(0, 12).padEnd(12),
    visible(owner ?? "-").padEnd(24),
    visible(path) + (link === null ? "" : ` -> ${visible(link)}`),
  ].join("  ");
}
