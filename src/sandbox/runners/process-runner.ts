import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { access, constants, mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { RunConfig } from '../../oci/config.js';
import { parseImageConfig } from '../../oci/config.js';
import { hexOf } from '../../oci/digest.js';
import type { RawManifest } from '../../oci/manifest.js';
import { parseImageManifest } from '../../oci/manifest.js';
import type { ImageStore } from '../registry/images.js';
import { freePort, untilAnswered } from '../port.js';
import type { ContainerSpec, RunningContainer, StartFailure, TaskRunner } from './task-runner.js';
import { rootedPath } from './rooted-path.js';
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
  /** By digest: images of several names are one folder. */
  const unpacked = new Map<string, Promise<Unpacked>>();

  async function unpack(manifest: RawManifest, image: string): Promise<Unpacked> {
    const { layers, config } = parseImageManifest(manifest);
    const root = join(folder, hexOf(manifest.digest).slice(0, 16));
    // What an attempt that failed has left.
    await rm(root, { recursive: true, force: true });
    await mkdir(root, { recursive: true });
    for (const layer of layers) await unpackLayer(images.open(layer.digest), layer.mediaType, root);
    const parsed = parseImageConfig(await readFile(images.path(config.digest)), image);
    return { root, config: parsed.config ?? {} };
  }

  async function unpackOnce(image: string): Promise<Unpacked> {
    const [, name = ''] = /^[^/]+\/([^:@]+)/.exec(image) ?? [];
    const digest = images.resolve(image);
    const manifest = digest && images.repositories.get(name)?.manifests.get(digest);
    if (!manifest) throw new Error(`failed to resolve ref: ${image}: not found`);
    const known = unpacked.get(digest) ?? unpack(manifest, image);
    unpacked.set(digest, known);
    return known.catch((error: unknown) => {
      unpacked.delete(digest);
      throw error;
    });
  }

  return {
    async start(spec, onLine): Promise<RunningContainer | StartFailure> {
      let image: Unpacked;
      try {
        image = await unpackOnce(spec.image);
      } catch (error) {
        return {
          reason: `CannotPullContainerError: pull image manifest has been retried 1 time(s): ${(error as Error).message}`,
        };
      }
      const words = [
        ...(spec.entryPoint ?? image.config.Entrypoint ?? []),
        ...(spec.command ?? (spec.entryPoint ? [] : (image.config.Cmd ?? []))),
      ];
      const folder = spec.workingDirectory ?? image.config.WorkingDir ?? '/';
      let cwd: string;
      let program: string | undefined;
      try {
        cwd = rootedPath(image.root, folder);
        // As Docker does.
        await mkdir(cwd, { recursive: true });
        program = await findProgram(words[0] ?? '', folder, image.root);
      } catch (error) {
        return { reason: `CannotStartContainerError: failed to create shim task: ${(error as Error).message}` };
      }
      if (program === undefined)
        return {
          reason: `CannotStartContainerError: failed to create shim task: exec: "${words[0] ?? ''}": executable file not found in $PATH`,
        };
      const port = await freePort();
      const child = spawn(program, words.slice(1), {
        cwd,
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
  if (url !== undefined) await untilAnswered(port, () => ended);
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

/** The program within the image, by the usual folders. Its links lead within the image. */
async function findProgram(word: string, folder: string, root: string): Promise<string | undefined> {
  const names = word.includes('/')
    ? [resolve('/', folder, word)]
    : ['usr/local/bin', 'usr/bin', 'bin'].map((place) => join(place, word));
  for (const name of names) {
    const program = rootedPath(root, name);
    if ((await stat(program).catch(() => undefined))?.isFile() && (await runs(program))) return program;
  }
  return undefined;
}

async function runs(program: string): Promise<boolean> {
  return access(program, constants.X_OK).then(
    () => true,
    () => false,
  );
}
