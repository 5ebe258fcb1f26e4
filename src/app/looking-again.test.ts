import { describe, expect, test } from "vitest";
import { LookingAgain } from "./looking-again.ts";

/** Looks and pauses in order; each waits until the test lets it go on. */
function stand() {
  const done: (string | number)[] = [];
  let goOn = (): void => undefined;
  const held = (): Promise<void> =>
    new Promise((resolve) => {
      goOn = resolve;
    });
  const again = new LookingAgain(
    () => {
      done.push("look");
      return held();
    },
    (milliseconds) => {
      done.push(milliseconds);
      return held();
    },
  );
  const step = async (): Promise<void> => {
    goOn();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { again, done, step };
}

describe("LookingAgain", () => {
  test("looks at once, and once more for everything that died meanwhile", async () => {
    const { again, done, step } = stand();
    again.ask();
    for (let died = 0; died < 100; died += 1) again.ask();
    for (let steps = 0; steps < 10; steps += 1) await step();
    expect(done).toEqual(["look", 250, "look", 500]);
  });

  test("what dies during a pause is looked at after it", async () => {
    const { again, done, step } = stand();
    again.ask();
    await step();
    again.ask();
    expect(done).toEqual(["look", 250]);
    await step();
    expect(done).toEqual(["look", 250, "look"]);
  });

  test("who makes something die all the time is looked at less and less often", async () => {
    const { again, done, step } = stand();
    again.ask();
    for (let steps = 0; steps < 40; steps += 1) {
      again.ask();
      await step();
    }
    const pauses = done.filter((one) => one !== "look");
    expect(pauses.slice(0, 9)).toEqual([250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  });

  test("after some rest it looks at once again", async () => {
    const { again, done, step } = stand();
    again.ask();
    await step();
    await step();
    again.ask();
    await step();
    expect(done).toEqual(["look", 250, "look", 250]);
  });
});
