import { setTimeout as delay } from 'node:timers/promises';
import { facts, isComputed, makesNew } from './facts.js';
import { apiOf, realOf } from './real.js';
import { invent } from './invent.js';
import { mistakesIn } from './rules.js';
import { actOf, nextRevision } from './script.js';
import type { Values, WireValue } from './values.js';
import { isUnknown, readValue, unknown, writeValue } from './values.js';
import { wireSchema } from './wire-schema.js';

interface Request {
  readonly type: string;
  readonly config?: WireValue;
  readonly state?: WireValue;
  readonly prior?: WireValue;
  readonly proposed?: WireValue;
  readonly planned?: WireValue;
  readonly private?: Uint8Array;
  readonly raw?: { readonly json: Uint8Array };
}

/** As configured. */
let region = process.env.AWS_REGION ?? 'eu-central-1';
let defaultTags: Values = {};

function configure(config: Values | null): void {
  if (typeof config?.region === 'string') region = config.region;
  const [block] = (config?.default_tags ?? []) as readonly { readonly tags?: Values | null }[];
  defaultTags = block?.tags ?? {};
}

function plan(type: string, prior: Values | null, proposed: Values | null) {
  // Defaults are not ours to know: with this Terraform does not ask for every one of them.
  const legacy = true;
  if (proposed === null) return { planned: writeValue(null), legacy };
  const attributes = facts.resources[type]?.attributes ?? {};
  for (const [key, attribute] of Object.entries(attributes))
    if (proposed[key] === null && isComputed(key, attribute)) proposed[key] = unknown;
  if ('tags_all' in attributes) proposed.tags_all = { ...defaultTags, ...(proposed.tags as Values | null) };
  const replaced = prior === null ? [] : makesNew(type).filter((key) => !same(prior[key], proposed[key]));
  const replace = replaced.map((attribute) => ({ steps: [{ attribute }] }));
  return { planned: writeValue(proposed), replace, legacy };
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

async function apply(type: string, prior: Values | null, planned: Values | null) {
  const { takes, refuse, real } = actOf(type);
  if (takes !== undefined) await delay(takes);
  const legacy = true;
  if (refuse !== undefined) {
    return { state: writeValue(prior), diagnostics: [{ severity: 1, summary: refuse, detail: '' }], legacy };
  }
  const found = real ? realOf(type) : undefined;
  if (planned === null) {
    if (found && prior) await found.remove?.(await apiOf(found), prior);
    return { state: writeValue(null), legacy };
  }
  if (found && prior) await found.change?.(await apiOf(found), planned);
  if (found && !prior) Object.assign(planned, await found.make(await apiOf(found), planned));
  const revision = type === 'aws_ecs_task_definition' && prior === null ? nextRevision(String(planned.family)) : 1;
  for (const [key, attribute] of Object.entries(facts.resources[type]?.attributes ?? {}))
    if (isUnknown(planned[key])) planned[key] = invent(type, key, attribute, planned, { region, revision });
  return { state: writeValue(planned), legacy };
}

function look(type: string, config: Values): Values {
  for (const [key, attribute] of Object.entries(facts.data[type]?.attributes ?? {}))
    if (config[key] === null) config[key] = invent(type, key, attribute, config, { region, revision: 1 });
  if (type === 'aws_subnets') config.ids = ['subnet-a', 'subnet-b', 'subnet-c'];
  return { ...config, ...actOf(`data.${type}`).drift };
}

/** The calls of the protocol. */
export const calls: Readonly<Record<string, (request: Request) => unknown>> = {
  GetSchema: () => wireSchema(),
  PrepareProviderConfig: ({ config }) => ({ prepared: config }),
  Configure({ config }) {
    configure(readValue(config));
    return {};
  },
  ValidateResourceTypeConfig: ({ type, config }) => ({ diagnostics: mistakesIn(type, readValue(config) ?? {}) }),
  ValidateDataSourceConfig: () => ({}),
  UpgradeResourceState: ({ raw }) => ({ upgraded: writeValue(readValue({ json: raw?.json })) }),
  async ReadResource({ type, state, private: own }) {
    const value = readValue(state);
    const { drift, real } = actOf(type);
    const found = real ? realOf(type) : undefined;
    const seen = value && found?.look ? await found.look(await apiOf(found), value) : value;
    return { state: writeValue(seen && { ...seen, ...drift }), private: own };
  },
  PlanResourceChange: ({ type, prior, proposed }) => plan(type, readValue(prior), readValue(proposed)),
  ApplyResourceChange: ({ type, prior, planned }) => apply(type, readValue(prior), readValue(planned)),
  ReadDataSource: ({ type, config }) => ({ state: writeValue(look(type, readValue(config) ?? {})) }),
  Stop: () => ({}),
};
