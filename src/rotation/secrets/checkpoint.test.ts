import { chmod, link, mkdir, mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCheckpoint as open } from './checkpoint.js';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lading-checkpoint-'));
  file = join(folder, 'state/rotate.jsonl');
});

const openCheckpoint = (at: string, run: string, since: number) => open(at, { run, since, within: folder });

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
    const blocked = await openCheckpoint(file, 'run', 0);
    await expect(blocked.record('acme/a X', 10)).rejects.toMatchObject({ code: 'STATE_FILE', kind: 'input' });
  });

  describe('committed as a link', () => {
    let victim: string;

    beforeEach(async () => {
      await mkdir(join(folder, 'home'));
      await mkdir(join(folder, 'work'));
      victim = join(folder, 'home/rotate.jsonl');
      await writeFile(victim, 'precious\n');
    });

    const attempt = async (at: string) => {
      const opened = await open(at, { run: 'run', since: 0, within: join(folder, 'work') });
      await opened.record('acme/a X', 10);
      await opened.finish();
    };

    it.each([
      ['the file', 'rotate.jsonl', async () => symlink(victim, join(folder, 'work/rotate.jsonl'))],
      [
        'the file, to nothing yet',
        'rotate.jsonl',
        async () => symlink(join(folder, 'home/new'), join(folder, 'work/rotate.jsonl')),
      ],
      ['its folder', '.lading/rotate.jsonl', async () => symlink(join(folder, 'home'), join(folder, 'work/.lading'))],
      [
        'a folder above',
        'a/.lading/rotate.jsonl',
        async () => {
          await mkdir(join(folder, 'home/.lading'));
          await symlink(join(folder, 'home'), join(folder, 'work/a'));
        },
      ],
    ])('%s: it is refused, and nothing elsewhere is touched', async (_, name, make) => {
      await make();
      await expect(attempt(join(folder, 'work', name))).rejects.toMatchObject({
        code: 'STATE_FILE',
        kind: 'input',
        message: expect.stringMatching(/link/) as unknown,
      });
      expect(await readFile(victim, 'utf8')).toBe('precious\n');
      await expect(readFile(join(folder, 'home/new'))).rejects.toThrow('ENOENT');
    });

    it('a link that comes while the run is on is not followed', async () => {
      const file = join(folder, 'work/rotate.jsonl');
      const opened = await open(file, { run: 'run', since: 0, within: join(folder, 'work') });
      await symlink(victim, file);
      await expect(opened.record('acme/a X', 10)).rejects.toMatchObject({ code: 'STATE_FILE' });
      expect(await readFile(victim, 'utf8')).toBe('precious\n');
    });

    it('a folder outside of the work may be a link: who names it means it', async () => {
      await symlink(join(folder, 'home'), join(folder, 'elsewhere'));
      await attempt(join(folder, 'elsewhere/state.jsonl'));
      await expect(attempt(join(folder, 'home/../home/rotate.jsonl'))).resolves.toBeUndefined();
    });
  });

  it('is for nobody else to read, also where a file was there before', async () => {
    await mkdir(join(folder, 'state'));
    await writeFile(file, 'old\n', { mode: 0o644 });
    await (await openCheckpoint(file, 'run', 0)).record('acme/a X', 10);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('does not write into a file that has another name, too', async () => {
    await mkdir(join(folder, 'state'));
    await writeFile(join(folder, 'other'), 'precious\n');
    await link(join(folder, 'other'), file);
    await (await openCheckpoint(file, 'run', 0)).record('acme/a X', 10);
    expect(await readFile(join(folder, 'other'), 'utf8')).toBe('precious\n');
  });

  it('that is no file is refused', async () => {
    await mkdir(file, { recursive: true });
    await expect(openCheckpoint(file, 'run', 0)).rejects.toMatchObject({ code: 'STATE_FILE', kind: 'input' });
  });
});
