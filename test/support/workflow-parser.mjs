// GitHub's own parser and checker of workflows, behind one door. They load JSON in a way that plain Node refuses, so
// this file is bundled before it is used: see check-workflow.ts.
import { data, Evaluator, Lexer, Parser } from '@actions/expressions';
import { FeatureFlags } from '@actions/expressions/features';
import { validate } from '@actions/languageservice';
import { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } from '@actions/workflow-parser';
import { TextDocument } from 'vscode-languageserver-textdocument';

let count = 0;

/** What GitHub's language service has to say, as `line:column message`. */
export async function problemsOf(text) {
  // Its cache goes by the address alone.
  const document = TextDocument.create(`file:///.github/workflows/${++count}.yml`, 'yaml', 1, text);
  const found = await validate(document, { featureFlags: new FeatureFlags({ all: true }) });
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

/** Whether a job's `if:` holds. */
export function holds(expression, contexts) {
  const value = evaluated(expression.replace(/^\s*\$\{\{|\}\}\s*$/g, ''), contexts);
  return value.primitive ? value.value !== false && value.coerceString() !== '' && value.coerceString() !== '0' : true;
}

function evaluated(expression, contexts) {
  const tree = new Parser(new Lexer(expression).lex().tokens, Object.keys(contexts), []).parse();
  return new Evaluator(tree, dataOf(contexts)).evaluate();
}

function dataOf(value) {
  if (typeof value === 'string') return new data.StringData(value);
  const pairs = Object.entries(value).map(([key, item]) => ({ key, value: dataOf(item) }));
  return new data.Dictionary(...pairs);
}
