import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort, untilAnswered } from '../port.js';
import type { RunningContainer, StartFailure, TaskRunner } from './task-runner.js';

const run = promisify(execFile);

export interface DockerRunnerOptions {
  /** For the login, which only we may read. */
  readonly folder: string;
  /** Host of the sandbox's registry. */
  readonly host: () => string;
  /** Base64 of `AWS:password`, for the registry. */
  readonly authorization: () => Promise<string>;
}

/** Runs containers in the Docker Engine that answers here, pulled from the sandbox's registry. */
export function dockerRunner(options: DockerRunnerOptions): TaskRunner {
  let count = 0;
  return {
    async start(spec, onLine): Promise<RunningContainer | StartFailure> {
      await mkdir(options.folder, { recursive: true, mode: 0o700 });
      const auths = { [options.host()]: { auth: await options.authorization() } };
      await writeFile(join(options.folder, 'config.json'), JSON.stringify({ auths }), { mode: 0o600 });
      const docker = ['--config', options.folder];
      try {
        await run('docker', [...docker, 'pull', '--quiet', spec.image]);
      } catch (error) {
        return {
          reason: `CannotPullContainerError: pull image manifest has been retried 1 time(s): ${lastLine(error)}`,
        };
      }
      const name = `lading-${randomUUID().slice(0, 8)}-${++count}`;
      const port = await freePort();
      const [entry, ...words] = spec.entryPoint ?? [];
      const args = ['run', '--name', name, '--network', 'host', '--env-file', join(options.folder, `${name}.env`)];
      const env = { ...spec.env, PORT: String(port), HOSTNAME: '127.0.0.1' };
      await writeFile(
        join(options.folder, `${name}.env`),
        Object.entries(env)
          .map(([key, value]) => `${key}=${value}\n`)
          .join(''),
        { mode: 0o600 },
      );
      if (entry !== undefined) args.push('--entrypoint', entry);
      if (spec.user !== undefined) args.push('--user', spec.user);
      if (spec.workingDirectory !== undefined) args.push('--workdir', spec.workingDirectory);
      const child = spawn('docker', [...docker, ...args, spec.image, ...words, ...(spec.command ?? [])], {
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const last: string[] = [];
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          last.push(line);
          onLine(line);
        });
      }
      let ended = false;
      const exited = new Promise<{ exitCode: number; reason?: string }>((resolve) => {
        child.once('error', (error) => resolve({ exitCode: 127, reason: error.message }));
        child.once('close', (code) => resolve({ exitCode: code ?? 137 }));
      }).finally(async () => {
        ended = true;
        await run('docker', [...docker, 'rm', '--force', name]).catch(() => undefined);
      });
      const started = await Promise.race([
        exited,
        new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 700)),
      ]);
      if (started && (started.exitCode === 125 || started.exitCode === 126 || started.exitCode === 127)) {
        return { reason: `CannotStartContainerError: ${last.at(-1) ?? 'the container could not be started'}` };
      }
      const url = spec.ports.length > 0 ? `http://127.0.0.1:${port}` : undefined;
      if (url !== undefined) await untilAnswered(port, () => ended);
      return {
        url,
        exited,
        async stop() {
          if (!ended)
            await run('docker', [
              ...docker,
              'stop',
              '--time',
              String(Math.ceil(spec.stopTimeoutMs / 1000)),
              name,
            ]).catch(() => undefined);
          await exited;
        },
      };
    },
  };
}

function lastLine(error: unknown): string {
  const text = (error as { stderr?: string }).stderr ?? String(error);
  return text.trim().split('\n').at(-1) ?? '';
}
