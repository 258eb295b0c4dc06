import { InputError } from '../../base/errors.js';
import type { Context } from '../../base/context.js';
import type { Found } from './doctor.js';
import { examine } from './doctor.js';
import { planMends } from './mend/plan.js';
import { applyFileMends, applySettings } from './mend/apply.js';
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
  const { folder, found, rollouts } = await examine(request, context);
  const plan = await planMends(
    folder,
    found.map(({ finding }) => finding),
  );
  const settings = cure.set.map((name) => {
    const setting = plan.settings.filter((one) => one.mend.name === name);
    if (setting.length > 0) return setting;
    const known = [...new Set(plan.settings.map(({ mend }) => mend.name))];
    throw new InputError({
      where: '--set',
      message: `nothing that was found is mended by ${name}`,
      hint:
        known.length > 0
          ? `What was found takes ${known.join(', ')}.`
          : 'Leave it away: no setting of AWS needs a change.',
    });
  });
  const mended: string[] = [];
  const cured = new Set<Found['finding']>();
  if (cure.fix && !cure.dryRun) {
    mended.push(...(await applyFileMends(folder, plan.files)));
    plan.files.forEach(({ findings }) => findings.forEach((finding) => cured.add(finding)));
  }
  const chosen = settings.flat();
  if (!cure.dryRun) mended.push(...(await applySettings(chosen, context)));
  if (!cure.dryRun) chosen.forEach(({ finding }) => cured.add(finding));
  const left = found.filter(({ finding }) => !cured.has(finding));
  const result = tell(left, { rollouts, mended, ...(cure.fix && plan.diff !== '' && { diff: plan.diff }) });
  context.report({ type: 'page', page: doctorPage(result) });
  for (const { finding } of left) {
    if (finding.state !== 'wrong' || !finding.at) continue;
    const { file, line } = finding.at;
    context.report({ type: 'message', level: 'error', text: finding.what, hint: finding.fix, at: { file, line } });
  }
  return result;
}

function tell(found: readonly Found[], rest: Pick<DoctorResult, 'rollouts' | 'mended' | 'diff'>): DoctorResult {
  const findings = found.map(({ finding, service }): ToldFinding => {
    const { mend, ...told } = finding;
    const by = mend?.in === 'file' ? ('fix' as const) : mend && { set: mend.name };
    return { ...told, ...(service !== undefined && { service }), ...(by !== undefined && { mend: by }) };
  });
  const count = (state: ToldFinding['state']) => findings.filter((one) => one.state === state).length;
  const counts = { wrong: count('wrong'), unknown: count('unknown'), ok: count('ok') };
  return { outcome: counts.wrong > 0 ? 'wrong' : 'well', counts, findings, ...rest };
}
