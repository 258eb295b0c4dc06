import { chmod, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoint } from './checkpoint.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-checkpoint-'));
  file = join(folder, 'state/rotate.jsonl');
});

afterEach(async () => {
  await chmod(folder, 0o700);
  await rm(folder, { recursive: true });
});

describe('checkpoint', () => {
  it('remembers what an unfinished run did, for nobody else to read', async () => {
    const first = await openCheckpoint(file, 'run', 0);
    await first.record('acme/a X', 10);
    await first.record('acme/b X', 20);
    expect([...(await openCheckpoint(file, 'run', 0)).done]).toEqual([
      ['acme/a X', 10],
      ['acme/b X', 20],
    ]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('survives a kill in the middle of a line, also when it goes on', async () => {
    const first = await openCheckpoint(file, 'run', 0);
    await first.record('acme/a X', 10);
    await first.record('acme/b X', 20);
    await truncate(file, (await stat(file)).size - 7);
    const second = await openCheckpoint(file, 'run', 0);
    expect([...second.done.keys()]).toEqual(['acme/a X']);
    await second.record('acme/c X', 30);
    expect([...(await openCheckpoint(file, 'run', 0)).done.keys()]).toEqual(['acme/a X', 'acme/c X']);
  });

  it('knows nothing of another run, nor of what was long ago', async () => {
    const first = await openCheckpoint(file, 'run', 0);
    await first.record('acme/a X', 10);
    await first.record('acme/b X', 20);
    expect((await openCheckpoint(file, 'other', 0)).done.size).toBe(0);
    expect([...(await openCheckpoint(file, 'run', 15)).done.keys()]).toEqual(['acme/b X']);
  });

  it('is gone after the end, and is not made before something is done', async () => {
    const first = await openCheckpoint(file, 'run', 0);
    await expect(readFile(file)).rejects.toThrow('ENOENT');
    await first.record('acme/a X', 10);
    await first.finish();
    await expect(readFile(file)).rejects.toThrow('ENOENT');
  });

  it('does not remove a file that is not its own', async () => {
    await writeFile(join(folder, 'notes.txt'), 'mine\n');
    const other = await openCheckpoint(join(folder, 'notes.txt'), 'run', 0);
    await other.finish();
    expect(await readFile(join(folder, 'notes.txt'), 'utf8')).toBe('mine\n');
  });

  it('says which file cannot be written', async () => {
    await writeFile(join(folder, 'state'), '');
    const blocked = await openCheckpoint(join(folder, 'free.jsonl'), 'run', 0).then(() =>
      openCheckpoint(file, 'run', 0).catch((error: unknown) => error),
    );
    expect(blocked).toMatchObject({ code: 'STATE_FILE', kind: 'input' });
  });
});
