import { randomOf } from '../random.js';

/** Names as ECS makes them, the same for the same seed. */
export interface Names {
  readonly region: string;
  readonly account: string;
  readonly cluster: string;
  arn(resource: string, service?: string): string;
  clusterArn(): string;
  serviceArn(name: string): string;
  definitionArn(family: string, revision: number): string;
  /** `ecs-svc/` and 19 digits. */
  deploymentId(): string;
  /** 21 characters. */
  serviceDeploymentId(): string;
  serviceDeploymentArn(service: string, id: string): string;
  revisionArn(service: string): string;
  /** 32 hexadecimal digits. */
  taskId(): string;
  taskArn(id: string): string;
  uuid(): string;
}

const DIGITS = '0123456789';
const WORD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function namesOf(seed: string, cluster: string): Names {
  const region = 'eu-central-1';
  const account = '111122223333';
  const drawn = new Map<string, number>();
  const draw = (kind: string) => {
    const count = drawn.get(kind) ?? 0;
    drawn.set(kind, count + 1);
    return randomOf(seed, kind, count);
  };
  const arn = (resource: string, service = 'ecs') => `arn:aws:${service}:${region}:${account}:${resource}`;
  const number = (kind: string) => {
    const random = draw(kind);
    return `${random.int(1, 8)}${random.text(18, DIGITS)}`;
  };
  return {
    region,
    account,
    cluster,
    arn,
    clusterArn: () => arn(`cluster/${cluster}`),
    serviceArn: (name) => arn(`service/${cluster}/${name}`),
    definitionArn: (family, revision) => arn(`task-definition/${family}:${revision}`),
    deploymentId: () => `ecs-svc/${number('deployment')}`,
    serviceDeploymentId: () => draw('service deployment').text(21, WORD),
    serviceDeploymentArn: (service, id) => arn(`service-deployment/${cluster}/${service}/${id}`),
    revisionArn: (service) => arn(`service-revision/${cluster}/${service}/${number('revision')}`),
    taskId: () => draw('task').hex(32),
    taskArn: (id) => arn(`task/${cluster}/${id}`),
    uuid() {
      const hex = draw('uuid').hex(32);
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}
