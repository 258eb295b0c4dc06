import type { WorkflowRequest } from './request.js';
import { imageJobs, inImage, rotateStep, scalar, signIn, type WorkflowFile } from './steps.js';

/**
 * A workflow that needs no schedule: its first job writes the secret of an environment, which GitHub reads when the
 * second job starts.
 */
export function rotationInTheRun(request: WorkflowRequest): readonly WorkflowFile[] {
  const { environment, registries } = request;
  const jobs = imageJobs(registries);
  const ids = jobs.map(([id]) => id).join(', ');
  return [
    {
      path: '.github/workflows/job-in-ecr-image.yml',
      text: `# Written by lading init rotate: a job in a private image, whose password an earlier job of the same run makes fresh.
name: Job in ECR image
on:
  push:
    branches: ['**']
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
    environment: ${scalar(environment)}
    permissions:
      id-token: write
    outputs:
      expires-at: \${{ steps.rotate.outputs.expires-at }}
    steps:
${signIn(request)}
${rotateStep(request, { to: [`\${{ github.repository }}@${environment}`] }, 'rotate')}
${jobs
  .map(
    ([id, registry]) => `  ${id}:
    needs: password
    # Its secrets are read when this job starts, after the password was written.
    environment: ${scalar(environment)}
${inImage(registry)}
      - uses: actions/checkout@v5
      - run: echo "This job runs in the private image."
`,
  )
  .join('')}  expired:
    needs: [password, ${ids}]
    # "Re-run failed jobs" does not run the first job again, and its password lives twelve hours.
    if: failure() && needs.password.result == 'success'
    runs-on: ubuntu-latest
    timeout-minutes: 5
    steps:
      - env:
          EXPIRES_AT: \${{ needs.password.outputs.expires-at }}
        run: |
          if [ "$(date +%s)" -ge "$(date --date "$EXPIRES_AT" +%s)" ]; then
            echo "::error title=Password expired::The password of this run expired at $EXPIRES_AT. Use 'Re-run all jobs': 'Re-run failed jobs' makes no new one."
            exit 1
          fi
`,
    },
  ];
}
