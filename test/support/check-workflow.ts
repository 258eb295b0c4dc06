import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** `github`, `vars`, `secrets` and what is in them. */
export type Contexts = Readonly<Record<string, ContextValue>>;
export type ContextValue = string | { readonly [key: string]: ContextValue };

export interface WorkflowCheck {
  /** What GitHub's language service complains about; actions of `own` are looked up in its folder. */
  problemsOf(text: string, own?: { readonly repository: string; readonly folder: string }): Promise<readonly string[]>;
  interpolated(text: string, contexts: Contexts): string;
  /** `status` is what came of the jobs that are needed. */
  holds(expression: string, contexts: Contexts, status: 'success' | 'failure'): boolean;
  jobsOf(text: string): Promise<{
    readonly errors: readonly string[];
    readonly jobs: readonly {
      readonly id: string;
      readonly needs: readonly string[];
      readonly hasContainer: boolean;
      readonly hasEnvironment: boolean;
      readonly steps: readonly string[];
    }[];
  }>;
}

/** GitHub's own workflow packages, bundled so that they load in Node. */
export async function loadWorkflowCheck(): Promise<WorkflowCheck> {
  const folder = await mkdtemp(join(tmpdir(), 'lading-workflow-'));
  const outfile = join(folder, 'parser.mjs');
  try {
    await build({
      entryPoints: [new URL('./workflow-parser.mjs', import.meta.url).pathname],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'error',
      banner: {
        js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
      },
    });
    return (await import(pathToFileURL(outfile).href)) as WorkflowCheck;
  } finally {
    await rm(folder, { recursive: true });
  }
}
