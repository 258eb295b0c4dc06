import type { OpenStack, TerraformContext } from './run.js';
import { runTerraform } from './run.js';

/**
 * Gets the stack's providers, and connects it with its state. Always anew: an earlier connection, to the state of
 * another environment, would stop and ask.
 */
export async function initStack(stack: OpenStack, backendFile: string, context: TerraformContext): Promise<void> {
  const args = ['init', '-input=false', '-no-color', '-reconfigure', `-backend-config=${backendFile}`];
  await runTerraform(stack, args, context, {
    onEvent(event) {
      if (event.type === 'text') context.report({ type: 'message', level: 'debug', text: event.text });
    },
  });
}

/** Frees a lock whose holder is dead. */
export async function unlockStack(stack: OpenStack, id: string, context: TerraformContext): Promise<void> {
  await runTerraform(stack, ['force-unlock', '-force', '-no-color', id], context);
}
