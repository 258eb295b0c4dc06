import type { Check } from '../check.js';
import type { Finding } from '../finding.js';
import type { FilesScene, TextFile } from '../files.js';
import { placeIn } from '../files.js';
import { lintTrustValue } from '../account/trust-lint.js';

/** Trust in GitHub's tokens as files of the repository have it: JSON, `jsonencode` and `aws_iam_policy_document`. */
export const trustFileChecks: readonly Check<FilesScene>[] = [
  {
    id: 'trust/file',
    title: 'Trust in GitHub’s tokens',
    run: ({ terraform, policies }) => [...terraform, ...policies].flatMap(lintFile),
  },
];

/** A key of GitHub's token, with what stands before and behind it. */
const KEY =
  /(["']?)(?:\$\{[^}]*\}|token\.actions\.githubusercontent\.com|\$\{var\.\w+\})?:?(?:token\.actions\.githubusercontent\.com):(aud|sub)\1/g;

function lintFile(file: TextFile): readonly Finding[] {
  if (!file.text.includes('token.actions.githubusercontent.com:')) return [];
  return [...file.text.matchAll(KEY)].flatMap((match) => {
    const claim = match[2] === 'aud' ? 'aud' : 'sub';
    const line = file.text.slice(file.text.lastIndexOf('\n', match.index) + 1, match.index);
    if (/(^|\s)(#|\/\/)/.test(line)) return [];
    const values = valuesBehind(file.text, match.index + match[0].length);
    const operator = operatorOf(file.text, match.index);
    return values.flatMap(({ text, at }) =>
      lintTrustValue({ claim, operator, text }).map((finding) => ({
        ...finding,
        at: placeIn(file, claim === 'aud' ? match.index : at),
      })),
    );
  });
}

/** Texts of the value: those of a list, of one text, or of `values = […]` that follows. */
function valuesBehind(text: string, from: number): readonly { readonly text: string; readonly at: number }[] {
  const rest = text.slice(from, from + 4000);
  const head = /^\s*(?:[:=]|\n\s*values\s*=)\s*/.exec(rest)?.[0];
  if (head === undefined) return [];
  const start = head.length;
  const end = rest[start] === '[' ? rest.indexOf(']', start) : rest.indexOf('\n', start);
  const value = rest.slice(start, end < 0 ? undefined : end);
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((match) => ({
    text: match[1] ?? '',
    at: from + start + match.index,
  }));
}

/** The nearest one before: `"StringLike": {`, `StringLike = {`, `test = "StringLike"`. */
function operatorOf(text: string, at: number): string | undefined {
  const before = text.slice(Math.max(0, at - 1500), at);
  return [...before.matchAll(/(?:["']?)((?:For(?:Any|All)Values?:)?String\w+)(?:["']?)/g)].at(-1)?.[1];
}
