/**
 * How a service is spoken to. https://smithy.io/2.0/aws/protocols/
 * `json`: a POST whose header names the operation. `query`, `ec2`: a form that names it, answered in XML.
 * `rest-json`, `rest-xml`: method and path name it.
 */
export type AwsProtocol = 'json' | 'query' | 'ec2' | 'rest-json' | 'rest-xml';

/** What one needs to know of an AWS service to call it or to play it. From the services' models. */
export interface AwsService {
  readonly protocol: AwsProtocol;
  readonly apiVersion: string;
  /** First label of its host. */
  readonly endpointPrefix: string;
  /** In the scope of a signature. */
  readonly signingName: string;
  /** After `AWS_ENDPOINT_URL_`. https://docs.aws.amazon.com/sdkref/latest/guide/ss-endpoints-table.html */
  readonly variable: string;
  /** Before the colon of its actions in a policy; the signing name when left out. */
  readonly policyPrefix?: string;
  /** Of `application/x-amz-json-…`; only with `json`. */
  readonly jsonVersion?: '1.0' | '1.1';
  /** Before the dot in `X-Amz-Target`; only with `json`. */
  readonly targetPrefix?: string;
  /** One place for a whole partition, or one region for the whole world. */
  readonly home?: 'partition' | 'us-east-1';
}

function json(
  targetPrefix: string,
  more: Pick<AwsService, 'apiVersion' | 'endpointPrefix' | 'variable'> & Partial<AwsService>,
): AwsService {
  return { protocol: 'json', jsonVersion: '1.1', targetPrefix, signingName: more.endpointPrefix, ...more };
}

/** The services we speak to, by the names that the `aws` command line has for them. */
export const awsServices = {
  'application-autoscaling': json('AnyScaleFrontendService', {
    apiVersion: '2016-02-06',
    endpointPrefix: 'application-autoscaling',
    variable: 'APPLICATION_AUTO_SCALING',
  }),
  cloudwatch: json('GraniteServiceVersion20100801', {
    apiVersion: '2010-08-01',
    endpointPrefix: 'monitoring',
    policyPrefix: 'cloudwatch',
    jsonVersion: '1.0',
    variable: 'CLOUDWATCH',
  }),
  codedeploy: json('CodeDeploy_20141006', {
    apiVersion: '2014-10-06',
    endpointPrefix: 'codedeploy',
    variable: 'CODEDEPLOY',
  }),
  dynamodb: json('DynamoDB_20120810', {
    apiVersion: '2012-08-10',
    endpointPrefix: 'dynamodb',
    jsonVersion: '1.0',
    variable: 'DYNAMODB',
  }),
  ec2: { protocol: 'ec2', apiVersion: '2016-11-15', endpointPrefix: 'ec2', signingName: 'ec2', variable: 'EC2' },
  ecr: json('AmazonEC2ContainerRegistry_V20150921', {
    apiVersion: '2015-09-21',
    endpointPrefix: 'api.ecr',
    signingName: 'ecr',
    variable: 'ECR',
  }),
  'ecr-public': json('SpencerFrontendService', {
    apiVersion: '2020-10-30',
    endpointPrefix: 'api.ecr-public',
    signingName: 'ecr-public',
    variable: 'ECR_PUBLIC',
    home: 'us-east-1',
  }),
  ecs: json('AmazonEC2ContainerServiceV20141113', {
    apiVersion: '2014-11-13',
    endpointPrefix: 'ecs',
    variable: 'ECS',
  }),
  elbv2: {
    protocol: 'query',
    apiVersion: '2015-12-01',
    endpointPrefix: 'elasticloadbalancing',
    signingName: 'elasticloadbalancing',
    variable: 'ELASTIC_LOAD_BALANCING_V2',
  },
  events: json('AWSEvents', { apiVersion: '2015-10-07', endpointPrefix: 'events', variable: 'EVENTBRIDGE' }),
  iam: {
    protocol: 'query',
    apiVersion: '2010-05-08',
    endpointPrefix: 'iam',
    signingName: 'iam',
    variable: 'IAM',
    home: 'partition',
  },
  kms: json('TrentService', { apiVersion: '2014-11-01', endpointPrefix: 'kms', variable: 'KMS' }),
  logs: json('Logs_20140328', { apiVersion: '2014-03-28', endpointPrefix: 'logs', variable: 'CLOUDWATCH_LOGS' }),
  s3: { protocol: 'rest-xml', apiVersion: '2006-03-01', endpointPrefix: 's3', signingName: 's3', variable: 'S3' },
  scheduler: {
    protocol: 'rest-json',
    apiVersion: '2021-06-30',
    endpointPrefix: 'scheduler',
    signingName: 'scheduler',
    variable: 'SCHEDULER',
  },
  secretsmanager: json('secretsmanager', {
    apiVersion: '2017-10-17',
    endpointPrefix: 'secretsmanager',
    variable: 'SECRETS_MANAGER',
  }),
  signin: {
    protocol: 'rest-json',
    apiVersion: '2023-01-01',
    endpointPrefix: 'signin',
    signingName: 'signin',
    variable: 'SIGNIN',
  },
  ssm: json('AmazonSSM', { apiVersion: '2014-11-06', endpointPrefix: 'ssm', variable: 'SSM' }),
  sso: {
    protocol: 'rest-json',
    apiVersion: '2019-06-10',
    endpointPrefix: 'portal.sso',
    signingName: 'awsssoportal',
    policyPrefix: 'sso',
    variable: 'SSO',
  },
  'sso-oidc': {
    protocol: 'rest-json',
    apiVersion: '2019-06-10',
    endpointPrefix: 'oidc',
    signingName: 'sso-oauth',
    variable: 'SSO_OIDC',
  },
  sts: { protocol: 'query', apiVersion: '2011-06-15', endpointPrefix: 'sts', signingName: 'sts', variable: 'STS' },
} as const satisfies Readonly<Record<string, AwsService>>;

export type AwsServiceName = keyof typeof awsServices;

/** Services whose method and path name the operation. */
export type AwsRestServiceName = 's3' | 'scheduler' | 'signin' | 'sso' | 'sso-oidc';

/** Services whose operations have a name and an input. */
export type AwsRpcServiceName = Exclude<AwsServiceName, AwsRestServiceName>;

export function serviceOf(name: AwsServiceName): AwsService {
  return awsServices[name];
}
