import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { walkFolder } from './walk.js';

let app = '';
beforeEach(() => {
  app = mkdtempSync(join(tmpdir(), 'lading-files-'));
});
afterEach(() => rmSync(app, { recursive: true }));

function put(name: string, text: string | Buffer = ''): void {
  mkdirSync(dirname(join(app, name)), { recursive: true });
  writeFileSync(join(app, name), text);
}

describe('a walk', () => {
  test('refuses links that leave the folder, whiteout names and pipes', () => {
    symlinkSync('/etc/passwd', join(app, 'out'));
    expect(() => walkFolder(app, { into: '' })).toThrow('leaves the folder');
    rmSync(join(app, 'out'));
    put('.wh.secret');
    expect(() => walkFolder(app, { into: '' })).toThrow('deletion');
    rmSync(join(app, '.wh.secret'));
    execFileSync('mkfifo', [join(app, 'pipe')]);
    expect(() => walkFolder(app, { into: '' })).toThrow('pipes');
  });
});
