/** What the workflows that keep a password fresh are made from. All values are checked by the caller. */
export interface RotateWorkflow {
  /** Name of the secret. */
  readonly secret: string;
  /** Targets in the form of `--to`; the workflow's own repository when there is none. */
  readonly to: readonly string[];
  /** `123456789012.eu-central-1`. */
  readonly account: string;
  readonly region: string;
  /** ARN of the role that the job assumes by OIDC. */
  readonly role: string;
  /** Reference of the private image without its host, as `ci/node:22`. */
  readonly image: string;
  /** What npx runs, as `lading@0`. */
  readonly package: string;
}

/** One file to write, below the repository's root. */
export interface WorkflowFile {
  readonly path: string;
  readonly text: string;
}

export const rotateFile = 'rotate-ecr-password.yml';
const canaryFile = 'ecr-canary.yml';

/**
 * A rotation by schedule, and a canary that proves the password by running a job in the image. They are two files since
 * a repository's secrets are read when a run is queued: a job after the rotation would still get the old password.
 */
export function scheduledRotation(options: RotateWorkflow & { readonly cron: string }): readonly WorkflowFile[] {
  const { secret } = options;
  return [
    {
      path: `.github/workflows/${rotateFile}`,
      text: `# Written by lading init rotate: keeps the secret ${secret} fresh, which lives twelve hours.
name: Rotate ECR password
on:
  schedule:
    # Schedules run hours late at times, most at the full hour: often, and at an odd minute.
    - cron: '${options.cron}'
  workflow_dispatch:
  workflow_run:
    workflows: [ECR canary]
    types: [completed]
permissions:
  id-token: write
concurrency:
  group: rotate-ecr-password
  cancel-in-progress: false
jobs:
  rotate:
    # Of the canary's runs only a scheduled one that failed; the run that this one starts must not start it again.
    if: >-
      github.event_name != 'workflow_run' ||
      (github.event.workflow_run.conclusion == 'failure' && github.event.workflow_run.event == 'schedule')
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
${signIn(options)}
      - run: >-
          npx --yes ${options.package} rotate ${targets(options.to)}
          --secret ${secret} --registry ${options.account}.${options.region}
          ${'${{ github.event_name ==' + " 'workflow_run' && '--force' || '' }}"}
        env:
${asApp}
`,
    },
    {
      path: `.github/workflows/${canaryFile}`,
      text: `# Written by lading init rotate: proves that a job can run in the private image, and tells when the secret gets old.
name: ECR canary
on:
  schedule:
    - cron: '43 */6 * * *'
  workflow_dispatch:
  workflow_run:
    workflows: [Rotate ECR password]
    types: [completed]
permissions: {}
concurrency:
  group: ecr-canary
  cancel-in-progress: false
jobs:
  image:
${inImage(options)}
      - run: echo "This job runs in the private image."
  age:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      # Exit code 10 when a secret is older than 8 hours or the schedule did not run: the run fails, and GitHub writes.
      - run: >-
          npx --yes ${options.package} rotate ${targets(options.to)}
          --secret ${secret} --check
        env:
${asApp}
`,
    },
  ];
}

/**
 * A workflow that needs no schedule: its first job writes the secret of an environment, which GitHub reads when the
 * second job starts.
 */
export function rotationInTheRun(options: RotateWorkflow & { readonly environment: string }): readonly WorkflowFile[] {
  const { secret, environment } = options;
  return [
    {
      path: '.github/workflows/job-in-ecr-image.yml',
      text: `# Written by lading init rotate: a job in a private image, whose password an earlier job of the same run makes fresh.
name: Job in ECR image
on:
  push:
  pull_request:
  workflow_dispatch:
permissions:
  contents: read
jobs:
  password:
    # Pull requests of forks and of Dependabot get neither secrets nor OIDC.
    if: >-
      github.actor != 'dependabot[bot]' && (github.event_name != 'pull_request' ||
      github.event.pull_request.head.repo.full_name == github.repository)
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      id-token: write
    steps:
${signIn(options)}
      - run: >-
          npx --yes ${options.package} rotate --to "$GITHUB_REPOSITORY"${shellWord(`@${environment}`)}
          --secret ${secret} --registry ${options.account}.${options.region}
        env:
${asApp}
  image:
    needs: password
    # Its secrets are read when this job starts, after the password was written.
    environment: '${environment.replaceAll("'", "''")}'
${inImage(options)}
      - uses: actions/checkout@v5
      - run: echo "This job runs in the private image."
`,
    },
  ];
}

function signIn({ role, region }: RotateWorkflow): string {
  return `      - uses: aws-actions/configure-aws-credentials@v5
        with:
          role-to-assume: ${role}
          aws-region: ${region}`;
}

const asApp = `          LADING_GITHUB_APP_ID: \${{ vars.LADING_APP_ID }}
          LADING_GITHUB_APP_KEY: \${{ secrets.LADING_APP_KEY }}`;

function inImage({ account, region, image, secret }: RotateWorkflow): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `    runs-on: ubuntu-latest
    timeout-minutes: 10
    container:
      image: ${account}.dkr.ecr.${region}.${suffix}/${image}
      credentials:
        username: AWS
        password: \${{ secrets.${secret} }}
    steps:`;
}

function targets(to: readonly string[]): string {
  return to.length === 0 ? '--to "$GITHUB_REPOSITORY"' : to.map((target) => `--to ${shellWord(target)}`).join(' ');
}

/** The word as bash reads it, quoted where it must be. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
