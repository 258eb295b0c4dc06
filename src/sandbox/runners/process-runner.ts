import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { access, constants, mkdir, readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RunConfig } from '../../oci/config.js';
import { parseImageConfig } from '../../oci/config.js';
import { parseImageManifest } from '../../oci/manifest.js';
import type { ImageStore } from '../registry/images.js';
import { accepts, freePort } from '../port.js';
import type { ContainerSpec, RunningContainer, StartFailure, TaskRunner } from './task-runner.js';
import { unpackLayer } from './unpack.js';

interface Unpacked {
  readonly root: string;
  readonly config: RunConfig;
}

/**
 * Runs containers as processes of this computer: the image of the sandbox's registry is unpacked, its program started
 * in it. A rehearsal, not an isolation: the program sees this computer's files and network.
 */
export function processRunner(images: ImageStore, folder: string): TaskRunner {
  const unpacked = new Map<string, Promise<Unpacked>>();

  async function unpack(image: string): Promise<Unpacked> {
    const [, name = '', digest = ''] = /^[^/]+\/([^:@]+).*?@?(sha256:[0-9a-f]{64})?$/.exec(image) ?? [];
    const repository = images.repositories.get(name);
    const manifest = [...(repository?.manifests.values() ?? [])].find((one) => one.digest === digest);
    if (!manifest) throw new Error(`failed to resolve ref: ${image}: not found`);
    const { layers, config } = parseImageManifest(manifest);
    const root = join(folder, digest.slice('sha256:'.length, 'sha256:'.length + 16));
    await mkdir(root, { recursive: true });
    for (const layer of layers) await unpackLayer(images.open(layer.digest), layer.mediaType, root);
    const parsed = parseImageConfig(await readFile(images.path(config.digest)), image);
    return { root, config: parsed.config ?? {} };
  }

  return {
    async start(spec, onLine): Promise<RunningContainer | StartFailure> {
      let image: Unpacked;
      try {
        const known = unpacked.get(spec.image) ?? unpack(spec.image);
        unpacked.set(spec.image, known);
        image = await known;
      } catch (error) {
        unpacked.delete(spec.image);
        return {
          reason: `CannotPullContainerError: pull image manifest has been retried 1 time(s): ${(error as Error).message}`,
        };
      }
      const words = [
        ...(spec.entryPoint ?? image.config.Entrypoint ?? []),
        ...(spec.command ?? (spec.entryPoint ? [] : (image.config.Cmd ?? []))),
      ];
      const program = await findProgram(words[0] ?? '', image.root);
      if (program === undefined)
        return {
          reason: `CannotStartContainerError: failed to create shim task: exec: "${words[0] ?? ''}": executable file not found in $PATH`,
        };
      const port = await freePort();
      const child = spawn(program, words.slice(1), {
        cwd: join(image.root, spec.workingDirectory ?? image.config.WorkingDir ?? '/'),
        env: { ...imageEnv(image.config), ...spec.env, PORT: String(port), HOSTNAME: '127.0.0.1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      return watchChild(child, spec, port, onLine);
    },
  };
}

async function watchChild(
  child: ChildProcess,
  spec: ContainerSpec,
  port: number,
  onLine: (line: string) => void,
): Promise<RunningContainer> {
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', onLine);
  let ended = false;
  const exited = new Promise<{ exitCode: number; reason?: string }>((resolve) => {
    child.once('error', (error) => resolve({ exitCode: 127, reason: error.message }));
    child.once('close', (code, signal) => resolve({ exitCode: code ?? (signal === 'SIGKILL' ? 137 : 143) }));
  }).finally(() => (ended = true));
  const url = spec.ports.length > 0 ? `http://127.0.0.1:${port}` : undefined;
  for (let tries = 0; url !== undefined && !ended && tries < 300 && !(await accepts(port)); tries++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  return {
    url,
    exited,
    async stop() {
      if (!ended) child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), spec.stopTimeoutMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

function imageEnv(config: RunConfig): Record<string, string> {
  const pairs = (config.Env ?? []).map(
    (pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const,
  );
  return Object.fromEntries(pairs);
}

/** The program within the image, by the usual folders. */
async function findProgram(word: string, root: string): Promise<string | undefined> {
  const candidates =
    isAbsolute(word) || word.includes('/')
      ? [join(root, word)]
      : ['usr/local/bin', 'usr/bin', 'bin'].map((folder) => join(root, folder, word));
  for (const candidate of candidates) {
    const runs = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return candidate;
  }
  return undefined;
}
