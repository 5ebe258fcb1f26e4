// Passwords of keys: out of the environment, or asked for on a terminal without showing what is typed.
import { AppError } from "../kit/error.ts";

const VARIABLES = ["BULWARK_KEY_PASSWORD", "COSIGN_PASSWORD"];

/**
 * The password of a key.
 *
 * @param question For the terminal: `password for release.key`.
 * @throws {AppError} `usage` when it is neither in the environment nor to be asked for.
 */
export async function keyPassword(
  question: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  for (const name of VARIABLES) {
    const value = env[name];
    if (value !== undefined) return value;
  }
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true)
    throw new AppError("usage", `cannot ask for the ${question}: there is no terminal`, {
      hint: `put it into ${VARIABLES.join(" or ")}`,
    });
  return typed(question);
}

/** The same, asked twice where it is a new one. */
export async function newKeyPassword(
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const first = await keyPassword("password for the new key", env);
  const again = await keyPassword("same password again", env);
  if (first !== again)
    throw new AppError("usage", "cannot make a key: the two passwords are not the same");
  return first;
}

const ENDS: readonly string[] = ["\r", "\n", "\u0004"];
const INTERRUPT = "\u0003";
const ERASERS: readonly string[] = ["\u007f", "\b"];

async function typed(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(`${question}: `);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.resume();
  try {
    let text = "";
    for (;;) {
      const piece = await new Promise<string>((done) => stdin.once("data", done));
      for (const char of piece) {
        if (ENDS.includes(char)) return text;
        if (char === INTERRUPT) throw new AppError("interrupted", "interrupted");
        text = ERASERS.includes(char) ? text.slice(0, -1) : text + char;
      }
    }
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
  }
}
