import { AppError, reasonOf } from "../kit/error.ts";
import { codeOf } from "./error-code.ts";

/** What a failed `open` of something the user named becomes: the file, the state, and the way out. */
export function openError(
  what: string,
  path: string,
  error: unknown,
  hint: string = "look for a typing error, and whether you are in the right folder",
): AppError {
  const code = codeOf(error);
  const quoted = JSON.stringify(path);
  if (code === "ENOENT" || code === "ENOTDIR") {
    return new AppError("not-found", `cannot open ${what} ${quoted}: no such file or folder`, {
      hint,
      subject: path,
      cause: error,
    });
  }
  if (code === "EACCES" || code === "EPERM") {
    return new AppError("unreadable", `cannot open ${what} ${quoted}: permission denied`, {
      hint: "run it as a user who may read it",
      subject: path,
      cause: error,
    });
  }
  if (code === "EISDIR") {
    return new AppError("unreadable", `cannot open ${what} ${quoted}: it is a folder`, {
      hint: "name a file",
      subject: path,
      cause: error,
    });
  }
  return new AppError("unreadable", `cannot open ${what} ${quoted}: ${reasonOf(error)}`, {
    subject: path,
    cause: error,
  });
}
