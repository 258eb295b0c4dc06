import { appendFileSync, statSync } from 'node:fs';
import type { Environment } from '../base/context.js';
import type { Page } from '../base/tell/page.js';
import { renderMarkdown, SUMMARY_LIMIT } from './page/markdown.js';

/** The page that GitHub shows beside a job. */
export interface JobSummary {
  append(page: Page): void;
}

/** Undefined outside of a job. What would make GitHub drop all of it is cut. */
export function openJobSummary(env: Environment): JobSummary | undefined {
  const file = env.GITHUB_STEP_SUMMARY;
  if (!file) return undefined;
  const room = () => SUMMARY_LIMIT - (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  return {
    append(page) {
      const text = renderMarkdown(page, room() - 1);
      if (text !== '') appendFileSync(file, `${text}\n`);
    },
  };
}
