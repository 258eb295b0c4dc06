import type { Context } from '../../base/context.js';
import type { AskedService } from '../../ground/infra/put-in.js';
import type { Inputs } from '../../base/declare/input.js';
import { camelCase, input, unlisted } from '../../base/declare/input.js';
import type { Origins } from '../../base/declare/origin.js';
import { lockTimeoutInput, stackInputs, stateInputs } from './infra.js';

export const ownerInput = {
  owner: input.choice(
    'Who puts revisions of the task definition into the service; the deployer when left out',
    ['deployer', 'terraform'],
    { key: 'infra.owner' },
  ),
};

const { stack: _stack, service: _service, to: _to, region: _region, role: _role, ...stateOfService } = stateInputs;
const { image: _image, ...valuesOfService } = stackInputs;
const ofService = { ...stateOfService, ...valuesOfService, ...lockTimeoutInput, ...ownerInput };

/** What a verb that deploys must know of the stack `service`, for when Terraform owns the task definition. */
export function ownerInputs(own: Inputs) {
  return unlisted('infra', ofService, own);
}

type OwnerValues = Readonly<Record<string, unknown>> & {
  readonly infraOwner?: 'deployer' | 'terraform' | undefined;
  readonly infraLockTimeout: number;
};

/** Undefined where the deployer owns the task definition. */
export async function putInBy(
  values: OwnerValues,
  release: { readonly services: readonly AskedService[] },
  context: Context,
  origins: Origins,
) {
  if (values.infraOwner !== 'terraform') return undefined;
  const { parseInfraRequest } = await import('../../ground/infra/request.js');
  const { putInByTerraform } = await import('../../ground/infra/put-in.js');
  const renamed = Object.keys(ofService).map((name) => [camelCase(name), values[camelCase(`infra-${name}`)]]);
  const { service, to, region } = values as { service?: string; to?: unknown; region?: string };
  const [only] = release.services;
  const own = {
    stack: 'service' as const,
    service: service ?? only?.service,
    to: typeof to === 'string' ? to : undefined,
    region: region ?? only?.region,
  };
  const asked = { ...(Object.fromEntries(renamed) as { readonly folder: string }), ...own };
  const where = (name: string) => origins.where(name in ofService ? `infra-${name}` : name);
  const request = parseInfraRequest(asked, context, { where });
  return putInByTerraform(request, release.services, { lockTimeout: values.infraLockTimeout }, context);
}
