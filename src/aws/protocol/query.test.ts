import { describe, expect, test } from 'vitest';
import { serviceOf } from '../services.js';
import { queryWire } from './query.js';

describe('an answer', () => {
  const read = (service: 'iam' | 'ec2', operation: string, text: string) =>
    queryWire(serviceOf(service), operation).result({ status: 200, headers: {}, text });

  test('of a query', () => {
    const text = `<?xml version="1.0"?>
      <ListXResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">
        <ListXResult>
          <Some><member><Name>a &amp; b</Name><Empty/></member></Some>
          <Words><member>one</member><member>two</member></Words>
          <None/>
          <IsTruncated>false</IsTruncated>
        </ListXResult>
        <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>
      </ListXResponse>`;
    expect(read('iam', 'ListX', text)).toEqual({
      Some: [{ Name: 'a & b', Empty: '' }],
      Words: ['one', 'two'],
      None: '',
      IsTruncated: 'false',
    });
  });

  test('of EC2', () => {
    const text = `<DescribeXResponse xmlns="x"><requestId>r</requestId><set><item><id>1</id><tagSet><item><key>k</key><value>v</value></item></tagSet></item></set></DescribeXResponse>`;
    expect(read('ec2', 'DescribeX', text)).toEqual({ set: [{ id: '1', tagSet: [{ key: 'k', value: 'v' }] }] });
  });

  test('without a result', () => {
    expect(read('iam', 'PutX', '<PutXResponse><ResponseMetadata/></PutXResponse>')).toEqual({});
  });

  test.each(['', 'hello', '{"a":1}', '<html><body>no</body></html>', '<GetXResponse>', '<OtherResponse/>'])(
    '%j is none',
    (text) => {
      expect(() => read('iam', 'GetX', text)).toThrow();
    },
  );
});
