import { AppError } from "../kit/error.ts";

/** What the user asked to have examined, taken apart and not yet looked at. */
export type Target =
  /** An image reference, resolved at its registry. */
  | { readonly kind: "registry"; readonly reference: string }
  | { readonly kind: "layout"; readonly path: string; readonly tag: string | null }
  | { readonly kind: "oci-archive"; readonly path: string; readonly tag: string | null }
  | { readonly kind: "docker-archive"; readonly path: string; readonly reference: string | null }
  | {
      readonly kind: "engine";
      readonly engine: "docker" | "podman";
      readonly reference: string;
    }
  /** An unpacked root file system. */
  | { readonly kind: "rootfs"; readonly path: string }
  /** A project: lock files, and what is vendored. */
  | { readonly kind: "project"; readonly path: string }
  | { readonly kind: "sbom"; readonly path: string }
  | { readonly kind: "sarif"; readonly path: string }
  /** A plain path or name: what it is, is told by looking at it. */
  | { readonly kind: "plain"; readonly text: string };

const SCHEMES: Readonly<Record<string, (rest: string) => Target>> = {
  registry: (reference) => ({ kind: "registry", reference }),
  oci: (rest) => ({ kind: "layout", ...pathAndTag(rest) }),
  "oci-archive": (rest) => ({ kind: "oci-archive", ...pathAndTag(rest) }),
  "docker-archive": (rest) => {
    // What follows is a reference, which has slashes and colons of its own.
    const colon = rest.indexOf(":");
    if (colon <= 0) return { kind: "docker-archive", path: rest, reference: null };
    const [path, reference] = [rest.slice(0, colon), rest.slice(colon + 1)];
    return { kind: "docker-archive", path, reference };
  },
  docker: (reference) => ({ kind: "engine", engine: "docker", reference }),
  podman: (reference) => ({ kind: "engine", engine: "podman", reference }),
  rootfs: (path) => ({ kind: "rootfs", path }),
  dir: (path) => ({ kind: "project", path }),
  sbom: (path) => ({ kind: "sbom", path }),
  sarif: (path) => ({ kind: "sarif", path }),
};

/** What stands before the colon. */
export const TARGET_SCHEMES: readonly string[] = Object.keys(SCHEMES);

/**
 * Takes a target as the user writes it apart: `oci:DIR[:TAG]`, `docker:REF`, `sbom:FILE`, a path, a reference.
 *
 * @throws {AppError} `usage` when nothing stands after the scheme.
 */
export function parseTarget(text: string): Target {
  const colon = text.indexOf(":");
  const scheme = text.slice(0, Math.max(colon, 0));
  const rest = text.slice(colon + 1);
  const parse = Object.hasOwn(SCHEMES, scheme) ? SCHEMES[scheme] : undefined;
  // `registry:5000/api` is an image on a host called registry.
  if (parse === undefined || (scheme === "registry" && /^\d+\//.test(rest)))
    return { kind: "plain", text };
  if (rest === "") {
    throw new AppError(
      "usage",
      `cannot scan ${JSON.stringify(text)}: nothing stands after the colon`,
      {
        hint: `write what to scan, as in ${scheme}:${EXAMPLES[scheme] ?? "./path"}`,
      },
    );
  }
  return parse(rest);
}

const EXAMPLES: Readonly<Record<string, string>> = {
  registry: "alpine:3.19",
  docker: "api:latest",
  podman: "api:latest",
  oci: "./layout:latest",
  "oci-archive": "./image.tar",
  "docker-archive": "./image.tar",
};

/** A tag has no slash, so a colon before a slash is part of the path. */
function pathAndTag(rest: string): { path: string; tag: string | null } {
  const colon = rest.indexOf(":", rest.lastIndexOf("/") + 1);
  if (colon <= 0) return { path: rest, tag: null };
  return { path: rest.slice(0, colon), tag: rest.slice(colon + 1) };
}
