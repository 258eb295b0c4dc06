// GitHub's own parser and checker of workflows, behind one door. They load JSON in a way that plain Node refuses, so
// this file is bundled before it is used: see check-workflow.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { FeatureFlags } from '@actions/expressions/features';
import { validate } from '@actions/languageservice';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { parse } from 'yaml';

let count = 0;

/**
 * What GitHub's language service has to say, as `line:column message`. Actions of `own` (the repository under which this
 * checkout is released, and its folder) are looked up here, so that an input that is none is told, too.
 */
export async function problemsOf(text, own) {
  // Its cache goes by the address alone.
  const document = TextDocument.create(`file:///.github/workflows/${++count}.yml`, 'yaml', 1, text);
  const actionsMetadataProvider = own && {
    async fetchActionMetadata({ owner, name, path }) {
      if (`${owner}/${name}` !== own.repository) return { name: '', description: '' };
      return parse(readFileSync(join(own.folder, path ?? '.', 'action.yml'), 'utf8'));
    },
  };
  const found = await validate(document, { actionsMetadataProvider, featureFlags: new FeatureFlags({ all: true }) });
  return found.map(({ range, message }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`);
}

/** The jobs as the runner would get them. */
export async function jobsOf(text) {
  const parsed = parseWorkflow({ name: 'workflow.yml', content: text }, new NoOperationTraceWriter());
  const template = await convertWorkflowTemplate(parsed.context, parsed.value);
  const errors = parsed.context.errors.getErrors().map(({ message }) => message);
  const jobs = (template.jobs ?? []).map((job) => ({
    id: job.id.value,
    needs: (job.needs ?? []).map((need) => need.value),
    hasContainer: job.container !== undefined,
    hasEnvironment: job.environment !== undefined,
    steps: (job.steps ?? []).map((step) => ('uses' in step ? step.uses.value : 'run')),
  }));
  return { errors, jobs };
}

/** The text with each `${{ … }}` replaced by its value; contexts are objects of strings and objects. */
export function interpolated(text, contexts) {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression) => evaluated(expression, contexts).coerceString());
}

/** Whether a job's `if:` holds. `status` is what came of the jobs that it needs: `success` or `failure`. */
export function holds(expression, contexts, status = 'success') {
  const bare = expression.replace(/^\s*\$\{\{|\}\}\s*$/g, '');
  // As the runner reads it: without a word about it, a job waits for success.
  const asks = /\b(?:success|failure|always|cancelled)\s*\(/.test(bare);
  const value = evaluated(asks ? bare : `success() && (${bare})`, contexts, {
    success: status === 'success',
    failure: status === 'failure',
    always: true,
    cancelled: false,
  });
  return value.primitive ? value.value !== false && value.coerceString() !== '' && value.coerceString() !== '0' : true;
}

function evaluated(expression, contexts, states = {}) {
  const functions = Object.entries(states).map(([name, state]) => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new data.BooleanData(state),
  }));
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), functions).parse();
  return new Evaluator(tree, dataOf(contexts), new Map(functions.map((one) => [one.name, one]))).evaluate();
}

function dataOf(value) {
  if (typeof value === 'string') return new data.StringData(value);
  const pairs = Object.entries(value).map(([key, item]) => ({ key, value: dataOf(item) }));
  return new data.Dictionary(...pairs);
}
