import { expect, test } from 'vitest';
import { adoptConfig } from './compose-config.js';
import type { Overrides } from './compose-config.js';
import type { ImageConfig } from '../oci/config.js';

const none: Overrides = { env: {}, labels: {}, user: undefined, entrypoint: undefined };
/** In the form of buildah: with what it did, and with fields that say nothing. */
const config = {
  os: 'linux',
  architecture: 'amd64',
  created: '2026-11-24T20:41:35.9Z',
  container: 'ae91',
  container_config: { Hostname: 'ba06' },
  docker_version: '20.10',
  parent: 'sha256:1',
  config: {
    Hostname: 'ba06',
    Domainname: '',
    User: 'app',
    Tty: false,
    Env: ['PATH=/bin', 'A=1'],
    Cmd: ['server'],
    Entrypoint: ['/start'],
    Image: 'sha256:2',
    Volumes: {},
    OnBuild: null,
    Healthcheck: { Test: ['CMD', 'true'] },
    Labels: { made: 'by' },
  },
  rootfs: { type: 'layers', diff_ids: ['sha256:3'] },
  history: [
    { created: '2026-11-01T00:00:00Z', created_by: 'the base' },
    { created: '2026-11-24T20:41:35.4Z', created_by: 'COPY . .' },
  ],
} as unknown as ImageConfig;

test('the config of another program stays, without what it says of its own doings', () => {
  const { os, architecture, created, rootfs, history } = config;
  expect(adoptConfig(config, none, 0)).toEqual({
    os,
    architecture,
    created,
    rootfs,
    history,
    config: {
      User: 'app',
      Env: ['PATH=/bin', 'A=1'],
      Cmd: ['server'],
      Entrypoint: ['/start'],
      Healthcheck: { Test: ['CMD', 'true'] },
      Labels: { made: 'by' },
    },
  });
});

test('what the user wants otherwise counts; arguments of one program are none of another', () => {
  const wanted = { env: { A: '2', B: '3' }, labels: { team: 'web' }, user: '1:1', entrypoint: ['/other', '-x'] };
  const text = JSON.stringify(adoptConfig(config, wanted, 0).config);
  expect(JSON.parse(text)).toEqual({
    User: '1:1',
    Env: ['PATH=/bin', 'A=2', 'B=3'],
    Entrypoint: ['/other', '-x'],
    Healthcheck: { Test: ['CMD', 'true'] },
    Labels: { made: 'by', team: 'web' },
  });
});

test('with a time of its source nothing is younger, and what is older keeps its time', () => {
  const time = Date.parse('2026-11-10T00:00:00Z') / 1000;
  const { created, history } = adoptConfig(config, none, time);
  expect([created, ...(history ?? []).map((step) => step.created)]).toEqual([
    '2026-11-10T00:00:00Z',
    '2026-11-01T00:00:00Z',
    '2026-11-10T00:00:00Z',
  ]);
});
