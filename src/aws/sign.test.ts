import { expect, test } from 'vitest';
import { signedHeaders } from './sign.js';

test('the time is that of the request, in UTC', async () => {
  const headers = await signedHeaders({
    method: 'POST',
    url: new URL('https://example.amazonaws.com/'),
    service: 'service',
    region: 'us-east-1',
    body: '',
    headers: {},
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' },
    date: new Date('2015-08-30T14:36:00+02:00'),
  });
  expect(headers['x-amz-date']).toBe('20150830T123600Z');
  expect(headers.authorization).toContain('Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request');
});
