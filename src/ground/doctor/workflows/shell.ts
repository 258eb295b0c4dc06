import type { Check } from '../check.js';
import type { Finding } from '../finding.js';
import { wrong } from '../finding.js';
import type { FilesScene } from '../files.js';
import type { Spot, Workflow } from './workflow.js';

/** Commands that go over several lines. */
export const shellChecks: readonly Check<FilesScene>[] = [
  {
    id: 'workflow/continuation',
    title: 'Commands over several lines',
    run: ({ workflows }) =>
      workflows.flatMap((workflow) =>
        workflow.jobs.flatMap(({ steps }) =>
          steps.flatMap(({ run, shell = workflow.shell }) =>
            run?.literal && /^(bash|sh)\b|^$/.test(shell ?? '') ? continuations(workflow, run) : [],
          ),
        ),
      ),
  },
];

interface Line {
  readonly text: string;
  readonly start: number;
}

/** A `\` with a space behind it, one with nothing to go on with, and one that is missing before a flag. */
function continuations(workflow: Workflow, run: Spot): readonly Finding[] {
  const lines = linesOf(workflow.text, run);
  const findings: Finding[] = [];
  let closing: string | undefined;
  let open = 0;
  let quote: string | undefined;
  lines.forEach((line, at) => {
    const text = line.text.trim();
    if (closing !== undefined) {
      if (text === closing) closing = undefined;
      return;
    }
    const wasInside = open > 0 || quote !== undefined;
    const next = lines[at + 1]?.text.trim();
    if (!wasInside && !text.startsWith('#')) {
      const finding = faultOf(line, lines[at - 1], next, workflow);
      if (finding) findings.push(finding);
    }
    ({ open, quote } = scan(text, open, quote));
    if (quote === undefined) closing = /<<-?\s*(["']?)(\w+)\1/.exec(text)?.[2];
  });
  return findings;
}

function faultOf(
  line: Line,
  before: Line | undefined,
  next: string | undefined,
  workflow: Workflow,
): Finding | undefined {
  const { text } = line;
  const end = line.start + text.length;
  const code = 'workflow/continuation';
  const trailing = /\\[ \t]+$/.exec(text);
  if (trailing) {
    const start = end - trailing[0].length + 1;
    return wrong(code, 'the \\ at the end of the line has a space behind it: the command ends there', {
      at: workflow.place(start - 1),
      fix: 'Take the space away.',
      mend: { in: 'file', file: workflow.file, edits: [{ start, end, text: '' }] },
    });
  }
  if (/(^|[^\\])\\$/.test(text) && (next === undefined || next === '' || next.startsWith('#'))) {
    const start = line.start + text.trimEnd().replace(/\s*\\$/, '').length;
    return wrong(
      code,
      `the \\ at the end of the line goes on with ${next?.startsWith('#') ? 'a comment' : 'nothing'}`,
      {
        at: workflow.place(end - 1),
        fix: 'Take it away, or put the rest of the command below it.',
        ...(!next && { mend: { in: 'file', file: workflow.file, edits: [{ start, end, text: '' }] } }),
      },
    );
  }
  const previous = before?.text.trim() ?? '';
  const isFlag = /^\s*--?[A-Za-z][\w-]*([=\s]|$)/.test(text);
  if (
    isFlag &&
    before &&
    previous !== '' &&
    !/(\\|[|&;({]|\bdo|\bthen|\belse)$/.test(previous) &&
    !previous.startsWith('#')
  ) {
    const insert = before.start + before.text.trimEnd().length;
    return wrong(
      code,
      `the line begins with a flag, and the one before does not end with \\: it is run as a command of its own`,
      {
        at: workflow.place(line.start + (text.length - text.trimStart().length)),
        fix: 'End the line before with \\.',
        mend: { in: 'file', file: workflow.file, edits: [{ start: insert, end: insert, text: ' \\' }] },
      },
    );
  }
  return undefined;
}

/** Parentheses and quotes that are open at the end of a line. */
function scan(text: string, open: number, quote: string | undefined): { open: number; quote: string | undefined } {
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote !== undefined) {
      if (char === '\\' && quote === '"') at++;
      else if (char === quote) quote = undefined;
    } else if (char === '\\') at++;
    else if (char === '"' || char === "'") quote = char;
    else if (char === '#' && (at === 0 || /\s/.test(text[at - 1] ?? ''))) break;
    else if (char === '(') open++;
    else if (char === ')') open = Math.max(0, open - 1);
  }
  return { open, quote };
}

/** The lines of a block as they stand in the file, without what YAML makes of them. */
function linesOf(source: string, { start, end }: Spot): readonly Line[] {
  const lines: Line[] = [];
  let at = source.indexOf('\n', start) + 1;
  if (at === 0) return lines;
  while (at < end) {
    const newline = source.indexOf('\n', at);
    const stop = newline < 0 || newline > end ? end : newline;
    lines.push({ text: source.slice(at, stop).replace(/\r$/, ''), start: at });
    at = stop + 1;
  }
  while (lines.at(-1)?.text.trim() === '') lines.pop();
  return lines;
}
