import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { requirePython } from '../../test/support/tools.js';
import type { AwsServiceName } from './services.js';
import { awsServices, serviceOf } from './services.js';

const MODELS = `
import botocore.session, json, sys
session = botocore.session.get_session()
print(json.dumps({name: session.get_service_model(name).metadata for name in sys.argv[1:]}))
`;

test('the table says what the models of botocore say', async (context) => {
  const python = requirePython('botocore', 'python3-botocore');
  if (!python) return context.skip();
  const names = Object.keys(awsServices) as AwsServiceName[];
  const { stdout } = await promisify(execFile)(python, ['-c', MODELS, ...names]);
  const models = JSON.parse(stdout) as Record<string, Record<string, string | undefined> & { protocols?: string[] }>;
  for (const name of names) {
    const ours = serviceOf(name);
    const model = models[name];
    expect([name, model?.protocols ?? [model?.protocol]]).toEqual([name, expect.arrayContaining([ours.protocol])]);
    expect([name, ours]).toMatchObject([
      name,
      {
        apiVersion: model?.apiVersion,
        endpointPrefix: model?.endpointPrefix,
        signingName: model?.signingName ?? model?.endpointPrefix,
        variable: model?.serviceId?.toUpperCase().replaceAll(' ', '_'),
      },
    ]);
    if (ours.protocol === 'json') {
      expect([name, ours]).toMatchObject([
        name,
        { jsonVersion: model?.jsonVersion, targetPrefix: model?.targetPrefix },
      ]);
    }
  }
});
