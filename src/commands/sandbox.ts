import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { defineCommand } from '../base/declare/command.js';
import type { Context } from '../base/context.js';
import { InputError } from '../base/errors.js';
import type { Form } from '../base/declare/input.js';
import { input } from '../base/declare/input.js';
import type { ListedScenario } from '../rehearsal/scenario-list.js';
import type { Scenario } from '../sandbox/ecs/scenario-shape.js';

export type { ListedScenario };

interface SandboxResult {
  readonly url: string;
  readonly registry: string;
  readonly env: Readonly<Record<string, string>>;
}

const running = new WeakMap<SandboxResult, () => Promise<void>>();

/** `NAME=IMAGE` */
const serviceForm: Form<{ readonly name: string; readonly image: string }> = {
  parse(text) {
    const at = text.indexOf('=');
    if (at <= 0) throw new InputError({ where: '--service', message: `takes NAME=IMAGE, not ${JSON.stringify(text)}` });
    return { name: text.slice(0, at), image: text.slice(at + 1) };
  },
  format: ({ name, image }) => `${name}=${image}`,
};

const hostForm: Form<string> = {
  parse(text) {
    if (/^(\[[0-9a-f:]+\]|[\w.-]+)(:\d+)?$/i.test(text)) return text;
    throw new InputError({ where: '--host', message: `takes NAME or NAME:PORT, not ${JSON.stringify(text)}` });
  },
  format: (host) => host,
};

const motoForm: Form<string> = {
  parse(text) {
    if (text === 'start' || (URL.canParse(text) && new URL(text).protocol === 'http:')) return text;
    const message = `takes start or an address as http://127.0.0.1:5000, not ${JSON.stringify(text)}`;
    throw new InputError({ where: '--with-moto', message });
  },
  format: (address) => address,
};

const pageSizeForm: Form<number> = {
  parse(text) {
    if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
    throw new InputError({ where: '--page-size', message: `takes 1 or more, not ${text}` });
  },
  format: String,
};

export const sandbox = defineCommand({
  name: 'sandbox',
  summary: 'Runs ECR, ECS, STS, CloudWatch Logs and GitHub on this computer, to rehearse a release',
  description:
    'All of it listens on one port of 127.0.0.1 and ends with Ctrl-C. What is printed on stdout are the variables to export; the `aws` CLI, the SDKs and lading then speak to the sandbox. The keys among them are made for this run: calls that are not signed with them are refused, and so are requests to a foreign host or of a web page.\n\nWith `--tasks simulated` rollouts follow a scenario; with `process` the image that was pushed is unpacked and its program runs on this computer; with `docker` it runs in the Docker Engine.',
  inputs: {
    port: input.integer('Port to listen on; a free one when left out', { placeholder: 'N', key: false }),
    scenario: input.string('Scenario by name, or a YAML or JSON file with one', {
      placeholder: 'NAME|FILE',
      key: false,
    }),
    tasks: input.choice('How tasks run', ['simulated', 'process', 'docker'], { default: 'simulated', key: false }),
    'allow-root': input.boolean(
      'Let `--tasks process` run images as root, with all that root may do to this computer',
      {
        key: false,
      },
    ),
    host: input.list('Name by which it is asked beside 127.0.0.1, localhost and [::1], as of a proxy', {
      placeholder: 'NAME[:PORT]',
      key: false,
      ...hostForm,
    }),
    'with-moto': input.string(
      'Moto server that answers for services which are not played here (IAM, load balancers, S3, parameters …): its address, or `start` to start `moto_server` of the PATH',
      { placeholder: 'URL|start', key: false, ...motoForm },
    ),
    'page-size': input.integer(
      'At most so many entries in a page of a read, to see that a program reads the next ones',
      {
        placeholder: 'N',
        key: false,
        ...pageSizeForm,
      },
    ),
    consistency: input.choice(
      'How reads of ECS follow writes: at once, or late and in part for some seconds, as AWS answers',
      ['strong', 'eventual'],
      { default: 'strong', key: false },
    ),
    repository: input.list('ECR repository to make', { placeholder: 'NAME', key: false }),
    service: input.list('ECS service to make in the cluster `default`, with one container `web` of an image', {
      placeholder: 'NAME=IMAGE',
      key: false,
      ...serviceForm,
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
    const { startMoto } = await import('../sandbox/moto/start-moto.js');
    const scenario = values.scenario === undefined ? undefined : await findScenario(values.scenario, context.cwd);
    const opened: { close(): Promise<void> }[] = [];
    const closeAll = () => Promise.all(opened.splice(0).map((one) => one.close()));
    try {
      const moto = values.withMoto === 'start' ? await startMoto(context.env, context.signal) : values.withMoto;
      if (typeof moto === 'object') opened.push(moto);
      const started = await startSandbox({
        port: values.port,
        scenario,
        tasks: values.tasks,
        consistency: values.consistency,
        allowRoot: values.allowRoot,
        hosts: values.host,
        moto,
        pageSize: values.pageSize,
        createOnPush: true,
      });
      opened.push(started);
      for (const name of values.repository ?? []) started.createRepository(name);
      for (const { name, image } of values.service ?? []) {
        const { makeSandboxService } = await import('../rehearsal/service.js');
        await makeSandboxService(started, { name, image: image.includes('/') ? image : `${started.host}/${image}` });
      }
      const github = values.github ? await openGitHubSandbox(values.github, context) : undefined;
      if (github) opened.push(github);
      const env = { ...started.env, ...github?.env };
      const result: SandboxResult = { url: started.url, registry: started.host, env };
      running.set(result, async () => {
        if (!context.signal.aborted)
          await new Promise<void>((resolve) =>
            context.signal.addEventListener('abort', () => resolve(), { once: true }),
          );
        await closeAll();
      });
      return result;
    } catch (error) {
      await closeAll();
      throw error;
    }
  },
  text: (result) =>
    [
      // Of another login: the SDKs would take them together with ours.
      'unset AWS_PROFILE AWS_SESSION_TOKEN',
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
  const token = `ghp_${randomBytes(18).toString('hex')}`;
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

/** Scenarios by name, for the reference page. */
export async function listScenarios(): Promise<readonly ListedScenario[]> {
  return (await import('../rehearsal/scenario-list.js')).listScenarios();
}
