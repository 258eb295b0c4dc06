import { resolve } from 'node:path';
import type { Command } from '../../base/declare/command.js';
import type { Environment } from '../../base/environment.js';
import type { InputIssue } from '../../base/errors.js';
import type { Inputs } from '../../base/declare/input.js';
import type { Choice } from '../inputs/file/config-file.js';
import type { Given } from '../inputs/given.js';
import type { Shell } from '../terminal/shell-lines.js';
import { resolveValues } from '../inputs/values.js';

/** What the inputs say that every verb has. */
export interface Settings {
  readonly config: string | undefined;
  readonly cwd: string;
  readonly environment: Choice | undefined;
  readonly json: boolean;
  /** Where the page goes, and for errors who said so. */
  readonly page: { readonly file: string; readonly where: string } | undefined;
  readonly quiet: boolean;
  readonly verbose: boolean | undefined;
  readonly shell: Shell | undefined;
  /** Of a verb that has no `timeout` of its own. */
  readonly timeout: number | undefined;
  readonly issues: readonly InputIssue[];
}

interface SettingsRequest {
  readonly command: Pick<Command<Inputs, unknown>, 'name' | 'inputs'>;
  readonly given: ReadonlyMap<string, Given>;
  readonly nameOf: (name: string) => string;
  readonly env: Environment;
  readonly cwd: string;
}

/** Reads those that the verb has not made its own. No file: they say which one is read. */
export async function readSettings(shared: Inputs, request: SettingsRequest): Promise<Settings> {
  const { command, given, nameOf, env, cwd } = request;
  const own = Object.entries(shared).filter(([name]) => !Object.hasOwn(command.inputs, name));
  const sources = { given, nameOf, env, file: undefined, cwd, command: command.name };
  const { values, origins, issues } = await resolveValues(Object.fromEntries(own), sources);
  const said = values as {
    readonly config?: string;
    readonly cwd?: string;
    readonly environment?: string;
    readonly json?: boolean;
    readonly page?: string;
    readonly quiet?: boolean;
    readonly verbose?: boolean;
    readonly timeout?: number;
    readonly shell?: Shell;
  };
  const { config, environment, json = false, page, quiet = false, verbose, timeout, shell } = said;
  return {
    config,
    cwd: said.cwd === undefined ? cwd : resolve(cwd, said.cwd),
    environment: environment ? { name: environment, where: origins.where('environment') } : undefined,
    json,
    page: page === undefined ? undefined : { file: page, where: origins.where('page') },
    quiet,
    verbose,
    timeout,
    shell,
    issues,
  };
}
