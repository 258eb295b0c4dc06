import { formatTarget } from '../targets/target.js';
import type { WorkflowRequest } from './request.js';
import { imageJobs, inImage, rotateStep, scalar, signIn, type WorkflowFile } from './steps.js';

export const rotationFile = 'rotate-ecr-password.yml';
const canaryFile = 'ecr-canary.yml';

/**
 * A rotation by schedule, and a canary that proves the password by running a job in the image. They are two files since
 * a repository's secrets are read when a run is queued: a job after the rotation would still get the old password.
 */
export function scheduledRotation(request: WorkflowRequest): readonly WorkflowFile[] {
  return [
    { path: `.github/workflows/${rotationFile}`, text: rotation(request) },
    { path: `.github/workflows/${canaryFile}`, text: canary(request) },
  ];
}

function secretsOf({ registries }: WorkflowRequest): string {
  return registries.map(({ secret }) => secret).join(', ');
}

function placesOf({ targets }: WorkflowRequest): readonly string[] {
  return targets.length === 0 ? ['${{ github.repository }}'] : targets.map(formatTarget);
}

function rotation(request: WorkflowRequest): string {
  const { cron, branch, visibility, selected } = request;
  const inputs = { to: placesOf(request), visibility, 'selected-repository': selected, force: '${{ inputs.force }}' };
  return `# Written by lading init rotate: keeps ${secretsOf(request)} fresh. A password of ECR lives twelve hours.
name: Rotate ECR password
on:
  schedule:
    # Schedules run hours late at times, most at the full hour: often, and at an odd minute.
    - cron: '${cron}'
  push:
    # The first rotation, when this file comes to the default branch.
    branches: [${scalar(branch)}]
    paths: [.github/workflows/${rotationFile}]
  workflow_dispatch:
    inputs:
      force:
        description: Write the secrets also while they are fresh
        type: boolean
        default: false
permissions:
  id-token: write
concurrency:
  group: rotate-ecr-password
  cancel-in-progress: false
jobs:
  rotate:
    runs-on: ubuntu-latest
    timeout-minutes: 60
    steps:
${signIn(request)}
${rotateStep(request, inputs)}
`;
}

function canary(request: WorkflowRequest): string {
  const jobs = imageJobs(request.registries);
  // A rotation that was skipped changed nothing, and the circle of two that call each other ends.
  const condition = "github.event_name != 'workflow_run' || github.event.workflow_run.conclusion != 'skipped'";
  return `# Written by lading init rotate: proves that a job can run in the private image, and tells when a secret gets old.
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
${jobs
  .map(
    ([id, registry]) => `  ${id}:
    if: ${condition}
${inImage(registry)}
      - run: echo "This job runs in the private image."
`,
  )
  .join('')}  heal:
    needs: [${jobs.map(([id]) => id).join(', ')}]
    # The rotation starts this canary again, and that one must not start the rotation.
    if: failure() && github.event_name == 'schedule'
    runs-on: ubuntu-latest
    timeout-minutes: 10
    permissions:
      actions: write
    steps:
      - run: gh workflow run ${rotationFile} --repo "$GITHUB_REPOSITORY" --field force=true
        env:
          GH_TOKEN: \${{ github.token }}
  age:
    if: ${condition}
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      # Exit code 10 when a secret is older than 8 hours or the schedule does not run: this run fails, and GitHub writes.
${rotateStep(request, { to: placesOf(request), check: 'true', workflow: rotationFile })}
`;
}
