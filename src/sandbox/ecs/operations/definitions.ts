import type { Operation, Setting } from '../../service.js';
import { AwsFault } from '../../service.js';
import { checkDefinition } from '../definition/check.js';
import { fillDefinition } from '../definition/fill.js';
import { taskSize } from '../definition/sizes.js';
import { renderDefinition } from '../render/definition.js';
import { findDefinition, requireDefinition } from '../state/find.js';
import type { Definition, DefinitionRecord } from '../state/records.js';
import type { EcsState } from '../state/state.js';
import { clean, listOf } from '../state/state.js';
import { checkedTags } from '../state/tags.js';
import { invalid } from './invalid.js';
import type { Pages } from './page.js';

const PAGE = { most: 100, usual: 100 };

/** Task definitions. */
export function definitionOperations(state: EcsState, setting: Setting, pages: Pages): Record<string, Operation> {
  const render = (entry: DefinitionRecord) => renderDefinition(entry, setting.accountId);
  const sorted = () =>
    [...state.definitions.values()].sort(
      ({ definition: a }, { definition: b }) =>
        (a.family < b.family ? -1 : Number(a.family > b.family)) || a.revision - b.revision,
    );

  return {
    RegisterTaskDefinition(input) {
      const sized = clean({ ...input, cpu: taskSize('cpu', input.cpu), memory: taskSize('memory', input.memory) });
      checkDefinition(sized);
      // Only here: RunTask of the official action always sends an empty list.
      if (Array.isArray(input.tags) && input.tags.length === 0) throw invalid('Tags can not be empty.');
      const tags = input.tags === undefined ? [] : checkedTags(input.tags);
      const family = String(input.family);
      const revision = (state.revisions.get(family) ?? 0) + 1;
      const taskDefinitionArn = state.arn(`task-definition/${family}:${revision}`);
      const definition = { ...fillDefinition(sized), revision, taskDefinitionArn } as Definition;
      const entry: DefinitionRecord = { definition, status: 'ACTIVE', registeredAt: setting.clock.now() };
      state.revisions.set(family, revision);
      state.definitions.set(`${family}:${revision}`, entry);
      state.tags.set(taskDefinitionArn, tags);
      return { taskDefinition: render(entry), ...(tags.length > 0 && { tags }) };
    },
    DescribeTaskDefinition(input) {
      const entry = requireDefinition(state, input.taskDefinition);
      const withTags = listOf(input.include).includes('TAGS');
      return {
        taskDefinition: render(entry),
        ...(withTags && { tags: state.tags.get(entry.definition.taskDefinitionArn) ?? [] }),
      };
    },
    DeregisterTaskDefinition(input) {
      if (!/:\d+$/.test(String(input.taskDefinition)))
        throw new AwsFault('ClientException', 'Task definition revision must be specified.');
      const entry = requireDefinition(state, input.taskDefinition);
      if (entry.status === 'ACTIVE') Object.assign(entry, { status: 'INACTIVE', deregisteredAt: setting.clock.now() });
      return { taskDefinition: render(entry) };
    },
    ListTaskDefinitions(input) {
      const { familyPrefix, status = 'ACTIVE', sort = 'ASC' } = input;
      const arns = sorted()
        .filter(
          (entry) => entry.status === status && (familyPrefix ?? entry.definition.family) === entry.definition.family,
        )
        .map((entry) => entry.definition.taskDefinitionArn);
      const { page, more } = pages.cut(sort === 'DESC' ? arns.reverse() : arns, input, PAGE);
      return { taskDefinitionArns: page, ...more };
    },
    ListTaskDefinitionFamilies(input) {
      const { familyPrefix = '', status = 'ALL' } = input as { familyPrefix?: string; status?: string };
      const active = new Set(sorted().flatMap((entry) => (entry.status === 'ACTIVE' ? entry.definition.family : [])));
      const families = [...new Set(sorted().map((entry) => entry.definition.family))].filter(
        (family) =>
          family.startsWith(familyPrefix) && (status === 'ALL' || active.has(family) === (status === 'ACTIVE')),
      );
      const { page, more } = pages.cut(families, input, PAGE);
      return { families: page, ...more };
    },
    DeleteTaskDefinitions(input) {
      const names = listOf(input.taskDefinitions).map(String);
      if (names.length === 0 || names.length > 10)
        throw new AwsFault('InvalidParameterException', 'The number of task definitions must be between 1 and 10.');
      const deleted: unknown[] = [];
      const failures: unknown[] = [];
      for (const name of names) {
        const entry = /:\d+$/.test(name) ? findDefinition(state, name) : undefined;
        const reason = entry
          ? entry.status === 'ACTIVE'
            ? ACTIVE
            : undefined
          : 'The specified task definition does not exist.';
        if (!entry || reason !== undefined) {
          failures.push({ arn: name.startsWith('arn:') ? name : state.arn(`task-definition/${name}`), reason });
          continue;
        }
        Object.assign(entry, { status: 'DELETE_IN_PROGRESS', deleteRequestedAt: setting.clock.now() });
        deleted.push(render(entry));
        if (!inUse(state, entry)) state.definitions.delete(`${entry.definition.family}:${entry.definition.revision}`);
      }
      return { taskDefinitions: deleted, failures };
    },
  };
}

const ACTIVE = 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.';

/** A definition stays for as long as tasks and services refer to it. */
function inUse(state: EcsState, { definition: { taskDefinitionArn } }: DefinitionRecord): boolean {
  const runs = (one: { readonly taskDefinition: string }) => one.taskDefinition === taskDefinitionArn;
  return (
    [...state.services.values()].some((service) => service.status !== 'INACTIVE' && runs(service)) ||
    [...state.tasks.values()].some((task) => task.lastStatus !== 'STOPPED' && runs(task))
  );
}
