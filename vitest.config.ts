import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts", "tools/**/*.test.ts"],
    testTimeout: 60_000,
    reporters: ["default", "./tools/closing-line.ts"],
    // Threads share what they can; a test that changes the process (cwd, environment) starts a process of its own instead.
    pool: "threads",
  },
});
