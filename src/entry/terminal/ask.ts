import { createInterface } from 'node:readline';
import { cancelled, InputError } from '../../base/errors.js';
import type { Ask, Question } from '../../base/tell/ask.js';
import { oneLine } from '../../base/tell/printable.js';
import type { Terminal } from './terminal.js';

/**
 * Questions on stderr, answers from the terminal. Undefined where nobody can answer: no terminal at either end, or a job
 * of CI, which often has one that nobody sits at.
 */
export function openAsk(terminal: Terminal): Ask | undefined {
  const { env, stdin, stderr } = terminal;
  if (env.CI || env.GITHUB_ACTIONS || !stderr.isTTY || !stdin?.isTTY) return undefined;
  return async (question) => {
    const { choices = [] } = question;
    choices.forEach((choice, at) => void stderr.write(`  ${at + 1}) ${oneLine(choice)}\n`));
    for (;;) {
      const line = (await readLine(promptOf(question), terminal)).trim();
      const answer = line === '' ? question.suggestion : (choices[Number(line) - 1] ?? line);
      const mistake = answer === undefined ? 'An answer is needed.' : question.mistakeIn?.(answer);
      if (answer !== undefined && mistake === undefined) return answer;
      stderr.write(`  ${oneLine(mistake ?? '')}\n`);
    }
  };
}

function promptOf({ text, suggestion }: Question): string {
  return `${oneLine(text)} ${suggestion === undefined ? '' : `[${oneLine(suggestion)}] `}`;
}

/** One line. It ends with the run, at Ctrl-C, and when the terminal is closed: it is never waited for in vain. */
async function readLine(prompt: string, { stdin, stderr, signal }: Terminal): Promise<string> {
  if (signal.aborted) throw cancelled('the question');
  const lines = createInterface({
    input: stdin?.open() as NodeJS.ReadableStream,
    output: stderr as NodeJS.WritableStream,
  });
  let stop = () => undefined as void;
  try {
    return await new Promise<string>((resolve, reject) => {
      stop = () => reject(cancelled('the question'));
      signal.addEventListener('abort', stop, { once: true });
      lines.once('SIGINT', stop);
      lines.once('close', () => reject(unanswered()));
      lines.question(prompt, resolve);
    });
  } finally {
    signal.removeEventListener('abort', stop);
    lines.close();
  }
}

function unanswered(): InputError {
  const hint = 'Give what is asked as flags: lading help VERB lists them.';
  return new InputError({ where: 'terminal', message: 'it was closed, and a question had no answer', hint });
}
