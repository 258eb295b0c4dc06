import * as v from 'valibot';
import type { AwsApi } from '../api.js';
import { isAwsFailure } from '../failure.js';
import type { PolicyDocument } from '../policy/document.js';
import { parsePolicyText } from '../policy/document.js';
import { booleanText, listOf } from '../protocol/xml.js';
import { ask, askAll } from './ask.js';

const roleAnswer = v.looseObject({
  Role: v.looseObject({
    Arn: v.string(),
    RoleName: v.string(),
    AssumeRolePolicyDocument: v.optional(v.string(), ''),
    MaxSessionDuration: v.optional(v.unknown()),
    PermissionsBoundary: v.optional(v.unknown()),
  }),
});
const paged = { IsTruncated: v.optional(booleanText, false), Marker: v.optional(v.string()) };
const attachedAnswer = v.looseObject({
  AttachedPolicies: listOf(v.looseObject({ PolicyName: v.optional(v.string()), PolicyArn: v.string() })),
  ...paged,
});
const inlineAnswer = v.looseObject({ PolicyNames: listOf(v.string()), ...paged });
const inlinePolicy = v.looseObject({ PolicyDocument: v.string() });
const policyAnswer = v.looseObject({ Policy: v.looseObject({ DefaultVersionId: v.string() }) });
const versionAnswer = v.looseObject({ PolicyVersion: v.looseObject({ Document: v.string() }) });
const simulation = v.looseObject({
  EvaluationResults: listOf(
    v.looseObject({
      EvalActionName: v.string(),
      EvalResourceName: v.optional(v.string()),
      EvalDecision: v.string(),
      MissingContextValues: listOf(v.string()),
    }),
  ),
  ...paged,
});

export interface Role {
  readonly arn: string;
  readonly name: string;
  /** Undefined when it is no policy that can be read. */
  readonly trust: PolicyDocument | undefined;
  readonly hasBoundary: boolean;
}

export type Decision = v.InferOutput<typeof simulation>['EvaluationResults'][number];

/** Undefined when there is none. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
export async function readRole(iam: AwsApi, name: string): Promise<Role | undefined> {
  try {
    const { Role: role } = await ask(iam, 'GetRole', { RoleName: name }, roleAnswer);
    return {
      arn: role.Arn,
      name: role.RoleName,
      trust: parsePolicyText(role.AssumeRolePolicyDocument),
      hasBoundary: role.PermissionsBoundary !== undefined && role.PermissionsBoundary !== '',
    };
  } catch (error) {
    if (isAwsFailure(error, 'not-found')) return undefined;
    throw error;
  }
}

/** All that a role's policies say, AWS's own and inline ones too; policies that cannot be parsed are left out. */
export async function readRolePolicies(iam: AwsApi, name: string): Promise<readonly PolicyDocument[]> {
  const input = { RoleName: name };
  const [attached, inline] = await Promise.all([
    askAll(iam, 'ListAttachedRolePolicies', input, {
      schema: attachedAnswer,
      items: (page) => page.AttachedPolicies,
      next: nextMarker,
    }),
    askAll(iam, 'ListRolePolicies', input, {
      schema: inlineAnswer,
      items: (page) => page.PolicyNames,
      next: nextMarker,
    }),
  ]);
  const texts = await Promise.all([
    ...attached.map(async ({ PolicyArn }) => {
      const { Policy } = await ask(iam, 'GetPolicy', { PolicyArn }, policyAnswer);
      const version = { PolicyArn, VersionId: Policy.DefaultVersionId };
      return (await ask(iam, 'GetPolicyVersion', version, versionAnswer)).PolicyVersion.Document;
    }),
    ...inline.map(async (PolicyName) => {
      return (await ask(iam, 'GetRolePolicy', { ...input, PolicyName }, inlinePolicy)).PolicyDocument;
    }),
  ]);
  return texts.flatMap((text) => parsePolicyText(text) ?? []);
}

/** What IAM would decide, a decision for each action and resource. https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
export async function simulate(
  iam: AwsApi,
  request: {
    readonly principal: string;
    readonly actions: readonly string[];
    readonly resources: readonly string[];
    /** Keys of conditions, as `ecs:cluster`, with their values. */
    readonly context?: Readonly<Record<string, string>>;
  },
): Promise<readonly Decision[]> {
  const input = {
    PolicySourceArn: request.principal,
    ActionNames: request.actions,
    ResourceArns: request.resources,
    ContextEntries: Object.entries(request.context ?? {}).map(([key, value]) => ({
      ContextKeyName: key,
      ContextKeyValues: [value],
      ContextKeyType: 'string',
    })),
  };
  return askAll(iam, 'SimulatePrincipalPolicy', input, {
    schema: simulation,
    items: (page) => page.EvaluationResults,
    next: nextMarker,
  });
}

function nextMarker(page: { readonly IsTruncated: boolean; readonly Marker?: string | undefined }): object | undefined {
  return page.IsTruncated && page.Marker ? { Marker: page.Marker } : undefined;
}
