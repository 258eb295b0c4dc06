import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findPython, installPackage, locked, missing } from './tools.js';

const MOTO = '5.2.1';
const venv = join(import.meta.dirname, '../../node_modules/.cache', `lading-moto-${MOTO}`);

export interface Moto {
  readonly url: string;
  close(): Promise<void>;
}

/** An emulator of AWS by others, on loopback; undefined with a line that says what is missing. Loading AWS's own policies takes it a while. */
export async function startMoto({ awsPolicies = false } = {}): Promise<Moto | undefined> {
  const python = requireMoto();
  if (!python) return undefined;
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, ...(awsPolicies && { MOTO_IAM_LOAD_MANAGED_POLICIES: 'true' }) },
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const close = async () => {
    child.kill();
    await closed;
  };
  for (let tries = 0; tries < 300; tries++) {
    const isUp = await fetch(`${url}/moto-api/`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (isUp) return { url, close };
    if (child.exitCode !== null) break;
    await delay(100);
  }
  await close();
  throw new Error('moto does not answer');
}

function requireMoto(): string | undefined {
  const found = findPython('import moto.server, flask');
  if (found) return found;
  const python = join(venv, 'bin/python3');
  return existsSync(python) || install() ? python : missing('moto', `PyPI moto[server] ${MOTO}`);
}

function install(): boolean {
  if (!findPython('import ensurepip')) installPackage('python3-venv');
  const base = findPython('import ensurepip');
  if (base === undefined) return false;
  return locked(() => {
    if (existsSync(join(venv, 'bin/moto_server'))) return true;
    spawnSync(base, ['-m', 'venv', venv], { stdio: 'ignore' });
    const args = ['install', '--quiet', '--disable-pip-version-check', `moto[server]==${MOTO}`];
    spawnSync(join(venv, 'bin/pip'), args, { stdio: 'ignore' });
    return existsSync(join(venv, 'bin/moto_server'));
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
