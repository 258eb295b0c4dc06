import type { AwsService } from '../services.js';
import { errorInXml, readXml } from './xml.js';
import type { Wire, WireRequest } from './wire.js';
import { encodeSegment, urlOf } from './wire.js';

/**
 * A form. Lists are `Name.member.1`, of EC2 `Name.1`. Names are those of the wire, which for EC2 are not those of the
 * reference's list but of its request parameters: `SubnetId`, `Filter`, `Value`.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html, https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
 */
export function queryRequest(service: AwsService, endpoint: string, operation: string, input: object): WireRequest {
  const pairs: (readonly [string, string])[] = [
    ['Action', operation],
    ['Version', service.apiVersion],
  ];
  flatten('', input, service.protocol === 'ec2', pairs);
  return {
    method: 'POST',
    url: urlOf(endpoint, '/'),
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: pairs.map(([name, value]) => `${encodeSegment(name)}=${encodeSegment(value)}`).join('&'),
  };
}

function flatten(name: string, value: unknown, isEc2: boolean, pairs: (readonly [string, string])[]): void {
  if (value === undefined || value === null) return;
  if (value instanceof Date) {
    pairs.push([name, value.toISOString()]);
  } else if (Array.isArray(value)) {
    const prefix = isEc2 ? name : `${name}.member`;
    // An empty list is told, so that it may empty one.
    if (value.length === 0 && !isEc2) pairs.push([name, '']);
    value.forEach((item, index) => flatten(`${prefix}.${index + 1}`, item, isEc2, pairs));
  } else if (typeof value === 'object') {
    for (const [key, entry] of Object.entries(value)) {
      flatten(name === '' ? key : `${name}.${key}`, entry, isEc2, pairs);
    }
  } else {
    pairs.push([name, String(value)]);
  }
}

/** The result of a query is inside `<OperationResult>`, that of EC2 is the document itself. */
export function queryWire(service: AwsService, operation: string): Wire {
  return {
    result({ text }) {
      const { root, value } = readXml(text, service.protocol === 'ec2' ? 'item' : 'member');
      if (root !== `${operation}Response`) throw new Error(`expected <${operation}Response>, found <${root}>`);
      if (typeof value !== 'object' || value === null) return {};
      const { requestId: _id, ...whole } = value as Readonly<Record<string, unknown>>;
      if (service.protocol === 'ec2') return whole;
      const result = whole[`${operation}Result`];
      return typeof result === 'object' ? result : {};
    },
    error: errorInXml,
  };
}
