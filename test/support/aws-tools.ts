import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findPython, findTool, installPackage, locked, missing } from './tools.js';

/** With botocore of the same day. Debian's are too old: they do not know service deployments. */
const AWSCLI = '1.45.11';
const MODEL =
  "import botocore.session as b; b.get_session().get_service_model('ecs').operation_model('ContinueServiceDeployment')";

const venv = join(import.meta.dirname, '../../node_modules/.cache', `lading-awscli-${AWSCLI}`);

/** The `aws` command with today's ECS: found, or installed with pip beside the node_modules; else as `requireTool`. */
export function requireAws(): string | undefined {
  const found = findTool('aws');
  if (found && isNew(found)) return found;
  return (install() && join(venv, 'bin/aws')) || missing('aws', `PyPI awscli ${AWSCLI}`);
}

/** A Python 3 whose botocore has today's ECS, as {@link requireAws}. */
export function requireBotocore(): string | undefined {
  return findPython(MODEL) ?? (install() ? join(venv, 'bin/python3') : missing('botocore', `PyPI awscli ${AWSCLI}`));
}

/** StopServiceDeployment came with 1.38 and with 2.27. */
function isNew(aws: string): boolean {
  const version = /^aws-cli\/(\d+)\.(\d+)/.exec(spawnSync(aws, ['--version'], { encoding: 'utf8' }).stdout ?? '');
  return version !== null && Number(version[2]) >= (version[1] === '1' ? 38 : 27);
}

function install(): boolean {
  const program = join(venv, 'bin/aws');
  if (existsSync(program)) return true;
  if (!findPython('import ensurepip')) installPackage('python3-venv');
  return locked(() => existsSync(program) || make(program));
}

function make(program: string): boolean {
  const python = findPython('import ensurepip');
  if (python === undefined) return false;
  spawnSync(python, ['-m', 'venv', venv], { stdio: 'ignore' });
  const args = ['install', '--quiet', '--disable-pip-version-check', `awscli==${AWSCLI}`];
  spawnSync(join(venv, 'bin/pip'), args, { stdio: 'ignore' });
  return existsSync(program);
}
