/** How a service is spoken to. https://smithy.io/2.0/aws/protocols/ */
export type Protocol = 'json' | 'query' | 'ec2' | 'rest-json' | 'rest-xml';

/** What must be known of an AWS service to find it in a request and to answer in its own shape. */
export interface ServiceRow {
  /** As the `aws` command names it. */
  readonly id: string;
  readonly protocol: Protocol;
  /** In the scope of a signature. */
  readonly signingName: string;
  readonly apiVersion: string;
  /** Before the dot in `X-Amz-Target`; only with `json`. */
  readonly targetPrefix?: string;
  /** Of `application/x-amz-json-…`; only with `json`. */
  readonly jsonVersion?: '1.0' | '1.1';
}

const json = (
  id: string,
  targetPrefix: string,
  apiVersion: string,
  jsonVersion: '1.0' | '1.1' = '1.1',
): ServiceRow => ({
  id,
  protocol: 'json',
  signingName: id,
  apiVersion,
  targetPrefix,
  jsonVersion,
});

/** What the sandbox plays, and what scripts beside a release call. From the services' models. */
export const serviceRows: readonly ServiceRow[] = [
  json('application-autoscaling', 'AnyScaleFrontendService', '2016-02-06'),
  json('codedeploy', 'CodeDeploy_20141006', '2014-10-06'),
  json('dynamodb', 'DynamoDB_20120810', '2012-08-10', '1.0'),
  { id: 'ec2', protocol: 'ec2', signingName: 'ec2', apiVersion: '2016-11-15' },
  json('ecr', 'AmazonEC2ContainerRegistry_V20150921', '2015-09-21'),
  json('ecr-public', 'SpencerFrontendService', '2020-10-30'),
  json('ecs', 'AmazonEC2ContainerServiceV20141113', '2014-11-13'),
  { id: 'elbv2', protocol: 'query', signingName: 'elasticloadbalancing', apiVersion: '2015-12-01' },
  json('events', 'AWSEvents', '2015-10-07'),
  { id: 'iam', protocol: 'query', signingName: 'iam', apiVersion: '2010-05-08' },
  json('kms', 'TrentService', '2014-11-01'),
  json('logs', 'Logs_20140328', '2014-03-28'),
  { id: 's3', protocol: 'rest-xml', signingName: 's3', apiVersion: '2006-03-01' },
  { id: 'scheduler', protocol: 'rest-json', signingName: 'scheduler', apiVersion: '2021-06-30' },
  json('secretsmanager', 'secretsmanager', '2017-10-17'),
  json('ssm', 'AmazonSSM', '2014-11-06'),
  { id: 'sts', protocol: 'query', signingName: 'sts', apiVersion: '2011-06-15' },
];

/** The service that a request is for: by its target, else by the scope of its signature; undefined when none is known. */
export function rowOf(
  rows: readonly ServiceRow[],
  request: { readonly target: string | undefined; readonly scope: string | undefined },
): ServiceRow | undefined {
  const prefix = request.target?.slice(0, request.target.lastIndexOf('.'));
  return rows.find((row) => (prefix === undefined ? row.signingName === request.scope : row.targetPrefix === prefix));
}

/** The few that speak REST with XML. */
const XML = new Set(['s3', 's3express', 'route53', 'cloudfront']);

/** Of a service that is not in the table, by what its clients send and by the scope of the signature. */
export function guessProtocol(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  scope: string | undefined,
): Protocol {
  if (headers['x-amz-target'] !== undefined) return 'json';
  if (String(headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')) return 'query';
  return XML.has(scope ?? '') ? 'rest-xml' : 'rest-json';
}
