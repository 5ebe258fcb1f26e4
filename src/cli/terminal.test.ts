import { expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { failureText } from "./terminal.ts";

test("what strangers wrote into a message moves no cursor", () => {
  const error = new AppError("not-found", 'cannot scan "\u009b31m\u202e": gone', {
    hint: "\u001b]0;x",
  });
  expect(failureText(error)).toBe(
    'bulwark: error: cannot scan "\\x9b31m\\u202e": gone (not-found)\nbulwark: hint: \\x1b]0;x\n',
  );
});

test("a defect is told with its trace, line by line", () => {
  const error = new TypeError("\u001b[2J");
  error.stack = "TypeError: \u001b[2J\n    at here";
  expect(failureText(error)).toBe(
    "bulwark: error: \\x1b[2J (internal)\nbulwark: hint: this is a defect in bulwark; report it with the lines below\nTypeError: \\x1b[2J\n    at here\n",
  );
});
