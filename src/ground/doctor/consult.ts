import { InputError } from '../../base/errors.js';
import type { Context } from '../../base/context.js';
import type { Examination, Found } from './doctor.js';
import { examine, examineFiles } from './doctor.js';
import { worstFirst } from './finding.js';
import { applyFileMends, applySettings } from './mend/apply.js';
import type { MendPlan } from './mend/plan.js';
import { planMends } from './mend/plan.js';
import { doctorPage } from './page.js';
import type { DoctorRequest } from './request.js';
import type { DoctorResult, ToldFinding } from './result.js';

/** What to change, of what was found. */
export interface Cure {
  readonly fix: boolean;
  /** Names of settings. */
  readonly set: readonly string[];
  readonly dryRun: boolean;
}

/** Looks, changes what was asked for, and tells all of it. */
export async function consult(request: DoctorRequest, cure: Cure, context: Context): Promise<DoctorResult> {
  const examination = await examine(request, context);
  const plan = await planOf(examination.folder, examination.found);
  const named = chooseSettings(plan, cure.set);
  const files = cure.fix ? await mendFiles(examination, cure, request, context) : undefined;
  const settings = [...named, ...(cure.fix && !cure.dryRun ? await askFor(plan, named, context) : [])];
  const set = cure.dryRun ? [] : await applySettings(settings, context);
  const changed = new Set(cure.dryRun ? [] : settings.map(({ finding }) => finding));
  const left = (files?.found ?? examination.found).filter(({ finding }) => !changed.has(finding));
  const mended = [...(files?.mended ?? []), ...set];
  const diff = files?.diff || undefined;
  const result = tell(left, { rollouts: examination.rollouts, mended, ...(diff !== undefined && { diff }) });
  context.report({ type: 'page', page: doctorPage(result) });
  if (context.env['GITHUB_ACTIONS'] === 'true') annotate(result, context);
  return result;
}

function planOf(folder: string, found: readonly Found[]): Promise<MendPlan> {
  return planMends(
    folder,
    found.map(({ finding }) => finding),
  );
}

/** All mistakes at once. */
function chooseSettings({ settings }: MendPlan, names: readonly string[]): MendPlan['settings'] {
  const known = [...new Set(settings.map(({ mend }) => mend.name))];
  const hint =
    known.length > 0 ? `What was found takes ${known.join(', ')}.` : 'Leave it away: no setting of AWS needs a change.';
  const issues = names
    .filter((name) => !known.includes(name))
    .map((name) => ({ where: '--set', message: `nothing that was found is mended by ${name}`, hint }));
  if (issues.length > 0) throw new InputError(issues);
  return settings.filter(({ mend }) => names.includes(mend.name));
}

/** One by one, of a person at a terminal; without one nothing is changed that is not named. */
async function askFor(
  { settings }: MendPlan,
  named: MendPlan['settings'],
  { ask }: Context,
): Promise<MendPlan['settings']> {
  const agreed: MendPlan['settings'][number][] = [];
  for (const setting of settings) {
    if (!ask || named.includes(setting)) continue;
    const text = `${setting.finding.what}. ${setting.mend.ask}?`;
    const answer = await ask({ text, choices: ['yes', 'no'], suggestion: 'no', mistakeIn: yesOrNo });
    if (/^y/i.test(answer)) agreed.push(setting);
  }
  return agreed;
}

function yesOrNo(answer: string): string | undefined {
  return /^(y|yes|n|no)$/i.test(answer) ? undefined : 'Answer yes or no.';
}

/** What one fault hides, or its mending brings up, is mended in the next round. */
const ROUNDS = 4;

async function mendFiles(
  { folder, found }: Examination,
  { dryRun }: Cure,
  request: DoctorRequest,
  context: Context,
): Promise<{ readonly found: readonly Found[]; readonly mended: readonly string[]; readonly diff: string }> {
  const others = found.filter(({ ofFiles }) => !ofFiles);
  const mended: string[] = [];
  const diffs: string[] = [];
  let ofFiles = found.filter((one) => one.ofFiles);
  for (let round = 0; round < ROUNDS; round++) {
    const plan = await planOf(folder, ofFiles);
    if (plan.diff === '') break;
    diffs.push(plan.diff);
    if (dryRun) break;
    mended.push(...(await applyFileMends(folder, plan.files)));
    ofFiles = [...(await examineFiles({ folder }, request, context))];
  }
  return { found: [...ofFiles, ...others], mended: [...new Set(mended)], diff: diffs.join('\n') };
}

function tell(found: readonly Found[], rest: Pick<DoctorResult, 'rollouts' | 'mended' | 'diff'>): DoctorResult {
  const serviceOf = new Map(found.map(({ finding, service }) => [finding, service]));
  const findings = worstFirst([...serviceOf.keys()]).map((finding): ToldFinding => {
    const { mend, ...told } = finding;
    const service = serviceOf.get(finding);
    const by = mend?.in === 'file' ? ('fix' as const) : mend && { set: mend.name };
    return { ...told, ...(service !== undefined && { service }), ...(by !== undefined && { mend: by }) };
  });
  const count = (state: ToldFinding['state']) => findings.filter((one) => one.state === state).length;
  const counts = { wrong: count('wrong'), unknown: count('unknown'), ok: count('ok') };
  return { outcome: counts.wrong > 0 ? 'wrong' : 'well', counts, findings, ...rest };
}

/** At the lines of the pull request. Elsewhere stdout says it. */
function annotate({ findings }: DoctorResult, { report }: Context): void {
  for (const { state, at, what, fix } of findings) {
    if (state !== 'wrong' || !at) continue;
    report({ type: 'message', level: 'error', text: what, hint: fix, at: { file: at.file, line: at.line } });
  }
}
