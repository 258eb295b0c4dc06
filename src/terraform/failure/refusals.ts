import type { ErrorKind } from '../../base/errors.js';
import type { FailedRun } from './failed-run.js';
import { holderText, isLockFreed, parseLockInfo } from './lock-info.js';

interface Found {
  readonly match: RegExpExecArray;
  readonly text: string;
}

interface Told {
  /** Instead of Terraform's own. */
  readonly words?: string;
  readonly hint: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A failure that is known by its words. */
interface Refusal {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly pattern: RegExp;
  /** Undefined: it is not this one after all. */
  readonly tell: (run: FailedRun, found: Found) => Told | undefined;
}

const hint = (text: string) => () => ({ hint: text });

/** The first that fits counts: what is special comes before what is general. */
export const refusals: readonly Refusal[] = [
  {
    code: 'STATE_LOCKED',
    kind: 'remote',
    pattern: /Error acquiring the state lock/,
    tell({ stack }, { text }) {
      const lock = parseLockInfo(text);
      if (!lock && isLockFreed(text)) {
        return {
          words: 'its state is locked, and who holds it cannot be read',
          hint: `Wait for it, with --lock-timeout 10m; when it stays so, look at the lock of ${stack} in the bucket or the table.`,
        };
      }
      if (!lock) return undefined;
      return {
        words: `its state is locked${holderText(lock)}`,
        hint: `Wait for it, with --lock-timeout 10m; when that run is dead, free the lock: lading infra unlock ${stack} --lock-id ${lock.id}`,
        details: { lock },
      };
    },
  },
  {
    code: 'LOCK_CHANGED',
    kind: 'remote',
    pattern: /[Ff]ailed to unlock state[\s\S]*/,
    tell({ stack }, { text }) {
      const lock = parseLockInfo(text);
      if (!lock) return { words: 'nobody holds this lock', hint: `Go on: lading infra plan ${stack}` };
      return {
        words: `the state is locked${holderText(lock)}, by the lock ${lock.id}`,
        hint: 'Give that id when that run is dead, too.',
        details: { lock },
      };
    },
  },
  {
    code: 'PLAN_OUTDATED',
    kind: 'input',
    pattern: /Saved plan is stale|Saved plan does not match the given state/,
    tell: ({ stack }) => ({ hint: `Make a new plan: lading infra plan ${stack}` }),
  },
  {
    code: 'PLAN_UNREADABLE',
    kind: 'input',
    pattern: /Failed to (?:load|read) .*plan file|is not a valid plan file|plan file was created by/i,
    tell: hint('Check --plan, and that the same Terraform made it.'),
  },
  {
    code: 'STATE_NOT_SAVED',
    kind: 'remote',
    pattern: /Failed to (?:save|persist) state/,
    tell: ({ folder }) => ({
      hint: `Keep ${folder}/errored.tfstate, and push it when the bucket answers again: terraform state push errored.tfstate`,
    }),
  },
  {
    code: 'STATE_BEHIND',
    kind: 'remote',
    pattern: /does not have the expected content/,
    tell: hint(
      'Wait a minute: the lock table knows a newer state than the bucket shows. When it stays so, ask who changed the state by hand.',
    ),
  },
  {
    code: 'NO_STATE_BUCKET',
    kind: 'remote',
    pattern: /S3 bucket "[^"]*" does not exist|NoSuchBucket/,
    tell: ({ bucket }) => ({ hint: `Make the bucket ${bucket} with lading bootstrap, or correct infra.state-bucket.` }),
  },
  {
    code: 'NO_LOCK_TABLE',
    kind: 'remote',
    pattern: /ResourceNotFoundException[\s\S]*(?:table|requested resource)/i,
    tell: hint('Make the lock table with lading bootstrap --lock dynamodb, or correct infra.lock-table.'),
  },
  {
    code: 'EXPIRED_TOKEN',
    kind: 'credentials',
    pattern: /ExpiredToken|security token included in the request is expired|RequestExpired/,
    tell: hint('Get new credentials: these have expired. What was made is in the state: run it again.'),
  },
  {
    code: 'NO_CREDENTIALS',
    kind: 'credentials',
    pattern: /No valid credential sources found|InvalidAccessKeyId|InvalidClientTokenId|SignatureDoesNotMatch/,
    tell: hint('Check the AWS credentials of this run.'),
  },
  {
    code: 'ACCESS_DENIED',
    kind: 'credentials',
    pattern: /AccessDenied|UnauthorizedOperation|not authorized to perform|StatusCode: 403/,
    tell(_run, { text }) {
      const [, who, action, on] =
        /User: (\S+) is not authorized to perform: (\S+)(?: on resource: (\S+))?/.exec(text.replace(/\s+/g, ' ')) ?? [];
      if (action === undefined) return { hint: 'Allow what AWS names to the role in use, and run it again.' };
      return {
        hint: `Allow ${action}${on === undefined ? '' : ` on ${on}`} to ${who ?? 'the role in use'}, and run it again.`,
      };
    },
  },
  {
    code: 'NAME_TAKEN',
    kind: 'remote',
    pattern:
      /(\w*AlreadyExists\w*|Duplicate(?:LoadBalancerName|TargetGroupName|ListenerName)?\b|InvalidGroup\.Duplicate|already exists)/,
    tell: ({ folder }) => ({
      hint: `Choose another infra.name, or take what is there into the state: terraform import ADDRESS ID in ${folder}.`,
    }),
  },
  {
    code: 'NOT_EMPTY',
    kind: 'remote',
    pattern: /RepositoryNotEmptyException/,
    tell: hint('Delete the images first: with them a repository is not deleted.'),
  },
  {
    code: 'PROVIDER_UNREACHABLE',
    kind: 'remote',
    pattern: /Failed to (?:query available|install) provider|could not connect to|Failed to download module/i,
    tell: hint('Check the network and the proxy of this machine, or TF_CLI_CONFIG_FILE when a mirror is used.'),
  },
  {
    code: 'TERRAFORM_TOO_OLD',
    kind: 'tool',
    pattern: /Unsupported (?:Terraform|OpenTofu) Core version/,
    tell: hint('Install the version that required_version of the stack asks for.'),
  },
  {
    code: 'AWS_REFUSED',
    kind: 'remote',
    pattern: /operation error|api error|RequestID|RequestId/,
    tell: hint('Mend what AWS names, and run it again: what was made is in the state.'),
  },
];
