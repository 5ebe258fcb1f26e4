// The script of the sensor's thread.
import { asThread } from "../io/sensor/thread.ts";
import { type WatchInside, Watching } from "./watching.ts";

asThread((inside: WatchInside) => new Watching(inside).run());
