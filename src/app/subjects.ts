// What the user named, and which artifacts that means: one, or all images of a Compose file, of objects, or of this host.
import { lookAt } from "../io/look.ts";
import { AppError } from "../kit/error.ts";
import { parseTarget, type Target } from "../model/target.ts";
import { examineImage } from "./examine-image.ts";
import type { ExamineContext, Examined } from "./examined.ts";
import { orMeant } from "./mistyped.ts";
import { openImage } from "./open-image.ts";
import { targetOfFile, targetOfFolder } from "./recognise.ts";
import type { ObjectsTarget, RecognisedTarget, Subject } from "./subject.ts";

/**
 * The artifacts that a target stands for.
 *
 * @throws {AppError} when the target itself cannot be understood or found; what is wrong with one of its artifacts is thrown
 *   by that artifact's `examine`.
 */
export async function subjectsOf(text: string, context: ExamineContext): Promise<Subject[]> {
  const parsed = parseTarget(text);
  const target = await orMeant(text, () => recognised(parsed));
  if (target.kind === "objects") {
    const { imagesNamedIn } = await import("./named-images.ts");
    const named = await imagesNamedIn(target, text, context);
    const { files } = target;
    const workloads = configurationOf(
      { files, paths: parsed.kind === "plain" ? [parsed.text] : files },
      text,
      context,
    );
    return [...named, ...workloads, ...contentOf(target, text, context)];
  }
  const own = { target: text, examine: () => orMeant(text, () => examine(target, text, context)) };
  if (target.kind !== "project") return [own];
  return [...configurationOf({ files: [], paths: [target.path] }, text, context), own];
}

/** What a target holds that says how containers run, and what of: where somebody asks about it. */
function configurationOf(
  named: { readonly files: readonly string[]; readonly paths: readonly string[] },
  text: string,
  context: ExamineContext,
): Subject[] {
  const isAsked = (context.checks.length > 0 && named.files.length > 0) || context.demandsPins;
  return isAsked ? [{ target: text, examine: () => configurationIn(named, text, context) }] : [];
}

async function recognised(target: Target): Promise<RecognisedTarget> {
  if (target.kind !== "plain") return target;
  const { text } = target;
  const look = await lookAt(text);
  if (look.kind === "folder") return targetOfFolder(text, look.names);
  if (look.kind === "file") return targetOfFile(text, look.head);
  if (/^(\.|\/|~)|\/$|\.(ya?ml|json|tar|tgz|sarif)$/.test(text)) {
    throw new AppError("not-found", `cannot scan ${JSON.stringify(text)}: no such file or folder`, {
      hint: "name a file, a folder, or an image such as alpine:3.19",
      subject: text,
    });
  }
  return { kind: "registry", reference: text };
}

async function configurationIn(
  named: { readonly files: readonly string[]; readonly paths: readonly string[] },
  text: string,
  context: ExamineContext,
): Promise<Examined> {
  const { examineConfiguration } = await import("./examine-configuration.ts");
  return examineConfiguration(named, text, context);
}

/** What lies beside the names of images: what a folder declares and installs, and, where somebody asks, secrets. */
function contentOf(
  { files, folder }: ObjectsTarget,
  target: string,
  context: ExamineContext,
): Subject[] {
  if (folder === null)
    return context.secrets
      ? files.map((path) => ({ target, examine: () => secretsInFile(path, target, context) }))
      : [];
  const { path, hasPackages } = folder;
  if (!hasPackages && !context.secrets) return [];
  return [{ target, examine: () => folderBeside(path, target, context) }];
}

async function folderBeside(
  path: string,
  target: string,
  context: ExamineContext,
): Promise<Examined> {
  const { examineFolder } = await import("./examine-folder.ts");
  return examineFolder({ path, target, kind: "project", images: "scanned" }, context);
}

async function secretsInFile(
  path: string,
  target: string,
  context: ExamineContext,
): Promise<Examined> {
  const { examineNamedFile } = await import("./file-secrets.ts");
  return examineNamedFile(path, target, context);
}

type Single = Exclude<RecognisedTarget, { kind: "objects" }>;

async function examine(target: Single, text: string, context: ExamineContext): Promise<Examined> {
  switch (target.kind) {
    case "rootfs":
    case "project": {
      const { examineFolder } = await import("./examine-folder.ts");
      const { path } = target;
      const how =
        target.kind === "project"
          ? ({ kind: "project", images: "told" } as const)
          : ({ kind: "filesystem", images: "none" } as const);
      return examineFolder({ path, target: text, ...how }, context);
    }
    case "sbom":
    case "sarif": {
      const { examineSarif, examineSbom } = await import("./examine-document.ts");
      return target.kind === "sbom"
        ? examineSbom(target.path, text, context)
        : examineSarif(target.path, text, context);
    }
    default:
      return examineImage(await openImage(target, text, context), context);
  }
}
