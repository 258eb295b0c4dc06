import { join } from 'node:path';
import type * as Yaml from 'yaml';
import { InputError } from '../../../base/errors.js';
import type { SettingKey } from '../settings.js';
import { textOf } from '../settings.js';
import type { FileWish } from '../write.js';
import { changedConfig, newConfig } from './config-file.js';
import { dockerIgnore } from './docker-ignore.js';
import type { PlanInput } from './plan-input.js';
import { planRollback } from './plan-rollback.js';
import { planShip } from './plan-ship.js';

export interface InitPlan {
  readonly files: readonly FileWish[];
  /** What nobody has said, with how to say it. */
  readonly open: readonly string[];
  /** What to do next, in this order. */
  readonly steps: readonly string[];
}

/** Which of it is wanted: everything, or a workflow alone. */
export type InitPart = 'all' | 'ship' | 'rollback';

/** A workflow alone, for a `lading.yml` that says enough. Throws an input error when it does not. */
export function planPart(yaml: typeof Yaml, part: 'ship' | 'rollback', input: PlanInput): InitPlan {
  const request = { ...input.request, workflow: 'ship', speaksOfWorkflow: true } as const;
  const planned = (part === 'ship' ? planShip : planRollback)(yaml, { ...input, request });
  if ('file' in planned) return { files: [planned.file], open: [], steps: planned.steps };
  const message = 'open' in planned ? planned.open : 'is not written';
  throw new InputError({ where: `init ${part}`, message, hint: 'Say it in lading.yml, or by lading init.' });
}

/** Pure: the files with their contents, and what is left to a person. */
export function planInit(yaml: typeof Yaml, input: PlanInput): InitPlan {
  const { look, settled, schema, app, dockerfile } = input;
  const { config, folder } = look;
  const wish = { ...settled, schema };
  const files: FileWish[] = [
    config === undefined
      ? { path: join(folder, 'lading.yml'), text: newConfig(yaml, wish) }
      : { path: config.path, text: config.isLong ? config.text : changedConfig(yaml, config, wish) },
  ];
  if (app && dockerfile !== undefined) {
    files.push({ path: join(app.folder, '.dockerignore'), text: dockerIgnore(app, dockerfile), yields: true });
  }
  files.push(...input.stacks);
  const open = settled.open.map((key) => `${key} in lading.yml: ${howTo[key] ?? ''}`);
  const workflow = planShip(yaml, input);
  if ('file' in workflow) files.push(workflow.file);
  if ('open' in workflow) open.push(workflow.open);
  return { files, open, steps: [...('steps' in workflow ? workflow.steps : []), ...lastSteps(input, open)] };
}

const howTo: Readonly<Partial<Record<SettingKey, string>>> = {
  region: 'the AWS region of the service (--region)',
  'build.app': 'the folder of the app (--app)',
  'push.to': 'the ECR repository that images go to (--to)',
  'deploy.service': 'the ECS service that runs it (--service, with --cluster)',
};

function lastSteps(input: PlanInput, open: readonly string[]): readonly string[] {
  const { app, look } = input;
  const dockerfile =
    app?.dockerfile && app.builder !== 'dockerfile' && textOf(input.settled.settings, 'build.builder') !== 'dockerfile'
      ? [
          `The Dockerfile is not used: lading packs a ${app.title ?? ''} app from its files; build.builder: dockerfile would build it.`,
        ]
      : [];
  const next =
    open.length > 0
      ? 'Fill in what is left, then: lading ship --dry-run'
      : 'lading ship --dry-run says what would happen.';
  const infra =
    input.stacks.length > 0 ? ['The stacks are yours now: lading infra plan registry says what it would make.'] : [];
  return [...dockerfile, ...infra, ...(look.config?.isLong ? [] : [next])];
}
