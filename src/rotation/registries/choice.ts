import { InputError, type InputIssue } from '../../base/errors.js';

/** One registry whose password goes into one secret. No account means the account of the credentials. */
export interface RegistryChoice {
  /** Name of the secret. */
  readonly secret: string;
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** Images that the password must be able to pull. */
  readonly images: readonly ImageName[];
}

/** An image by the name of its repository and its tag or digest, without the registry. */
export interface ImageName {
  readonly repository: string;
  /** `22`, or `sha256:…`. */
  readonly reference: string;
}

const registryForms = 'Write ACCOUNT.REGION, as 123456789012.eu-central-1, or SECRET=ACCOUNT.REGION for several.';
const imageForms = 'Write NAME:TAG or NAME@sha256:…, with SECRET= before it where several registries are named.';

/**
 * Parses `--registry` (`[SECRET=]ACCOUNT.REGION` or the host's name) against the name of the one secret, and `--image`
 * (`[SECRET=]NAME:TAG`) against the registries.
 */
export function parseRegistries(
  texts: readonly string[],
  secret: string,
  images: readonly string[] = [],
): readonly RegistryChoice[] {
  const issues: InputIssue[] = [];
  const choices = texts.map((text): Omit<RegistryChoice, 'images'> => {
    const [name, registry] = splitSecret(text);
    const host = registry.replace(/^https:\/\//, '').replace(/\/.*$/, '');
    const [, account, region] =
      /^(\d{12})\.(?:dkr[.-]ecr(?:-fips)?\.)?([a-z]{2}[a-z0-9-]*-\d+)(?:\.(?:amazonaws\.com(?:\.cn)?|on\.aws))?$/.exec(
        host,
      ) ?? [];
    if (account === undefined) {
      issues.push({ where: '--registry', message: `'${text}' is no registry`, hint: registryForms });
    }
    return { secret: name ?? secret, account, region };
  });
  const chosen = choices.length > 0 ? choices : [{ secret }];
  for (const name of chosen.map((choice) => choice.secret)) {
    const problem = secretNameProblem(name);
    if (problem) issues.push({ where: name === secret ? '--secret' : '--registry', message: `'${name}' ${problem}` });
  }
  const names = chosen.map((choice) => choice.secret.toUpperCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice) {
    issues.push({ where: '--registry', message: `two registries for the one secret ${twice}`, hint: registryForms });
  }
  const named = parseImages(images, names, issues);
  if (issues.length > 0) throw new InputError(issues);
  return chosen.map((choice) => ({ ...choice, images: named.get(choice.secret.toUpperCase()) ?? [] }));
}

function parseImages(texts: readonly string[], secrets: readonly string[], issues: InputIssue[]) {
  const images = new Map<string, ImageName[]>();
  const where = '--image';
  for (const text of texts) {
    const [name, rest] = splitSecret(text);
    const secret = (name ?? (secrets.length === 1 ? secrets[0] : undefined))?.toUpperCase();
    const image = parseImage(rest);
    if (typeof image === 'string') issues.push({ where, message: `'${text}' ${image}`, hint: imageForms });
    else if (secret === undefined || !secrets.includes(secret)) {
      issues.push({ where, message: `'${text}': of which registry?`, hint: imageForms });
    } else images.set(secret, [...(images.get(secret) ?? []), image]);
  }
  return images;
}

const imageName = /^(.+?)(?::(\w[\w.-]{0,127})|@(sha256:[0-9a-f]{64}))$/;
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
const repositoryName = /^(?=.{2,256}$)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** The image, or what is wrong with the text. */
export function parseImage(text: string): ImageName | string {
  const first = text.split('/')[0] ?? '';
  // As Docker reads it: a first part with a dot or a port is a host.
  if (text.includes('/') && (/[.:]/.test(first) || first === 'localhost'))
    return `begins with a registry, ${first}: leave it away`;
  const [, repository = '', tag, digest] = imageName.exec(text) ?? [];
  const reference = tag ?? digest;
  if (reference === undefined) return 'has neither tag nor digest';
  return repositoryName.test(repository) ? { repository, reference } : 'is no name of a repository in ECR';
}

export function formatImage({ repository, reference }: ImageName): string {
  return `${repository}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
}

function splitSecret(text: string): readonly [string | undefined, string] {
  const [, name, rest = ''] = /^(?:([^=]*)=)?(.*)$/s.exec(text.trim()) ?? [];
  return [name, rest];
}

/** https://docs.github.com/actions/reference/security/secrets#naming-your-secrets */
function secretNameProblem(name: string): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    return 'is no name of a secret: letters, digits and underscores, no digit first';
  }
  return /^GITHUB_/i.test(name) ? 'begins with GITHUB_, which GitHub keeps to itself' : undefined;
}
