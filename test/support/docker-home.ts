import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { createExec } from '../../src/base/programs/exec.js';
import type { ReportEvent } from '../../src/base/tell/report.js';
import { dockerKeychain } from '../../src/registry/docker-config.js';

/** A login as it stands in a Docker configuration. */
export const auth = (user: string, password: string) => ({
  auth: Buffer.from(`${user}:${password}`).toString('base64'),
});

/** A home of its own for each test of the file, with a keychain that reads the Docker configuration there. */
export function inDockerHome() {
  const at = { home: '', events: [] as ReportEvent[] };
  beforeEach(() => {
    at.home = mkdtempSync(join(tmpdir(), 'lading-home-'));
    at.events = [];
  });
  afterEach(() => rmSync(at.home, { recursive: true, force: true }));
  return {
    at,
    /** Programs in its `bin` come first on PATH. */
    keychain(env: Readonly<Record<string, string>> = {}) {
      const whole = { HOME: at.home, PATH: `${join(at.home, 'bin')}${delimiter}${process.env.PATH}`, ...env };
      return dockerKeychain({
        env: whole,
        exec: createExec(whole),
        signal: new AbortController().signal,
        report: (event) => at.events.push(event),
      });
    },
    put(name: string, content: object | string): string {
      const file = join(at.home, name);
      mkdirSync(join(file, '..'), { recursive: true });
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
      return file;
    },
  };
}
