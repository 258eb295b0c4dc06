import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPlace, permissionsFor, secretsPath, variablesPath, type Place } from '../../github/secrets/place.js';
import { formatTarget, matchesPattern, parseTarget, parseTargets, type Target } from './target.js';

const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,20}$/);
const repository = fc.stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,30}$/);
const environment = fc.stringMatching(/^[^\s@][ -~]{0,18}[^\s@]$/);
const applications = fc.uniqueArray(fc.constantFrom('actions', 'dependabot', 'codespaces', 'agents'), { minLength: 1 });
const suffixed = <Fields extends Record<string, fc.Arbitrary<unknown>>>(fields: Fields) =>
  fc.record({ ...fields, applications }, { requiredKeys: Object.keys(fields) });

const target = fc.oneof(
  suffixed({ kind: fc.constant('repository'), owner: name, repository }),
  fc.record({ kind: fc.constant('environment'), owner: name, repository, environment }),
  suffixed({ kind: fc.constant('organization'), owner: name }),
  suffixed({ kind: fc.constant('pattern'), owner: name, pattern: repository.map((text) => `${text}*`) }),
  fc.record({ kind: fc.constant('pattern'), owner: name, pattern: fc.constant('*-api'), environment }),
  suffixed({ kind: fc.constant('topic'), topic: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/) }),
  suffixed({ kind: fc.constant('topic'), owner: name, topic: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/) }),
) as fc.Arbitrary<Target>;

describe('targets', () => {
  it('are what they were after a round trip', () => {
    fc.assert(
      fc.property(target, (one) => {
        expect(parseTarget(formatTarget(one))).toEqual(one);
      }),
    );
  });

  it.each([
    ['acme/shop', { kind: 'repository', owner: 'acme', repository: 'shop' }],
    ['acme/shop:dependabot', { kind: 'repository', owner: 'acme', repository: 'shop', applications: ['dependabot'] }],
    ['acme/shop@prod/eu:1', { kind: 'environment', owner: 'acme', repository: 'shop', environment: 'prod/eu:1' }],
    ['org:acme', { kind: 'organization', owner: 'acme' }],
    ['org:acme:actions+agents', { kind: 'organization', owner: 'acme', applications: ['actions', 'agents'] }],
    ['acme/*', { kind: 'pattern', owner: 'acme', pattern: '*' }],
    ['acme/*-api@prod', { kind: 'pattern', owner: 'acme', pattern: '*-api', environment: 'prod' }],
    ['topic:ecr', { kind: 'topic', topic: 'ecr' }],
    ['topic:acme/ecr:agents', { kind: 'topic', owner: 'acme', topic: 'ecr', applications: ['agents'] }],
  ])('%s', (text, expected) => {
    expect(parseTarget(text)).toEqual(expected);
  });

  it.each([
    '',
    'acme',
    'acme/',
    '/shop',
    'acme/shop@',
    'acme/..',
    'org:acme@prod',
    'topic:',
    'topic:Ecr',
    'a/b/c',
    'acme/shop:dependabots',
  ])('refuses %j', (text) => {
    expect(typeof parseTarget(text)).toBe('string');
  });

  it('tells all mistakes at once', () => {
    expect(() => parseTargets(['acme', 'acme/shop', 'org:'])).toThrow(/'acme'.*\n.*'org:'/);
  });
});

describe('patterns', () => {
  it.each([
    ['shop-api', '*', true],
    ['shop-api', '*-api', true],
    ['Shop-API', 'shop-*', true],
    ['shop-api', 'shop-???', true],
    ['shop-apis', 'shop-???', false],
    ['shopxapi', 'shop.api', false],
    ['shop', 'sho', false],
  ])('%s %s %s', (repositoryName, pattern, expected) => {
    expect(matchesPattern(repositoryName, pattern)).toBe(expected);
  });
});

describe('places', () => {
  const place = { owner: 'acme', repository: 'shop' };
  const table: readonly (readonly [string, Place, string, string | undefined, readonly string[]])[] = [
    [
      'acme/shop',
      { kind: 'repository', ...place, application: 'actions' },
      '/repos/acme/shop/actions/secrets',
      '/repos/acme/shop/actions/variables',
      ['secrets', 'actions_variables'],
    ],
    [
      'acme/shop:dependabot',
      { kind: 'repository', ...place, application: 'dependabot' },
      '/repos/acme/shop/dependabot/secrets',
      undefined,
      ['dependabot_secrets'],
    ],
    [
      'acme/shop@prod/eu',
      { kind: 'environment', ...place, environment: 'prod/eu', application: 'actions' },
      '/repos/acme/shop/environments/prod%2Feu/secrets',
      '/repos/acme/shop/environments/prod%2Feu/variables',
      ['environments'],
    ],
    [
      'org:acme:agents',
      { kind: 'organization', owner: 'acme', application: 'agents' },
      '/orgs/acme/agents/secrets',
      '/orgs/acme/agents/variables',
      ['organization_agent_secrets', 'organization_agent_variables'],
    ],
  ];

  it.each(table)('%s', (text, place, secrets, variables, permissions) => {
    expect([formatPlace(place), secretsPath(place), variablesPath(place), permissionsFor(place, true)]).toEqual([
      text,
      secrets,
      variables,
      permissions,
    ]);
  });
});
