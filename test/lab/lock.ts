import { existsSync } from "node:fs";
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Does something while no other thread or process of this machine does anything under the same lock, which is a folder. */
export async function withLock<T>(lock: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lock), { recursive: true });
  await locked(lock);
  try {
    return await work();
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

/** A folder can be made only once, so whoever makes it holds the lock. One left by a dead process is taken away. */
async function locked(lock: string): Promise<void> {
  for (;;) {
    try {
      await mkdir(lock);
      await writeFile(join(lock, "pid"), String(process.pid));
      return;
    } catch {
      if (await isLeftBehind(lock)) await rm(lock, { recursive: true, force: true });
      else await sleep(250);
    }
  }
}

async function isLeftBehind(lock: string): Promise<boolean> {
  const pid = await readFile(join(lock, "pid"), "utf8").catch(() => null);
  if (pid !== null) return !existsSync(`/proc/${pid}`);
  // Between making the folder and naming its owner there is a moment, but not ten seconds.
  const made = await stat(lock).catch(() => null);
  return made !== null && Date.now() - made.mtimeMs > 10_000;
}
