import type { Command } from '../../base/declare/command.js';
import { messageOf } from '../../base/errors.js';
import type { Inputs } from '../../base/declare/input.js';
import type { Report } from '../../base/tell/report.js';
import { say, silent } from '../../base/tell/report.js';
import { githubSink } from '../../report/github.js';
import { openWorld } from '../run/world.js';
import type { SavedState } from './leave-effects.js';
import { hashOf, STATE } from './leave-effects.js';
import { exportVariable } from './runner-files.js';
import type { Runner } from './runner.js';

/** The end of the job: undoes what the step left, however the job ended. It never fails: what goes wrong is a warning. */
export async function runPost(command: Command<Inputs, unknown>, runner: Runner): Promise<void> {
  const { env, cwd, signal } = runner;
  const post = command.effects?.post;
  const text = env[`STATE_${STATE}`];
  if (!post || text === undefined || text === '') return;
  const sink = githubSink({ quiet: false, verbose: env.RUNNER_DEBUG === '1', write: runner.write, summary: undefined });
  if (post.unless !== undefined && env[post.unless]?.toLowerCase() === 'true') {
    say(sink.report, 'info', `${post.unless} is true: nothing is undone`);
    return sink.close();
  }
  const world = openWorld({ env, cwd, configFile: undefined, signal, sink: sink.report });
  try {
    const state = JSON.parse(text) as SavedState;
    putBack(state, runner, world.context.report);
    if (state.kept !== undefined) await post.undo(state.kept, world.context);
  } catch (error) {
    say(world.context.report, 'warning', `lading ${command.name}: what it left is not undone: ${messageOf(error)}`);
  } finally {
    sink.close();
    world.close();
  }
}

/** Variables that still say what the step set. What was not there before is empty: the runner takes none away. */
function putBack({ variables }: SavedState, { env }: Runner, report: Report = silent): void {
  for (const { name, before, hash } of variables) {
    const value = env[name];
    if (value === undefined || hashOf(value) !== hash) continue;
    exportVariable(env, name, before ?? '');
    say(report, 'debug', `${name} is as it was before`);
  }
}
