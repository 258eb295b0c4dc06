import { statSync } from 'node:fs';
import { LadingError } from '../../base/errors.js';
import type { Report } from '../../base/tell/report.js';
import { say } from '../../base/tell/report.js';
import type { Builder, Recognition } from './builder.js';
import type { BuilderName } from './index.js';
import { builderTable } from './index.js';

export interface Answer extends Recognition {
  readonly builder: Builder;
}

/** The builder that was asked for, or the one that knows best what the folder is. */
export async function chooseBuilder(app: string, asked: 'auto' | BuilderName, report: Report): Promise<Builder> {
  if (!statSync(app, { throwIfNoEntry: false })?.isDirectory()) {
    throw new LadingError('input', `${app} is no folder`, {
      code: 'APP_MISSING',
      hint: 'Name the folder of the app with --app.',
    });
  }
  const named = builderTable.find(({ name }) => name === asked);
  if (named) return named.load();
  const builders = await Promise.all(builderTable.map(({ load }) => load()));
  const answers = await Promise.all(builders.map(async (builder) => ({ builder, ...(await builder.recognises(app)) })));
  const chosen = decide(answers);
  if (!chosen) {
    const looked = answers.map(({ builder, reason }) => `${builder.title}: ${reason}`);
    throw new LadingError('input', `no builder knows how to pack ${app} (${looked.join('; ')})`, {
      code: 'NO_BUILDER',
      hint: 'Name the folder of the app with --app.',
    });
  }
  const { builder, reason } = chosen;
  const other = answers.find((answer) => 'prepare' in answer.builder && answer.sureness !== 'none');
  if ('prepare' in builder)
    say(
      report,
      'info',
      `${app} is built from its ${builder.title} (--builder ${builder.name}): ${otherReasons(answers)}`,
    );
  else {
    // Two ways are open: which one was taken is no detail.
    const more = other ? `; --builder ${other.builder.name} builds its ${other.builder.title}` : '';
    const words = `${app} is packed as a ${builder.title} app (--builder ${builder.name}): ${reason}${more}`;
    say(report, other ? 'info' : 'debug', words);
  }
  return builder;
}

/** Why no other was taken. */
function otherReasons(answers: readonly Answer[]): string {
  return answers
    .filter(({ builder }) => !('prepare' in builder))
    .map(({ builder, sureness, reason }) => `${builder.title}: ${sureness === 'maybe' ? 'not sure, ' : ''}${reason}`)
    .join('; ');
}

/** The first of the surest; undefined when none recognises it. */
export function decide<One extends Pick<Answer, 'sureness'>>(answers: readonly One[]): One | undefined {
  return answers.find(({ sureness }) => sureness === 'sure') ?? answers.find(({ sureness }) => sureness === 'maybe');
}
