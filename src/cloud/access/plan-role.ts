import { canonicalDocument, conditionValues, documentDiff, documentSummary } from '../document.js';
import type { Change, PlanItem } from '../item.js';
import { updated } from '../item.js';
import { keptNote, madeBy, missingTags, tagList, tagsOf } from '../owner.js';
import { iam } from './provider.js';
import type { RoleState, RoleWish } from './role.js';
import { roleArn } from './role.js';
import { refuseTaken } from './taken.js';

/** Name of the one policy that a role of ours has. */
const POLICY = 'lading';
/** An hour, the least that AWS takes. */
const SESSION_SECONDS = 3600;

/** Throws when a role of that name is not ours. Policies that others gave to one of ours go: it shall be what it says. */
export function planRole(wish: RoleWish, state: RoleState | undefined): PlanItem {
  const { name, trust, policy, owner } = wish;
  const item = { ...itemOf(wish), documents: { trust, policy } };
  if (state === undefined) {
    return {
      ...item,
      action: 'create',
      changes: [
        ...subjectsIn(trust).map((subject) => `for ${subject}`),
        `policy: ${documentSummary(policy).join(', ')}`,
      ],
      calls: [
        iam('CreateRole', {
          RoleName: name,
          AssumeRolePolicyDocument: JSON.stringify(trust),
          Description: wish.description,
          MaxSessionDuration: SESSION_SECONDS,
          Tags: tagList(tagsOf(owner)),
        }),
        putPolicy(wish),
      ],
    };
  }
  refuseTaken({ what: 'role', name, tags: state.tags }, owner);
  return updated(item, [
    planTrust(wish, state),
    planPolicy(wish, state),
    ...planStrangers(wish, state),
    planSession(wish, state),
    planTags(wish, state),
  ]);
}

export function planRoleRemoval(wish: RoleWish, state: RoleState | undefined): PlanItem | undefined {
  if (state === undefined) return undefined;
  const { name, owner } = wish;
  const item = itemOf(wish);
  if (madeBy(state.tags, owner) !== 'ours') {
    return { ...item, action: 'keep', changes: [], calls: [], note: keptNote(state.tags, owner) };
  }
  return {
    ...item,
    action: 'delete',
    changes: [],
    calls: [
      ...state.attached.map((PolicyArn) => iam('DetachRolePolicy', { RoleName: name, PolicyArn })),
      ...[...state.inline.keys()].map((PolicyName) => iam('DeleteRolePolicy', { RoleName: name, PolicyName })),
      iam('DeleteRole', { RoleName: name }),
    ],
  };
}

function planTrust({ name, trust }: RoleWish, state: RoleState): Change | undefined {
  if (canonicalDocument(state.trust) === canonicalDocument(trust)) return undefined;
  return {
    line: marked('trust', documentDiff(state.trust, trust)),
    calls: [iam('UpdateAssumeRolePolicy', { RoleName: name, PolicyDocument: JSON.stringify(trust) })],
  };
}

function planPolicy(wish: RoleWish, { inline }: RoleState): Change | undefined {
  const present = inline.get(POLICY);
  if (present !== undefined && canonicalDocument(present) === canonicalDocument(wish.policy)) return undefined;
  return { line: marked('policy', documentDiff(present, wish.policy)), calls: [putPolicy(wish)] };
}

function planStrangers({ name }: RoleWish, { inline, attached }: RoleState): readonly Change[] {
  const inner = [...inline.keys()].filter((policy) => policy !== POLICY);
  return [
    ...attached.map((PolicyArn) => ({
      line: [`policy - ${PolicyArn}`],
      calls: [iam('DetachRolePolicy', { RoleName: name, PolicyArn })],
    })),
    ...inner.map((PolicyName) => ({
      line: [`policy - ${PolicyName}`],
      calls: [iam('DeleteRolePolicy', { RoleName: name, PolicyName })],
    })),
  ];
}

function planSession({ name, description }: RoleWish, { sessionSeconds }: RoleState): Change | undefined {
  if (sessionSeconds === SESSION_SECONDS) return undefined;
  const input = { RoleName: name, Description: description, MaxSessionDuration: SESSION_SECONDS };
  return { line: [`session: ${sessionSeconds} s → ${SESSION_SECONDS} s`], calls: [iam('UpdateRole', input)] };
}

function planTags({ name, owner }: RoleWish, { tags }: RoleState): Change | undefined {
  const missing = missingTags(tags, owner);
  if (Object.keys(missing).length === 0) return undefined;
  return {
    line: Object.entries(missing).map(([key, value]) => `tag ${key}: ${value}`),
    calls: [iam('TagRole', { RoleName: name, Tags: tagList(missing) })],
  };
}

function putPolicy({ name, policy }: RoleWish) {
  return iam('PutRolePolicy', { RoleName: name, PolicyName: POLICY, PolicyDocument: JSON.stringify(policy) });
}

function itemOf(wish: RoleWish) {
  return { kind: 'role' as const, name: wish.name, arn: roleArn(wish) };
}

/** The same document in another form has no lines of its own. */
function marked(what: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [`${what}: written anew`] : lines.map((line) => `${what} ${line}`);
}

function subjectsIn(trust: RoleWish['trust']): readonly string[] {
  return conditionValues(trust).flatMap(({ key, value }) => (key.endsWith(':sub') ? [value] : []));
}
