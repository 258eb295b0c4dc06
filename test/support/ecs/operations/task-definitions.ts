import { register } from '../engine/definitions.js';
import { clientError } from '../engine/fault.js';
import { compact, needText, secondsOr, text, texts } from '../engine/fields.js';
import { needDefinition } from './lookup.js';
import { pageOf } from './page.js';
import type { Operation } from './operation.js';
import type { Definition, Json } from '../engine/state.js';

export const taskDefinitions: Readonly<Record<string, Operation>> = {
  RegisterTaskDefinition: {
    changes: true,
    answer(world, input) {
      const definition = register(world, input);
      return compact({
        taskDefinition: shown(definition),
        tags: definition.tags.length > 0 ? definition.tags : undefined,
      });
    },
  },
  DescribeTaskDefinition: {
    changes: false,
    answer(world, input) {
      const definition = needDefinition(world, needText(input, 'taskDefinition'));
      const wantsTags = texts(input, 'include').includes('TAGS');
      return compact({ taskDefinition: shown(definition), tags: wantsTags ? definition.tags : undefined });
    },
  },
  DeregisterTaskDefinition: {
    changes: true,
    answer(world, input) {
      const reference = needText(input, 'taskDefinition');
      if (!/:\d+$/.test(reference)) throw clientError('Task definition family and revision must be provided.');
      const definition = needDefinition(world, reference);
      definition.status = 'INACTIVE';
      definition.deregisteredAt ??= world.now;
      return { taskDefinition: shown(definition) };
    },
  },
  ListTaskDefinitions: {
    changes: false,
    answer(world, input, paging) {
      const family = text(input, 'familyPrefix');
      const status = text(input, 'status') ?? 'ACTIVE';
      const all = [...world.definitions.values()].flat();
      const found = all.filter((one) => (family === undefined || one.family === family) && one.status === status);
      if (text(input, 'sort') === 'DESC') found.reverse();
      const page = pageOf(found, (one) => one.arn, input, paging);
      return compact({ taskDefinitionArns: page.items.map((one) => one.arn), nextToken: page.nextToken });
    },
  },
};

function shown(definition: Definition): Json {
  return compact({
    ...definition.body,
    status: definition.status,
    deregisteredAt: secondsOr(definition.deregisteredAt),
  });
}
