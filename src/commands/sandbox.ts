import { readFile } from 'node:fs/promises';
import { defineCommand } from '../base/command.js';
import type { Context } from '../base/context.js';
import { InputError } from '../base/errors.js';
import { input } from '../base/input.js';
import type { Scenario } from '../sandbox/ecs/scenario-shape.js';

interface SandboxResult {
  readonly url: string;
  readonly registry: string;
  readonly env: Readonly<Record<string, string>>;
}

const running = new WeakMap<SandboxResult, () => Promise<void>>();

export const sandbox = defineCommand({
  name: 'sandbox',
  summary: 'Runs ECR, ECS, STS, CloudWatch Logs and GitHub on this computer, to rehearse a release',
  description:
    'All of it listens on one port of 127.0.0.1 and ends with Ctrl-C. What is printed on stdout are the variables to export; the `aws` CLI, the SDKs and lading then speak to the sandbox.\n\nWith `--tasks simulated` rollouts follow a scenario; with `process` the image that was pushed is unpacked and its program runs on this computer; with `docker` it runs in the Docker Engine.',
  inputs: {
    port: input.integer('Port to listen on; a free one when left out', { placeholder: 'N', key: false }),
    scenario: input.string('Scenario by name, or a YAML or JSON file with one', {
      placeholder: 'NAME|FILE',
      key: false,
    }),
    tasks: input.choice('How tasks run', ['simulated', 'process', 'docker'], { default: 'simulated', key: false }),
    consistency: input.choice(
      'How reads of ECS follow writes: at once, or late and in part for some seconds, as AWS answers',
      ['strong', 'eventual'],
      { default: 'strong', key: false },
    ),
    repository: input.list('ECR repository to make', { placeholder: 'NAME', key: false }),
    service: input.list('ECS service to make in the cluster `default`, with one container `web` of an image', {
      placeholder: 'NAME=IMAGE',
      key: false,
      check: parseService,
    }),
    github: input.list('Repository of a GitHub to start beside it, whose secrets can be written', {
      placeholder: 'OWNER/REPO',
      key: false,
    }),
  },
  examples: [
    { command: 'lading sandbox --port 4600 --repository shop', about: 'With a repository' },
    {
      command: 'lading sandbox --scenario crash-loop --service shop=shop:v1',
      about: 'A service whose deployments crash',
    },
    {
      command: 'lading sandbox --consistency eventual --service shop=shop:v1',
      about: 'A rollout whose records come late, as those of AWS do',
    },
    { command: 'lading sandbox --github acme/shop', about: 'Rehearse `lading rotate --to acme/shop`' },
  ],
  async run(values, context): Promise<SandboxResult> {
    const { startSandbox } = await import('../sandbox/start.js');
    const scenario = values.scenario === undefined ? undefined : await findScenario(values.scenario, context.cwd);
    const { port, tasks, consistency } = values;
    const started = await startSandbox({ port, scenario, tasks, consistency, createOnPush: true });
    for (const name of values.repository ?? []) started.createRepository(name);
    for (const { name, image } of (values.service ?? []).map(parseService)) {
      const { makeSandboxService } = await import('../rehearsal/service.js');
      await makeSandboxService(started, { name, image: image.includes('/') ? image : `${started.host}/${image}` });
    }
    const github = values.github ? await openGitHubSandbox(values.github, context) : undefined;
    const result: SandboxResult = { url: started.url, registry: started.host, env: { ...started.env, ...github?.env } };
    running.set(result, async () => {
      if (!context.signal.aborted)
        await new Promise<void>((resolve) => context.signal.addEventListener('abort', () => resolve(), { once: true }));
      await github?.close();
      await started.close();
    });
    return result;
  },
  text: (result) =>
    [
      ...Object.entries(result.env).map(([name, value]) => `export ${name}=${value}`),
      `# registry: ${result.registry}`,
    ].join('\n'),
  running: async (result) => running.get(result)?.(),
});

/** A GitHub with these repositories and a token that may write their secrets. */
async function openGitHubSandbox(repositories: readonly string[], context: Context) {
  const { startGitHub } = await import('../sandbox/github/server.js');
  const wrong = repositories.filter((name) => !/^[\w.-]+\/[\w.-]+$/.test(name));
  if (wrong.length > 0)
    throw new InputError(
      wrong.map((name) => ({ where: '--github', message: `takes OWNER/REPO, not ${JSON.stringify(name)}` })),
    );
  const github = await startGitHub({ clock: context.clock });
  for (const name of repositories) github.addRepository(name);
  const token = 'ghp_sandbox000000000000000000000000000000';
  github.addToken(token, 'classic', { scopes: ['repo', 'admin:org'] });
  return { env: { GITHUB_API_URL: github.url, GH_TOKEN: token }, close: () => github.close() };
}

async function findScenario(text: string, cwd: string): Promise<Scenario> {
  const { scenarios } = await import('../sandbox/ecs/scenario.js');
  const named = scenarios.get(text);
  if (named) return named;
  const { resolve } = await import('node:path');
  const file = await readFile(resolve(cwd, text), 'utf8').catch(() => undefined);
  if (file === undefined) {
    throw new InputError({
      where: '--scenario',
      message: `there is no scenario and no file ${JSON.stringify(text)}`,
      hint: `Scenarios: ${[...scenarios.keys()].join(', ')}.`,
    });
  }
  const { parseScenario } = await import('../sandbox/ecs/parse-scenario.js');
  return parseScenario(file, text);
}

function parseService(text: string): { readonly name: string; readonly image: string } {
  const at = text.indexOf('=');
  if (at <= 0) throw new InputError({ where: '--service', message: `takes NAME=IMAGE, not ${JSON.stringify(text)}` });
  return { name: text.slice(0, at), image: text.slice(at + 1) };
}
