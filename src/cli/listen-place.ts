import { AppError } from "../kit/error.ts";

/** Where to listen, as `127.0.0.1:2801` or `[::1]:2801`. @throws {AppError} `usage`. */
export function listenPlace(written: string): { readonly host: string; readonly port: number } {
  const [, bare = "", digits = ""] = /^(\[[0-9a-f:]+\]|[^:]+):(\d{1,5})$/.exec(written) ?? [];
  const port = Number(digits);
  if (bare !== "" && port <= 65_535) return { host: bare.replace(/^\[|\]$/g, ""), port };
  throw new AppError(
    "usage",
    `cannot listen at ${JSON.stringify(written.slice(0, 100))}: not HOST:PORT`,
    { hint: "as in 127.0.0.1:2801" },
  );
}
