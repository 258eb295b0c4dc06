import type { Context } from '../base/context.js';
import { LadingError } from '../base/errors.js';
import { failurePage, rollOutPage } from './paper/page.js';
import type { Orders, RollOutOptions, RollOutResult } from './roll-out.js';
import { rollOut } from './roll-out.js';

/** As `rollOut`, with its page; for a roll-out that is no part of a release with a bill. */
export async function rollOutAlone(orders: Orders, context: Context, options: RollOutOptions): Promise<RollOutResult> {
  const tell = (result: RollOutResult) =>
    context.report({ type: 'page', page: rollOutPage(result), brief: failurePage(result) });
  try {
    const result = await rollOut(orders, context, options);
    tell(result);
    return result;
  } catch (error) {
    if (error instanceof LadingError && error.result !== undefined) tell(error.result as RollOutResult);
    throw error;
  }
}
