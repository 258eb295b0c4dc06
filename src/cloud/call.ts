import type { AwsSession, RestRequest } from '../aws/api.js';

/** A call of AWS as data: a plan is made of them. */
export type CloudCall =
  | { readonly service: 'iam'; readonly operation: string; readonly input: object }
  | { readonly service: 'dynamodb'; readonly operation: string; readonly input: object; readonly region: string }
  | { readonly service: 's3'; readonly operation: string; readonly request: RestRequest; readonly region: string };

export async function sendCall(aws: AwsSession, call: CloudCall): Promise<void> {
  switch (call.service) {
    case 'iam':
      await aws.api('iam').call(call.operation, call.input);
      return;
    case 'dynamodb':
      await aws.api('dynamodb', { region: call.region }).call(call.operation, call.input);
      return;
    case 's3':
      await aws.rest('s3', { region: call.region }).request(call.operation, call.request);
  }
}
