import { imageTree } from "../app/tree.ts";
import { type Palette, palette } from "../kit/colour.ts";
import { columns, cut, padLeft, padRight, visible } from "../kit/display.ts";
import { AppError } from "../kit/error.ts";
import { count, list, size } from "../kit/phrase.ts";
import type { Platform } from "../model/artifact.ts";
import {
  type Attachment,
  type ImageTree,
  predicateName,
  type TreeNode,
} from "../model/attachment.ts";
import { type Digest, shortDigest } from "../model/digest.ts";
import { type Command, surroundingsOf } from "./command.ts";
import { ANSWER_FORMAT, OFFLINE } from "./option-specs.ts";
import type { Terminal } from "./terminal.ts";

export const treeCommand: Command = {
  name: "tree",
  summary: "show what is attached to an image: signatures, attestations, SBOMs",
  usage: ["tree IMAGE [options]"],
  details: [
    "IMAGE is a reference or an OCI layout. An image for several platforms is shown with all of them.",
    "What is shown is what lies there and what it claims to be; nothing but digests is verified.",
    "Columns: what it is, in whose form, the first digits of its manifest's digest, the size of its contents, when it was made as its maker says.",
  ],
  options: {
    format: ANSWER_FORMAT,
    digests: { type: "boolean", summary: "write digests in full" },
    offline: OFFLINE,
  },
  examples: [
    [
      "bulwark tree registry.example.org/team/api:1.2",
      "who signed it, and what is stated about it",
    ],
    ["bulwark tree oci:./layout --format json", "the same of a layout, for programs"],
  ],
  run: async (invocation) => {
    const { args, options, terminal } = invocation;
    const [image] = args;
    if (image === undefined || args.length > 1) {
      throw new AppError("usage", "cannot draw a tree: name one image", {
        hint: "as in bulwark tree registry.example.org/team/api:1.2",
      });
    }
    const request = { image, offline: options.flag("offline") };
    const tree = await imageTree(request, surroundingsOf(invocation));
    if (options.text("format") === "json") {
      const document = { schema: "bulwark.dev/tree/v1", ...tree };
      await terminal.print(`${JSON.stringify(document, null, 2)}\n`);
      return 0;
    }
    await terminal.print(textOf(tree, { terminal, inFull: options.flag("digests") }));
    for (const { detail } of tree.problems) terminal.warn(detail);
    return 0;
  },
};

/** One line of the tree, by columns. */
interface Line {
  /** The branches that lead to it. */
  readonly branch: string;
  readonly words: string;
  readonly form: string;
  readonly digest: string;
  readonly size: string;
  readonly date: string;
  readonly isImage: boolean;
}

interface Screen {
  readonly terminal: Terminal;
  readonly inFull: boolean;
}

function textOf(tree: ImageTree, { terminal, inFull }: Screen): string {
  const colours = palette(terminal.colour);
  const all = linesOf(tree.root, inFull);
  const wide = (of: (line: Line) => string): number =>
    all.reduce((most, line) => Math.max(most, columns(of(line))), 0);
  const [digest, bytes, form] = [wide((l) => l.digest), wide((l) => l.size), wide((l) => l.form)];
  // Kinds are URIs and media types when nobody has a shorter name for them; they give way to the rest of the line.
  const rest = digest + bytes + form + "2026-11-25".length + 8;
  const words = Math.min(wide(wordsOf), Math.max(24, terminal.width - rest));
  const widths = { words, form, digest, size: bytes };
  const lines = all.map((line) => drawn(line, widths, colours));
  return `${[colours.bold(answerOf(tree)), ...lines].join("\n")}\n`;
}

function wordsOf({ branch, words }: Line): string {
  return branch + words;
}

type Widths = Readonly<Record<"words" | "form" | "digest" | "size", number>>;

function drawn(line: Line, widths: Widths, { bold, dim }: Palette): string {
  const words = padRight(cut(wordsOf(line), widths.words), widths.words).slice(line.branch.length);
  const cells = [
    dim(line.branch) + (line.isImage ? bold(words) : words),
    padRight(line.form, widths.form),
    padRight(line.digest, widths.digest),
    padLeft(line.size, widths.size),
    dim(line.date),
  ];
  return cells.join("  ").trimEnd();
}

function answerOf({ name, root }: ImageTree): string {
  const all = everything(root);
  const kinds = (["signature", "attestation", "sbom", "artifact"] as const).flatMap((kind) => {
    const n = all.filter((a) => a.kind === kind).length;
    return n === 0 ? [] : [count(n, kind === "sbom" ? "SBOM" : NAMES[kind])];
  });
  return `${visible(name)}: ${kinds.length === 0 ? "nothing is attached" : list(kinds)}`;
}

const NAMES = { signature: "signature", attestation: "attestation", artifact: "other artifact" };

function everything(node: TreeNode): Attachment[] {
  const below = (a: Attachment): Attachment[] => [a, ...a.attached.flatMap(below)];
  return [...node.attached.flatMap(below), ...node.images.flatMap(everything)];
}

function linesOf(root: TreeNode, inFull: boolean): Line[] {
  const shown = (digest: Digest): string => (inFull ? digest : shortDigest(digest));
  const image = (node: TreeNode, words: string, branch: string): Line => ({
    ...{ branch, words, form: "", digest: shown(node.digest), size: "", date: "" },
    isImage: true,
  });
  const attached = (one: Attachment, own: string, below: string): Line[] => [
    {
      branch: own,
      words: meaningOf(one),
      form: FORMS[one.form],
      digest: shown(one.digest),
      size: size(one.sizeBytes),
      date: visible((one.createdAt ?? "").slice(0, 10)),
      isImage: false,
    },
    ...branches(one.attached, below, attached),
  ];
  const node = (one: TreeNode, own: string, below: string): Line[] => [
    image(one, platformText(one.platform), own),
    ...branches(one.attached, below, attached),
  ];
  const isIndex = root.images.length > 0;
  const entries: Branch[] = [
    ...root.images.map(
      (one): Branch =>
        (own, below) =>
          node(one, own, below),
    ),
    ...root.attached.map(
      (one): Branch =>
        (own, below) =>
          attached(one, own, below),
    ),
  ];
  return [
    image(root, isIndex ? "index" : "image", ""),
    ...branches(entries, "", (b, o, d) => b(o, d)),
  ];
}

type Branch = (own: string, below: string) => Line[];

function branches<T>(
  items: readonly T[],
  before: string,
  lines: (item: T, own: string, below: string) => Line[],
): Line[] {
  return items.flatMap((item, i) => {
    const isLast = i === items.length - 1;
    return lines(item, `${before}${isLast ? "└─ " : "├─ "}`, `${before}${isLast ? "   " : "│  "}`);
  });
}

const FORMS: Readonly<Record<Attachment["form"], string>> = {
  bundle: "bundle",
  "cosign-old": "cosign tag",
  notation: "Notation",
  buildkit: "BuildKit",
  oci: "OCI",
};

function meaningOf({ kind, predicateType, artifactType, mediaType }: Attachment): string {
  if (kind === "signature") return "signature";
  if (kind === "sbom") return `SBOM (${sbomFormat(mediaType ?? "")})`;
  if (kind === "artifact") return visible(artifactType ?? mediaType ?? "of no stated kind");
  if (predicateType === null) return "attests something unstated";
  return `attests ${visible(predicateName(predicateType))}`;
}

function sbomFormat(mediaType: string): string {
  const names = { cyclonedx: "CycloneDX", spdx: "SPDX", syft: "Syft" };
  return (
    Object.entries(names).find(([part]) => mediaType.includes(part))?.[1] ?? visible(mediaType)
  );
}

function platformText(platform: Platform | null): string {
  if (platform === null) return "no stated platform";
  const { os, architecture, variant } = platform;
  return visible([os, architecture, ...(variant === undefined ? [] : [variant])].join("/"));
}
