// Dockerfiles and Containerfiles: named so, or beginning like one.
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
  const subject = dockerfileBuild(text);
  const places: ReadSubject["places"] = (pointers) =>
    new Map(
      pointers.flatMap((pointer) => {
        const place = dockerfilePlace(pointer);
        return place === null ? [] : [[pointer, place] as const];
      }),
    );
  return [{ path, subject, places }];
}
