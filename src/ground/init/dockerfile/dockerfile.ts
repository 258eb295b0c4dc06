import type { DockerFacts } from './facts.js';

export interface DockerWish {
  /** Image with Node that both stages start from. */
  readonly base: string;
  readonly port: number;
}

/** The user of the images of Node, by number: it needs no entry in a file. */
const USER = '1000:1000';

/**
 * A Dockerfile of two stages: packages and build in the first, what runs in the second, without root. Packages and caches
 * of builders stay with the engine, in mounts. https://docs.docker.com/build/cache/optimize/
 */
export function dockerfileText(facts: DockerFacts, { base, port }: DockerWish): string {
  const head = `# Written by lading init dockerfile.${facts.path === '' ? '' : ` Build it from the root: docker build -f ${facts.path}/Dockerfile .`}`;
  return [
    head,
    `ARG BASE=${base}`,
    '',
    'FROM ${BASE} AS build',
    'WORKDIR /app',
    ...managerLines(facts),
    ...installLines(facts),
    ...(facts.kind === 'next' ? nextBuild(facts) : nodeBuild(facts)),
    '',
    'FROM ${BASE}',
    'WORKDIR /app',
    'ENV NODE_ENV=production',
    ...(facts.kind === 'next' ? nextRun(facts, port) : nodeRun(facts, port)),
    '',
  ].join('\n');
}

/** The manager itself, where the image of Node has another one. */
function managerLines({ packages }: DockerFacts): readonly string[] {
  const { manager, pinned, modern } = packages;
  if (pinned && manager !== 'npm') return ['RUN npm install --global corepack@0 && corepack enable'];
  if (manager === 'pnpm') return ['RUN npm install --global pnpm@10'];
  return manager === 'yarn' && modern ? ['RUN npm install --global corepack@0 && corepack enable'] : [];
}

/** Where packages are kept, whoever the user of the base image is and wherever he lives. */
const CACHE = '/var/cache/packages';

/** A command of the manager; what it downloads stays with the engine between builds. */
function runCached({ packages, hasNpmrc }: DockerFacts, command: string): string {
  // It may hold a token: it comes as a secret, and is in no layer.
  const npmrc = hasNpmrc ? ' --mount=type=secret,id=npmrc,target=/app/.npmrc' : '';
  return `RUN --mount=type=cache,target=${CACHE}${npmrc} ${withCache(packages, command)}`;
}

function withCache({ manager, modern }: DockerFacts['packages'], command: string): string {
  if (manager === 'npm') return `${command} --cache ${CACHE}`;
  if (manager === 'pnpm') return `${command} --store-dir ${CACHE}`;
  return modern ? `YARN_GLOBAL_FOLDER=${CACHE} ${command}` : `${command} --cache-folder ${CACHE}`;
}

function installLines(facts: DockerFacts): readonly string[] {
  const { packages, installFiles, needsFiles, path } = facts;
  const { lockfile } = packages;
  // Members of a workspace, and scripts of the app itself, may need any file; else a change of code installs nothing.
  if (path !== '' || needsFiles) return ['COPY . .', runCached(facts, installCommand(facts))];
  const isFolder = (name: string) => name === '.yarn' || name === 'patches';
  const folders = installFiles.filter(isFolder);
  const files = ['package.json', lockfile, ...installFiles.filter((name) => !isFolder(name))].filter(Boolean);
  return [
    `COPY ${files.join(' ')} ./`,
    ...folders.map((name) => `COPY ${name} ./${name}`),
    runCached(facts, installCommand(facts)),
    'COPY . .',
  ];
}

function installCommand({ packages }: DockerFacts): string {
  const { manager, modern, lockfile } = packages;
  const isLocked = lockfile !== undefined;
  if (manager === 'npm') return isLocked ? 'npm ci' : 'npm install';
  if (manager === 'pnpm') return `pnpm install${isLocked ? ' --frozen-lockfile' : ''}`;
  return `yarn install${isLocked ? (modern ? ' --immutable' : ' --frozen-lockfile') : ''}`;
}

function runScript({ packages, path }: DockerFacts): string {
  return `${path === '' ? '' : `cd ${path} && `}${packages.manager} run build`;
}

function nextBuild(facts: DockerFacts): readonly string[] {
  const { path, hasPublic, output } = facts;
  const cache = `/app/${path === '' ? '' : `${path}/`}${output}/cache`;
  const script = facts.builds ? runScript(facts) : `${path === '' ? '' : `cd ${path} && `}npx --no-install next build`;
  return [
    'ENV NEXT_TELEMETRY_DISABLED=1',
    `RUN --mount=type=cache,target=${cache} ${script}`,
    ...(hasPublic ? [] : [`RUN mkdir -p ${path === '' ? '' : `${path}/`}public`]),
  ];
}

function nextRun({ path, output }: DockerFacts, port: number): readonly string[] {
  const at = path === '' ? '' : `${path}/`;
  const copy = (from: string, to: string) => `COPY --from=build --chown=${USER} /app/${from} ./${to}`;
  return [
    // Without it the server listens on the name of the container alone.
    `ENV HOSTNAME=0.0.0.0 PORT=${port}`,
    // It writes pages and images that it made anew beside itself.
    copy(`${at}${output}/standalone`, ''),
    copy(`${at}${output}/static`, `${at}${output}/static`),
    copy(`${at}public`, `${at}public`),
    `USER ${USER}`,
    `EXPOSE ${port}`,
    `CMD ${JSON.stringify(['node', `${at}server.js`])}`,
  ];
}

function nodeBuild(facts: DockerFacts): readonly string[] {
  return [...(facts.builds ? [`RUN ${runScript(facts)}`] : []), ...pruneLines(facts)];
}

/** What is needed to build is not needed to run. */
function pruneLines(facts: DockerFacts): readonly string[] {
  const { packages, path } = facts;
  // In a workspace the others need theirs.
  if (path !== '') return [];
  if (packages.manager === 'npm') return ['RUN npm prune --omit=dev'];
  if (packages.manager === 'pnpm') return [runCached(facts, 'CI=true pnpm prune --prod')];
  if (packages.modern) return [runCached(facts, 'yarn workspaces focus --production')];
  return [runCached(facts, 'yarn install --production --ignore-scripts --prefer-offline')];
}

function nodeRun({ path, start }: DockerFacts, port: number): readonly string[] {
  const folder = path === '' ? '/app' : `/app/${path}`;
  return [
    `ENV PORT=${port} PATH=${folder}/node_modules/.bin:$PATH`,
    'COPY --from=build /app ./',
    ...(path === '' ? [] : [`WORKDIR ${folder}`]),
    `USER ${USER}`,
    `EXPOSE ${port}`,
    `CMD ${JSON.stringify(start)}`,
  ];
}
