import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "tools/**/*.test.ts"],
    testTimeout: 60_000,
    reporters: ["default", "./tools/closing-line.ts"],
    // Threads share what they can; a test that changes the process (cwd, environment) starts a process of its own instead.
    pool: "threads",
    // By default one processor is left to others, which of two is half; most tests wait for programs that they started.
    maxWorkers: Math.max(2, availableParallelism() - 1),
  },
});
