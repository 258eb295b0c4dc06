import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Script } from './script.js';

const VERSION = '6.66.0';
const here = import.meta.dirname;

export interface StandIn {
  /** For Terraform: where the provider comes from, and that it speaks without TLS. */
  readonly env: Readonly<Record<string, string>>;
  /** What happens from now on. */
  play(script: Script): void;
  remove(): void;
}

/** Lays the stand-in out as `terraform init` looks for providers on a disk. */
export async function installStandIn(terraform: string): Promise<StandIn> {
  const folder = mkdtempSync(join(tmpdir(), 'lading-stand-in-'));
  const home = join(folder, 'home');
  await build({
    entryPoints: { provider: join(here, 'main.ts') },
    outdir: home,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
  });
  copyFileSync(join(here, 'wire.proto'), join(home, 'wire.proto'));
  copyFileSync(join(here, '../../fixtures/aws-provider-schema.json'), join(home, 'schema.json'));
  const { host, platform } = askTerraform(terraform, folder);
  const place = join(folder, 'mirror', host, 'hashicorp/aws', VERSION, platform);
  mkdirSync(place, { recursive: true });
  const start = `#!/bin/sh\nexec '${process.execPath}' '${join(home, 'provider.mjs')}'\n`;
  writeFileSync(join(place, `terraform-provider-aws_v${VERSION}`), start, { mode: 0o755 });
  const settings = join(folder, 'terraformrc');
  writeFileSync(
    settings,
    `provider_installation {\n  filesystem_mirror {\n    path = "${join(folder, 'mirror')}"\n  }\n}\n`,
  );
  return {
    env: { TF_CLI_CONFIG_FILE: settings, TF_DISABLE_PLUGIN_TLS: '1' },
    play: (script) => writeFileSync(join(home, 'script.json'), JSON.stringify(script)),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The host that a provider without one comes from is the program's own affair. */
function askTerraform(terraform: string, folder: string): { readonly host: string; readonly platform: string } {
  const probe = join(folder, 'probe');
  mkdirSync(probe);
  writeFileSync(
    join(probe, 'main.tf'),
    'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws" }\n  }\n}\n',
  );
  const env = { PATH: process.env.PATH, HOME: folder, CHECKPOINT_DISABLE: '1' };
  const run = (...args: string[]) => execFileSync(terraform, args, { cwd: probe, env, encoding: 'utf8' });
  const [, host] = /provider\[(.+?)\/hashicorp\/aws\]/.exec(run('providers', '-no-color')) ?? [];
  const { platform } = JSON.parse(run('version', '-json')) as { readonly platform: string };
  if (host === undefined) throw new Error('terraform does not say where providers come from');
  return { host, platform };
}
