// The door for authors of plugins: the contracts, and the values they are made of.
export type { Container, ContainerImage, ContainerPod } from "./model/container.ts";
export type { Distribution } from "./model/distribution.ts";
export {
  type Descriptor,
  type DescriptorKind,
  EVENT_TYPES,
  type EventType,
  type ExecutableFile,
  type Parameter,
  type Process,
  type SensorEvent,
  type Socket,
} from "./model/event.ts";
export type { FoundPackage, PackageType } from "./model/package.ts";
export type { Plugin } from "./model/plugin.ts";
export type { ScanResult } from "./model/scan.ts";
export {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  onlyProblem,
  type Reading,
  type VisibleReading,
  type Wants,
} from "./stages/catalog/contract.ts";
export type { AdvisorySource, Scheme } from "./stages/match/contract.ts";
export type { Reporter, ReportSurroundings } from "./stages/report/contract.ts";
