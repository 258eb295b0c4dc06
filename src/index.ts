/** The public door `lading`: every verb as a function. */
import { verb } from './entry/library.js';

export const ship = verb(async () => (await import('./commands/ship.js')).ship);
export const build = verb(async () => (await import('./commands/build.js')).build);
export const push = verb(async () => (await import('./commands/push.js')).push);
export const deploy = verb(async () => (await import('./commands/deploy.js')).deploy);
export const status = verb(async () => (await import('./commands/status.js')).status);
export const rollback = verb(async () => (await import('./commands/rollback.js')).rollback);
export const logs = verb(async () => (await import('./commands/logs.js')).logs);
export const infraInit = verb(async () => (await import('./commands/infra.js')).infraInit);
export const infraPlan = verb(async () => (await import('./commands/infra.js')).infraPlan);
export const infraApply = verb(async () => (await import('./commands/infra.js')).infraApply);
export const infraOutput = verb(async () => (await import('./commands/infra.js')).infraOutput);
export const infraDestroy = verb(async () => (await import('./commands/infra.js')).infraDestroy);
export const infraUnlock = verb(async () => (await import('./commands/infra.js')).infraUnlock);
export const promote = verb(async () => (await import('./commands/promote.js')).promote);
export const rotate = verb(async () => (await import('./commands/rotate.js')).rotate);
export const initRotate = verb(async () => (await import('./commands/init-rotate.js')).initRotate);

export type { Bill } from './release/bill.js';
export type { BuildResult } from './release/build.js';
export type { PushResult } from './release/send.js';
export type { DeployResult } from './ecs/rollout/verdict/result.js';
export type { RollOutResult, ServiceResult } from './release/roll-out.js';
export type { ServiceStatus } from './ecs/status.js';
export type { RollbackResult } from './ecs/rollout/rollback.js';
export type { LogsResult } from './commands/logs.js';
export type { InitResult as InfraInitResult } from './ground/infra/init.js';
export type { ApplyResult, InfraResult, OutputResult, PlanResult } from './ground/infra/result.js';
export type { PromoteResult, Promoted } from './release/promotion/promote.js';
export type { RotateResult } from './rotation/result.js';
export type { InitRotateResult } from './commands/init-rotate.js';
export type { CallOptions, CallValues, Verb } from './entry/library.js';
export type { FoundEffects } from './base/declare/effects.js';
export type { ErrorData, ErrorKind, InputIssue } from './base/errors.js';
export { exitCodes, HttpError, InputError, LadingError, ToolError } from './base/errors.js';
export type { CopyResult } from './oci/copy.js';
export type { Report, ReportEvent } from './base/tell/report.js';
