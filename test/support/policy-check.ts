import type { PolicyDocument } from '../../src/cloud/document.js';
import type { AccessEntry } from '../../src/sandbox/http/listen.js';
import type { JournalEntry } from '../../src/sandbox/service.js';

/** What AWS would look for in the policies of who calls. */
export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly keys?: Readonly<Record<string, string>>;
}

/** Whether a policy of `Allow` statements lets it pass. */
export function allows({ Statement: statements }: PolicyDocument, { action, resource, keys = {} }: Asked): boolean {
  return statements.some(
    ({ Effect, Action, Resource, Condition }) =>
      Effect === 'Allow' &&
      texts(Action).some((pattern) => matches(pattern, action)) &&
      texts(Resource).some((pattern) => matches(pattern, resource)) &&
      Object.values((Condition ?? {}) as Record<string, Record<string, unknown>>).every((wanted) =>
        Object.entries(wanted).every(([key, values]) =>
          texts(values).some((pattern) => keys[key] !== undefined && matches(pattern, keys[key])),
        ),
      ),
  );
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  return new RegExp(`^${source}$`).test(text);
}

function texts(value: unknown): readonly string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

const AT = 'eu-central-1:123456789012';
const ecsArn = (resource: string) => `arn:aws:ecs:${AT}:${resource}`;
const last = (text: unknown) => String(text ?? 'default').replace(/^.*\//, '');

/** What one call of the sandbox's journal asks for. Throws for one that it does not know: the table is to be longer. */
export function askedOf({ service, operation, input }: JournalEntry): readonly Asked[] {
  const fields = (input ?? {}) as Readonly<Record<string, unknown>>;
  const list = (name: string) => (fields[name] ?? []) as readonly string[];
  const cluster = last(fields.cluster);
  const action = `${service}:${operation}`;
  const on = (...resources: readonly string[]) => resources.map((resource) => ({ action, resource }));
  if (service === 's3') return askedOfBucket(operation);
  if (service === 'dynamodb') return on(`arn:aws:dynamodb:${AT}:table/${String(fields.TableName)}`);
  switch (action) {
    case 'sts:GetCallerIdentity':
      return [];
    case 'ecr:GetAuthorizationToken':
    case 'ecs:DescribeTaskDefinition':
    case 'ecs:DeregisterTaskDefinition':
    case 'cloudwatch:DescribeAlarms':
      return on('*');
    case 'ecs:RegisterTaskDefinition':
      return [...on('*'), ...passed(fields), ...tagged(fields)];
    case 'ecs:DescribeServices':
      return on(...list('services').map((name) => ecsArn(`service/${cluster}/${last(name)}`)));
    case 'ecs:UpdateService':
    case 'ecs:ListServiceDeployments':
      return on(ecsArn(`service/${cluster}/${last(fields.service)}`));
    case 'ecs:DescribeServiceDeployments':
      return on(...list('serviceDeploymentArns'));
    case 'ecs:DescribeServiceRevisions':
      return on(...list('serviceRevisionArns'));
    case 'ecs:StopServiceDeployment':
      return on(String(fields.serviceDeploymentArn));
    case 'ecs:ListTasks':
      return [{ action, resource: '*', keys: { 'ecs:cluster': ecsArn(`cluster/${cluster}`) } }];
    case 'ecs:DescribeTasks':
      return on(...list('tasks').map((task) => ecsArn(`task/${cluster}/${last(task)}`)));
    case 'logs:GetLogEvents':
      return on(
        `arn:aws:logs:${AT}:log-group:${String(fields.logGroupName)}:log-stream:${String(fields.logStreamName)}`,
      );
    default:
      throw new Error(`what does ${action} ask for?`);
  }
}

/** `PUT /bucket/key`: of a bucket itself nothing but its list is asked. */
function askedOfBucket(operation: string): readonly Asked[] {
  const [, method = '', bucket = '', key] = /^(\w+) \/([^/]+)(?:\/(.+))?$/.exec(operation) ?? [];
  if (key === undefined) return [{ action: 's3:ListBucket', resource: `arn:aws:s3:::${bucket}` }];
  const action = { PUT: 's3:PutObject', DELETE: 's3:DeleteObject' }[method] ?? 's3:GetObject';
  return [{ action, resource: `arn:aws:s3:::${bucket}/${key}` }];
}

function passed({ taskRoleArn, executionRoleArn }: Readonly<Record<string, unknown>>): readonly Asked[] {
  const keys = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };
  return [taskRoleArn, executionRoleArn].flatMap((resource) =>
    typeof resource === 'string' ? [{ action: 'iam:PassRole', resource, keys }] : [],
  );
}

function tagged({ tags, family }: Readonly<Record<string, unknown>>): readonly Asked[] {
  if (!Array.isArray(tags) || tags.length === 0) return [];
  return [{ action: 'ecs:TagResource', resource: ecsArn(`task-definition/${String(family)}:1`) }];
}

/** What a request of the registry asks for. https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html */
export function askedOfRegistry({ method, path }: AccessEntry): readonly Asked[] {
  const [, repository, kind, rest] = /^\/v2\/(.+)\/(manifests|blobs)\/([^?]*)/.exec(path) ?? [];
  if (repository === undefined) return [];
  const resource = `arn:aws:ecr:${AT}:repository/${repository}`;
  const on = (...actions: readonly string[]) => actions.map((action) => ({ action: `ecr:${action}`, resource }));
  if (kind === 'manifests') return method === 'PUT' ? on('PutImage') : on('BatchGetImage');
  if (!rest?.startsWith('uploads'))
    return method === 'HEAD' ? on('BatchCheckLayerAvailability') : on('GetDownloadUrlForLayer');
  return method === 'POST' ? on('InitiateLayerUpload') : on('UploadLayerPart', 'CompleteLayerUpload');
}
