import type { ContainerSettings } from '../../../ecs/definition/settings.js';
import type { RunConfig } from '../../../oci/config.js';
import type { Check } from '../check.js';
import type { Finding } from '../finding.js';
import { ok, wrong } from '../finding.js';
import type { ServiceScene } from './scene.js';

/** What servers inside of the containers are known to stumble on. */
export const serverChecks: readonly Check<ServiceScene>[] = [
  { id: 'next/hostname', title: 'Where a Next.js server listens', run: hostnames },
];

/**
 * A standalone server binds to $HOSTNAME. ECS sets that to the name of the task, over what the image says, so that
 * nothing answers on localhost. https://github.com/vercel/next.js/issues/58657
 */
async function hostnames({ task, settings, reads, revision }: ServiceScene): Promise<readonly Finding[]> {
  if (settings.launch !== 'FARGATE') return [];
  const findings = task.containers.map(async (container): Promise<readonly Finding[]> => {
    if (container.hasEnvironmentFiles || container.hasRegistryLogin) return [];
    const said = container.environment.get('HOSTNAME');
    const asked = localAsker(container);
    if (said !== undefined && said !== 'localhost' && !said.startsWith('127.')) return [];
    const image = await reads.image(container.image);
    if (!isStandalone(image?.config?.config, container)) return [];
    const fix = `Set HOSTNAME to 0.0.0.0 in the environment of ${container.name}, in the task definition.`;
    if (said !== undefined)
      return [
        wrong(
          'next/hostname',
          `the Next.js server of ${container.name} listens on ${said} alone: no load balancer reaches it`,
          { fix },
        ),
      ];
    if (asked !== undefined)
      return [
        wrong(
          'next/hostname',
          `nothing answers ${asked}: the Next.js server of ${container.name} listens on the name of the task alone`,
          { fix },
        ),
      ];
    return [
      ok(
        'next/hostname',
        `the Next.js server of ${container.name} in ${revision} listens on the name of the task alone, not on localhost`,
        { fix },
      ),
    ];
  });
  return (await Promise.all(findings)).flat();
}

/** As Next.js's own Dockerfile, and as lading packs it: `node server.js`, with the HOSTNAME that it is to bind to. */
function isStandalone(
  run: RunConfig | null | undefined,
  { command }: { readonly command: readonly string[] },
): boolean {
  const words = command.length > 0 ? command : [...(run?.Entrypoint ?? []), ...(run?.Cmd ?? [])];
  const starts = words.some((word) => /(^|[\s/])server\.js$/.test(word));
  const env = run?.Env ?? [];
  return starts && env.some((entry) => /^(HOSTNAME|NEXT_TELEMETRY_DISABLED)=/.test(entry));
}

/** Who asks for the server on localhost: its own health check. */
function localAsker({ name, healthCheck }: ContainerSettings): string | undefined {
  return healthCheck?.command.some((word) => /localhost|127\.0\.0\.1|\[::1\]/.test(word))
    ? `the health check of ${name}`
    : undefined;
}
