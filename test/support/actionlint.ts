import { execFileSync } from 'node:child_process';

/** What actionlint finds in the texts of workflows. */
export function actionlint(texts: readonly string[]): unknown {
  const script = new URL('./actionlint.cjs', import.meta.url).pathname;
  return JSON.parse(execFileSync(process.execPath, [script], { input: JSON.stringify(texts), encoding: 'utf8' }));
}
