import type { OpenedImage } from "../io/image.ts";
import type { ExamineContext } from "./examined.ts";
import type { ImageTarget } from "./subject.ts";
import type { Surroundings } from "./surroundings.ts";

/** Opens an image wherever it lies. What opens it is loaded only for that. */
export async function openImage(
  target: ImageTarget,
  text: string,
  context: Surroundings & Pick<ExamineContext, "platform" | "offline">,
): Promise<OpenedImage> {
  const options = { ...context, target: text };
  switch (target.kind) {
    case "layout": {
      const { openLayout } = await import("../io/layout/open-layout.ts");
      return openLayout(target.path, { ...options, tag: target.tag });
    }
    case "oci-archive": {
      const { openOciArchive } = await import("../io/archive/oci-archive.ts");
      return openOciArchive(target.path, { ...options, tag: target.tag });
    }
    case "docker-archive": {
      const { openDockerArchive } = await import("../io/archive/docker-archive.ts");
      return openDockerArchive(target.path, { ...options, reference: target.reference });
    }
    case "engine": {
      const { openEngineImage } = await import("../io/engine/open-engine-image.ts");
      return openEngineImage(target.engine, target.reference, options);
    }
    case "registry": {
      const [{ openRegistryImage }, { parseReference }] = await Promise.all([
        import("../io/registry/open-registry-image.ts"),
        import("../model/reference.ts"),
      ]);
      return openRegistryImage(parseReference(target.reference), options);
    }
  }
}
