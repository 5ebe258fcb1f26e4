import {
  clusterSensor,
  hostSensor,
  installOnHost,
  type SensorRequest,
  UNIT_NAME,
  uninstallFromHost,
} from "../app/sensor-install.ts";
import { AppError } from "../kit/error.ts";
import { type Invocation, type Options, surroundingsOf } from "./command.ts";

/** `bulwark sensor install`: prints the service or the objects of a cluster; with `--apply` the service is started. */
export async function installSensor(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  const request: SensorRequest = { rules: options.texts("rules"), sinks: options.texts("to") };
  const image = options.text("image");
  if (image !== null) return printManifests(invocation, request, image);
  const sensor = await hostSensor(request, surroundingsOf(invocation));
  if (!options.flag("apply")) {
    await terminal.print(sensor.unit);
    terminal.hint("look at it, then: sudo bulwark sensor install … --apply");
    return 0;
  }
  await installOnHost(sensor, surroundingsOf(invocation));
  terminal.note(`${UNIT_NAME} is at work, and will be after each start of this host`);
  terminal.hint(`alerts: journalctl --follow --unit ${UNIT_NAME}`);
  return 0;
}

async function printManifests(
  invocation: Invocation,
  request: SensorRequest,
  image: string,
): Promise<number> {
  const { options, terminal } = invocation;
  if (options.flag("apply")) {
    throw new AppError("usage", "cannot use --apply with --image: a cluster's sensor is printed", {
      hint: "hand it to kubectl: bulwark sensor install --image … | kubectl apply -f -",
    });
  }
  const sensor = { ...request, image, ...placeOf(options) };
  await terminal.print(await clusterSensor(sensor, surroundingsOf(invocation)));
  terminal.hint("look at it, then: bulwark sensor install … | kubectl apply -f -");
  return 0;
}

/** `bulwark sensor uninstall`: says what is to be done, or does it. */
export async function uninstallSensor(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  if (options.text("namespace") !== null) {
    await terminal.print(
      `kubectl delete --ignore-not-found namespace ${placeOf(options).namespace}\n`,
    );
    return 0;
  }
  if (!options.flag("apply")) {
    await terminal.print(
      `systemctl disable --now ${UNIT_NAME}\nrm /etc/systemd/system/${UNIT_NAME}\nsystemctl daemon-reload\n`,
    );
    terminal.hint("look at it, then: sudo bulwark sensor uninstall --apply");
    return 0;
  }
  const isRemoved = await uninstallFromHost(surroundingsOf(invocation));
  terminal.note(
    isRemoved ? `${UNIT_NAME} is removed; /etc/bulwark/rules stays` : "there was no such service",
  );
  return 0;
}

function placeOf(options: Options): { readonly name: string; readonly namespace: string } {
  const name = options.text("name") ?? "bulwark-sensor";
  return { name, namespace: options.text("namespace") ?? "bulwark-sensor" };
}
