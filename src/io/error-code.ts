/** The code of a failure of the system or of Node (`ENOENT`, `ERR_TLS_…`); empty where it has none. */
export function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && "code" in error ? error.code : "";
  return typeof code === "string" ? code : "";
}
