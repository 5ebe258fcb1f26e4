import fc from "fast-check";
import { expect, test } from "vitest";
import { imageSettings } from "./image-settings.ts";

const NOTHING = {
  user: "",
  env: [],
  entrypoint: [],
  cmd: [],
  workingDir: "",
  ports: [],
  volumes: [],
  labels: {},
  healthcheck: null,
};

test("settings are read from an image's configuration", () => {
  const config = {
    User: "65532:65532",
    Env: ["PATH=/usr/bin", "A=b"],
    Entrypoint: ["/api"],
    Cmd: "--serve",
    WorkingDir: "/srv",
    ExposedPorts: { "8080/tcp": {} },
    Volumes: { "/data": {} },
    Labels: { team: "payments", broken: 3 },
    Healthcheck: { Test: ["CMD", "/api", "ping"] },
  };
  expect(imageSettings(config)).toEqual({
    user: "65532:65532",
    env: ["PATH=/usr/bin", "A=b"],
    entrypoint: ["/api"],
    cmd: ["--serve"],
    workingDir: "/srv",
    ports: ["8080/tcp"],
    volumes: ["/data"],
    labels: { team: "payments" },
    healthcheck: ["CMD", "/api", "ping"],
  });
});

test.each([[null], [3], [[]], [{ User: 3, Env: {}, Labels: [] }]])("%j says nothing", (config) => {
  expect(imageSettings(config)).toEqual(NOTHING);
});

test("nothing makes it throw", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => void imageSettings(value)));
});
