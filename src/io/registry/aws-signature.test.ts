import { expect, test } from "vitest";
import { signedHeaders } from "./aws-signature.ts";

// From Amazon's own test suite for signature version 4: the cases get-vanilla and post-vanilla, and get-vanilla with a session.
const KEY = {
  id: "AKIDEXAMPLE",
  secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  session: null,
};
const REQUEST = {
  url: new URL("https://example.amazonaws.com/"),
  headers: {},
  body: "",
  region: "us-east-1",
  service: "service",
  at: "2015-08-30T12:36:00.000Z",
};

test.each([
  ["GET", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"],
  ["POST", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"],
])("a %s is signed as Amazon signs it", (method, signature) => {
  expect(signedHeaders({ ...REQUEST, method }, KEY)).toEqual({
    host: "example.amazonaws.com",
    "x-amz-date": "20150830T123600Z",
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
  });
});

test("a session's token is sent and signed", () => {
  const headers = signedHeaders({ ...REQUEST, method: "GET" }, { ...KEY, session: "token" });
  expect(headers["x-amz-security-token"]).toBe("token");
  expect(headers["authorization"]).toContain("SignedHeaders=host;x-amz-date;x-amz-security-token");
});
