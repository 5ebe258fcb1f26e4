// The name of an image as it stands in the files of runtimes, taken apart as it was written: nothing is completed.

/** `registry/team/app:1@sha256:…`, in parts. */
export interface ImageName {
  /** Without tag and digest, as it was written: `nginx` stays `nginx`. */
  readonly repository: string;
  readonly tag: string | null;
  readonly digest: string | null;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Takes a name apart. Null for a bare image id or digest, which is no name. */
export function imageName(written: string): ImageName | null {
  if (written === "" || DIGEST.test(written) || /^[0-9a-f]{64}$/.test(written)) return null;
  const at = written.indexOf("@");
  const digest = at === -1 ? null : written.slice(at + 1);
  const rest = at === -1 ? written : written.slice(0, at);
  // A colon before the last slash is that of a port.
  const colon = rest.lastIndexOf(":");
  const hasTag = colon > rest.lastIndexOf("/");
  return {
    repository: hasTag ? rest.slice(0, colon) : rest,
    tag: hasTag ? rest.slice(colon + 1) : null,
    digest: digest !== null && DIGEST.test(digest) ? digest : null,
  };
}

/** `sha256:` before a bare id; null for what is neither. */
export function imageId(written: string): string | null {
  if (DIGEST.test(written)) return written;
  return /^[0-9a-f]{64}$/.test(written) ? `sha256:${written}` : null;
}
