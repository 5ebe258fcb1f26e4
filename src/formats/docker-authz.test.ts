import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../kit/error.ts";
import { authzAnswer, callBody, parseAuthzRequest } from "./docker-authz.ts";

const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

test("what an engine asks", () => {
  const asked = {
    User: "anna",
    UserAuthNMethod: "TLS",
    RequestMethod: "POST",
    RequestUri: "/v1.41/containers/create",
    RequestBody: Buffer.from("{}").toString("base64"),
    RequestHeaders: { "Content-Type": "application/json" },
  };
  expect(parseAuthzRequest(bytes(asked))).toEqual({
    method: "POST",
    uri: "/v1.41/containers/create",
    body: Buffer.from("{}"),
    user: "anna",
  });
  const { User: _, RequestBody: __, ...less } = asked;
  expect(parseAuthzRequest(bytes(less))).toMatchObject({ user: "", body: new Uint8Array() });
});

test.each([
  ["no JSON", Buffer.from("x")],
  ["no address", bytes({ RequestMethod: "GET" })],
  ["a body that is no base64", bytes({ RequestMethod: "A", RequestUri: "/", RequestBody: "%" })],
  ["a list", bytes([])],
])("%s is refused", (_, asked) => {
  expect(() => parseAuthzRequest(asked)).toThrow(AppError);
});

test("throws nothing but errors of ours, on any bytes", () => {
  const guarded = (work: () => unknown): void => {
    try {
      work();
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
    }
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
      guarded(() => parseAuthzRequest(any));
      callBody(any);
    }),
  );
  fc.assert(
    fc.property(fc.jsonValue(), (any) => {
      guarded(() => parseAuthzRequest(bytes(any)));
      callBody(bytes(any));
    }),
  );
});

test.each<[string, string, RegExp]>([
  ["nothing", "", /did not reach the plugin/],
  ["no JSON", "{", /is not JSON/],
  ["two documents", '{"Image":"a"} {"Image":"b"}', /more than one document/],
  ["a name twice", '{"HostConfig":{},"HostConfig":{"Privileged":true}}', /stands twice/],
  ["a name twice, once in escapes", '{"a":1,"\\u0061":2}', /stands twice/],
])("a body of %s cannot be told", (_, text, why) => {
  expect(callBody(Buffer.from(text))).toEqual({ why: expect.stringMatching(why) });
});

test("answers are what engines read", () => {
  expect([authzAnswer(true, "x"), authzAnswer(false, "no")]).toEqual([
    '{"Allow":true}',
    '{"Allow":false,"Msg":"no"}',
  ]);
});
