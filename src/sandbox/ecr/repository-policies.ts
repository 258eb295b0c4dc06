import * as v from 'valibot';
import type { SandboxRepository } from '../registry/images.js';
import type { Operation } from '../service.js';
import { AwsFault } from '../service.js';
import { invalid, ofRepository, read } from './input.js';
import type { RegistryState } from './registry-state.js';

const statement = v.looseObject({
  Effect: v.picklist(['Allow', 'Deny']),
  Sid: v.optional(v.string()),
  Condition: v.optional(v.record(v.string(), v.unknown())),
});

const document = v.looseObject({
  Version: v.optional(v.picklist(['2008-10-17', '2012-10-17'])),
  Statement: v.union([statement, v.pipe(v.array(statement), v.minLength(1))]),
});

/** Who may use a repository from elsewhere: kept and given back, not enforced. */
export function policyOperations(state: RegistryState): Record<string, Operation> {
  const named = v.object(ofRepository);

  function requirePolicy(repository: SandboxRepository): string {
    const { policy } = state.recordOf(repository);
    if (policy !== undefined) return policy;
    const { registryId, repositoryName } = state.placeOf(repository);
    throw new AwsFault(
      'RepositoryPolicyNotFoundException',
      `Repository policy does not exist for the repository with name '${repositoryName}' in the registry with id '${registryId}'`,
    );
  }

  return {
    SetRepositoryPolicy(input) {
      const policyText = v.pipe(v.string(), v.maxLength(10_240));
      const asked = read(v.object({ ...ofRepository, policyText, force: v.optional(v.boolean()) }), input);
      const repository = state.requireRepository(asked);
      refuseOdd(asked.policyText);
      state.recordOf(repository).policy = asked.policyText;
      return { ...state.placeOf(repository), policyText: asked.policyText };
    },
    GetRepositoryPolicy(input) {
      const repository = state.requireRepository(read(named, input));
      return { ...state.placeOf(repository), policyText: requirePolicy(repository) };
    },
    DeleteRepositoryPolicy(input) {
      const repository = state.requireRepository(read(named, input));
      const policyText = requirePolicy(repository);
      state.recordOf(repository).policy = undefined;
      return { ...state.placeOf(repository), policyText };
    },
  };
}

/** Each statement says who, and what: actions of ECR only, and no resource, for it is the repository. */
function refuseOdd(text: string): void {
  const odd = invalid('PolicyText', 'Invalid repository policy provided');
  const result = v.safeParse(document, parsed(text));
  if (!result.success) throw odd;
  const { Statement } = result.output;
  for (const one of Array.isArray(Statement) ? Statement : [Statement]) {
    const actions = [one.Action ?? one.NotAction ?? []].flat();
    const isWhole = 'Principal' in one !== 'NotPrincipal' in one && actions.length > 0 && !('Resource' in one);
    if (!isWhole || !actions.every((action) => typeof action === 'string' && /^(ecr:[\w*?]+|\*)$/i.test(action)))
      throw odd;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
