import { InputError, LadingError, ToolError } from '../../base/errors.js';
import type { ExecResult } from '../../base/programs/exec.js';
import { howItEnded } from '../../base/programs/exec.js';
import { oneLine } from '../../base/tell/printable.js';
import type { BuildFailure } from './progress/watcher.js';
import type { Dockerfile } from './source/read-dockerfile.js';
import { lineOfStep } from './source/read-dockerfile.js';

export interface FailedBuild {
  readonly dockerfile: Dockerfile;
  /** As `buildah 1.28.2`. */
  readonly engine: string;
  readonly platform: string;
  readonly failure: BuildFailure;
  readonly ended: Pick<ExecResult, 'code' | 'signal'>;
}

/** An engine's bad end in words, with the line of the Dockerfile, and what to do about it. */
export function explainFailure(failed: FailedBuild): LadingError {
  const { dockerfile, failure } = failed;
  const reason = oneLine(failure.reason);
  if (/no space left on device/i.test([reason, ...failure.output].join('\n'))) return diskFull(failed, reason);
  const image = baseIn(reason);
  if (failure.step === undefined && image !== undefined) return baseUnavailable(failed, image, reason);
  const wrong = /dockerfile parse error (?:on )?line (\d+): (.*)$/i.exec(reason);
  if (wrong) return invalid(dockerfile, Number(wrong[1]), wrong[2] ?? '');
  if (/unknown instruction/i.test(reason)) return invalid(dockerfile, lineOf(failed) ?? 1, 'unknown instruction');
  if (failure.step !== undefined) return stepFailed(failed, failure.step, reason);
  if (/Cannot connect to the Docker daemon|Is the docker daemon running|connect: no such file/i.test(reason)) {
    return new ToolError('tool', `${failed.engine} does not answer: ${reason}`, {
      code: 'ENGINE_UNREACHABLE',
      hint: 'Start it, and see that it answers.',
    });
  }
  if (/cache export (feature )?is not supported/i.test(reason)) {
    return new ToolError('tool', `${failed.engine} cannot leave its cache there: ${reason}`, {
      code: 'ENGINE_TOO_OLD',
      hint: 'Make a builder with `docker buildx create --use`, or leave out --build-cache-to.',
    });
  }
  return new ToolError('tool', `${failed.engine} ${howItEnded(failed.ended)} on ${dockerfile.path}: ${reason}`, {
    code: 'BUILD_FAILED',
    hint: 'Its own lines stand above.',
    details: { file: dockerfile.path, line: failure.line, lastLines: failure.output },
  });
}

function lineOf({ dockerfile, failure }: FailedBuild): number | undefined {
  return failure.line ?? (failure.step === undefined ? undefined : lineOfStep(dockerfile, failure.step, failure.stage));
}

function stepFailed(failed: FailedBuild, step: string, reason: string): LadingError {
  const { dockerfile, failure } = failed;
  const line = lineOf(failed);
  const where = `${dockerfile.path}${line === undefined ? '' : `:${line}`}`;
  const last = oneLine(failure.output.filter((text) => text.trim() !== '').at(-1) ?? '');
  const how = failure.exitCode === undefined ? 'failed' : `ended with exit code ${failure.exitCode}`;
  const cause = failure.exitCode === undefined || last === '' ? reason : last;
  return new ToolError('tool', `${where}: ${cut(oneLine(step))} ${how}: ${cause}`, {
    code: 'BUILD_FAILED',
    hint: hintFor(failed, step, [reason, ...failure.output].join('\n')),
    details: { file: dockerfile.path, line, step, cause, lastLines: failure.output },
  });
}

function hintFor({ platform, engine }: FailedBuild, step: string, said: string): string {
  if (/exec format error/i.test(said))
    return `${engine} cannot run programs of ${platform} here: build in a stage FROM --platform=$BUILDPLATFORM, or install QEMU for binfmt.`;
  const secret = /secret (\S+): not found|secret not found|no such secret|secret (\S+) not found/i.exec(said);
  if (secret) return 'The step wants a secret that is not given: add --secret id=ID,env=NAME or id=ID,src=FILE.';
  if (/^(COPY|ADD)\b/i.test(step) && /not found|no such file|no items matching glob/i.test(said))
    return 'See that the file is in the folder of --app, and that .dockerignore does not leave it out.';
  if (/Temporary failure in name resolution|Could not resolve|EAI_AGAIN|bad address|no such host/i.test(said))
    return 'The step finds no network: see that the engine gives its builds one.';
  return failureWords(said);
}

function failureWords(said: string): string {
  if (/network bridge not found|netavark|slirp4netns|pasta/i.test(said))
    return 'The engine has no network for its steps: name one with --build-network, as none or host.';
  return 'Its last lines stand above.';
}

const BASES = [
  /failed to resolve source metadata for ([^\s:]+(?::\d+\/[^\s:]+)?(?::[^\s:]+)?(?:@sha256:[0-9a-f]+)?): /,
  /initializing source docker:\/\/(\S+): /,
  /short-name "([^"]+)" did not resolve/,
  /(?:unable to copy from source|reading manifest \S+ in) (?:docker:\/\/)?(\S+?):? /,
  /"https?:\/\/([^/"]+)\/v2\/[^"]*"/,
];

/** The image that could not be pulled; what is known of it in the oldest words is its registry. */
function baseIn(reason: string): string | undefined {
  for (const pattern of BASES) {
    const found = pattern.exec(reason)?.[1];
    if (found !== undefined) return found;
  }
  return /pull access denied|creating build container/.test(reason) ? '' : undefined;
}

function baseUnavailable({ dockerfile, failure, engine }: FailedBuild, image: string, reason: string): LadingError {
  // A stage is no image that would be pulled.
  const stage = dockerfile.stages.find(({ from }) => from === image || (image !== '' && from.includes(image)));
  const [first] = dockerfile.stages.filter(({ from }) => from !== 'scratch');
  const line = failure.line ?? stage?.line ?? first?.line;
  const name = stage?.from ?? (image === '' ? first?.from : image) ?? image;
  const where = `${dockerfile.path}${line === undefined ? '' : `:${line}`}`;
  return new LadingError('remote', `${where}: ${engine} cannot pull ${name}: ${reason}`, {
    code: 'BASE_UNAVAILABLE',
    hint: baseHint(name, engine, reason),
    details: { file: dockerfile.path, line, image: name },
  });
}

function baseHint(name: string, engine: string, reason: string): string {
  if (/toomanyrequests|429|rate limit/i.test(reason))
    return 'Docker Hub lets only so many through: log in there, or take the image from public.ecr.aws/docker/library.';
  if (/did not resolve to an alias/.test(reason)) return `Write it in full, as docker.io/library/${name}.`;
  if (/denied|unauthorized|authentication required|no basic auth|\b40[13]\b/i.test(reason)) {
    const program = /^(buildah|podman)/.exec(engine)?.[0] ?? 'docker';
    return `Check its name, and log in to its registry with \`${program} login\`.`;
  }
  if (/not found|manifest unknown|name unknown|\b404\b/i.test(reason)) return 'Check its name and tag.';
  return 'See that its registry can be reached from here, and check its name.';
}

function invalid(dockerfile: Dockerfile, line: number, message: string): LadingError {
  return new InputError(
    { where: `${dockerfile.path}:${line}`, message: oneLine(message), hint: 'Correct that line.' },
    'DOCKERFILE_INVALID',
  );
}

function diskFull({ engine, dockerfile }: FailedBuild, reason: string): LadingError {
  const program = /^(buildah|podman)/.exec(engine)?.[0];
  return new ToolError('tool', `${engine} has no room left while it builds ${dockerfile.path}: ${reason}`, {
    code: 'DISK_FULL',
    hint: `Free some, as with \`${program === undefined ? 'docker builder prune' : `${program} rmi --prune`}\`.`,
  });
}

const LONG = 120;

function cut(text: string): string {
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}
