import type { App } from '../look/app.js';

const always = ['.git', '.github', '.lading', '**/node_modules', '**/.env*', '**/.npmrc', '**/*.pem', '**/*.log'];

/**
 * What no image needs, and what none may hold. What the Dockerfile itself copies from the folder is not left out.
 * https://docs.docker.com/build/concepts/context/#dockerignore-files
 */
export function dockerIgnore({ builder }: Pick<App, 'builder'>, dockerfile: string): string {
  const copied = copiedWords(dockerfile);
  const lines = [...always, ...(builder === 'next' ? ['.next', 'out'] : [])].filter((line) => {
    const name = line.replace(/^\*\*\//, '').replaceAll('*', '');
    return !copied.some((word) => word.split('/').some((part) => part.startsWith(name)));
  });
  const head = '# Written by lading init: what is not sent to the engine.';
  return [
    head,
    ...lines,
    ...(lines.includes('**/.env*') ? ['!**/.env.example'] : []),
    'Dockerfile*',
    '.dockerignore',
    '',
  ].join('\n');
}

/** Names that COPY, ADD and bind mounts take from the folder. */
function copiedWords(dockerfile: string): readonly string[] {
  const text = dockerfile.replace(/^\s*#.*$/gm, '').replace(/[\\`]\r?\n/g, ' ');
  return text.split('\n').flatMap((line) => {
    const mounts = [...line.matchAll(/--mount=\S*(?:source|src)=([^,\s]+)/g)].map(([, source = '']) => source);
    if (!/^\s*(?:COPY|ADD)\s/i.test(line) || /\s--from=/.test(line)) return mounts;
    return [
      ...mounts,
      ...line
        .replace(/[[\]",]/g, ' ')
        .trim()
        .split(/\s+/)
        .slice(1, -1),
    ];
  });
}
