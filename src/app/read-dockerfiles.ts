// Dockerfiles and Containerfiles: named so, or beginning like one.
import { dirname, join } from "node:path";
import { hasFile } from "../io/look.ts";
import type { FileKind, NamedBytes, ReadSubject } from "./file-kind.ts";

/** `Dockerfile`, `Dockerfile.dev`, `api.Dockerfile`, `Containerfile.in`. */
const NAME =
  /(?:^|[\\/])(?:(?:docker|container)file(?:\.[^\\/]*)?|[^\\/]+\.(?:docker|container)file)$/i;
/** Settings beside a Dockerfile of that name. */
const BESIDE = /\.dockerignore$|\.(?:ya?ml|json|md|toml)$/i;

export const dockerFiles: FileKind = {
  wants: (path) => NAME.test(path) && !BESIDE.test(path),
  read: readDockerfiles,
};

/** The context may be a folder above that of the file. */
const FOLDERS_ABOVE = 3;

function hasIgnoreFile(path: string): boolean {
  if (hasFile(`${path}.dockerignore`)) return true;
  let folder = dirname(path);
  for (let i = 0; i < FOLDERS_ABOVE; i += 1) {
    if (hasFile(join(folder, ".dockerignore"))) return true;
    folder = join(folder, "..");
  }
  return false;
}

async function readDockerfiles({
  path,
  bytes,
  isNamed,
}: NamedBytes): Promise<ReadSubject[] | null> {
  const { dockerfileBuild, dockerfilePlace, isDockerfile } = await import(
    "../formats/dockerfile-build.ts"
  );
  const text = bytes.toString("utf8").replace(/^\uFEFF/, "");
  const isCalledSo = dockerFiles.wants(path);
  if (!isCalledSo && !(isNamed && isDockerfile(text))) return null;
  const subject = dockerfileBuild(text, hasIgnoreFile(path));
  const places: ReadSubject["places"] = (pointers) =>
    new Map(
      pointers.flatMap((pointer) => {
        const place = dockerfilePlace(pointer);
        return place === null ? [] : [[pointer, place] as const];
      }),
    );
  return [{ path, subject, places }];
}
