import { formatPlatform } from '../../../oci/platform.js';
import type { EngineRequest } from './engine.js';

/** What all engines take alike. No value of a secret is among it. */
export function sharedArguments({ app, files, platform, said, idFile }: EngineRequest): readonly string[] {
  return [
    ...['--file', files.dockerfile, '--platform', formatPlatform(platform), '--iidfile', idFile],
    ...(said.target === undefined ? [] : ['--target', said.target]),
    ...Object.entries(said.buildArg ?? {}).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(said.secret ?? []).flatMap((secret) => [
      '--secret',
      secret.from === 'variable' ? `id=${secret.id},env=${secret.name}` : `id=${secret.id},src=${secret.path}`,
    ]),
    ...(said.buildNetwork === undefined ? [] : ['--network', said.buildNetwork]),
    ...(said.ssh ?? []).flatMap((agent) => ['--ssh', agent]),
    app,
  ];
}

/** Names of the variables that hold secrets. */
export function secretVariables({ said }: EngineRequest): readonly string[] {
  return (said.secret ?? []).flatMap((secret) => (secret.from === 'variable' ? [secret.name] : []));
}
