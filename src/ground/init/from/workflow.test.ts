import { describe, expect, test } from 'vitest';
import type { Carried } from './carried.js';
import { carryComposite, carryWorkflow } from './workflow.js';
import { readTree } from './yaml-tree.js';

const facts = { folder: '/repo', top: '/repo' };
const carry = (text: string): Carried => carryWorkflow(readTree(text, 'deploy.yml'), 'deploy.yml', facts);
const left = (carried: Carried) => carried.leftovers.map(({ where, what }) => `${where} ${what}`);

/** GitHub's own starter for ECS, with a role instead of keys. */
const starter = `name: Deploy to Amazon ECS
on:
  push:
    branches: [main]
env:
  AWS_REGION: eu-central-1
  ECR_REPOSITORY: shop
  ECS_SERVICE: shop
  ECS_CLUSTER: production
  ECS_TASK_DEFINITION: .aws/task-definition.json
  CONTAINER_NAME: web
permissions:
  contents: read
jobs:
  deploy:
    name: Deploy
    runs-on: ubuntu-latest
    environment: production
    steps:
      - name: Checkout
        uses: actions/checkout@v4
      - name: Configure AWS credentials
        uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: arn:aws:iam::123456789012:role/deploy
          aws-region: \${{ env.AWS_REGION }}
      - name: Login to Amazon ECR
        id: login-ecr
        uses: aws-actions/amazon-ecr-login@v2
      - name: Build, tag, and push image to Amazon ECR
        id: build-image
        env:
          ECR_REGISTRY: \${{ steps.login-ecr.outputs.registry }}
          IMAGE_TAG: \${{ github.sha }}
        run: |
          # Build a docker container and push it to ECR
          docker build -t $ECR_REGISTRY/$ECR_REPOSITORY:$IMAGE_TAG .
          docker push $ECR_REGISTRY/$ECR_REPOSITORY:$IMAGE_TAG
          echo "image=$ECR_REGISTRY/$ECR_REPOSITORY:$IMAGE_TAG" >> $GITHUB_OUTPUT
      - name: Fill in the new image ID in the Amazon ECS task definition
        id: task-def
        uses: aws-actions/amazon-ecs-render-task-definition@v1
        with:
          task-definition: \${{ env.ECS_TASK_DEFINITION }}
          container-name: \${{ env.CONTAINER_NAME }}
          image: \${{ steps.build-image.outputs.image }}
      - name: Deploy Amazon ECS task definition
        uses: aws-actions/amazon-ecs-deploy-task-definition@v2
        with:
          task-definition: \${{ steps.task-def.outputs.task-definition }}
          service: \${{ env.ECS_SERVICE }}
          cluster: \${{ env.ECS_CLUSTER }}
          wait-for-service-stability: true
`;

describe('a workflow of AWS’s actions', () => {
  test('GitHub’s starter is carried over whole', () => {
    const carried = carry(starter);
    expect(left(carried)).toEqual([]);
    expect(carried.settings).toEqual({
      region: 'eu-central-1',
      'build.app': '.',
      'build.builder': 'dockerfile',
      'push.to': '123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop',
      'deploy.cluster': 'production',
      'deploy.service': 'shop',
      'deploy.container': 'web',
      'deploy.task-definition': '.aws/task-definition.json',
    });
    expect(carried.workflow).toEqual({
      on: { push: { branches: ['main'] } },
      environment: 'production',
      credentials: { 'role-to-assume': 'arn:aws:iam::123456789012:role/deploy', 'aws-region': 'eu-central-1' },
    });
  });

  test('what has no counterpart is listed with its line', () => {
    const text = starter
      .replace('    branches: [main]\n', '    branches: [main]\n  pull_request:\ndefaults:\n  run: { shell: bash }\n')
      .replace(
        'docker build -t',
        'docker build --target prod \\\n            --build-arg A=1 --build-arg B=$RANDOM --secret id=npm,env=TOKEN --squash -t',
      )
      .replace('          docker push', '          ./scripts/scan.sh image\n          docker push')
      .replace('          image: $', '          command: node x\n          image: $')
      .replace('stability: true\n', 'stability: true\n          run-task: true\n      - uses: slack/notify@v1\n')
      .replace('jobs:\n', 'jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps: [{ run: npm test }]\n');
    const line = (part: string) => text.split('\n').findIndex((one) => one.includes(part)) + 1;
    const carried = carry(text);
    expect(carried.settings).toMatchObject({
      'build.target': 'prod',
      'build.build-arg': { A: '1' },
      'build.secret': ['id=npm,env=TOKEN'],
    });
    expect(left(carried)).toEqual([
      `deploy.yml:${line('pull_request')} the event pull_request`,
      `deploy.yml:${line('defaults:')} defaults: of the workflow`,
      `deploy.yml:${line('  test:')} the job test`,
      `deploy.yml:${line('docker build')} docker build --build-arg B=${'$'}{RANDOM}`,
      `deploy.yml:${line('docker build')} docker build --squash`,
      `deploy.yml:${line('scan.sh')} run: ./scripts/scan.sh image`,
      `deploy.yml:${line('command: node')} command: node x`,
      `deploy.yml:${line('run-task')} run-task: true`,
      `deploy.yml:${line('slack')} uses: slack/notify@v1`,
    ]);
  });

  test('an image whose registry nobody knows, and a role that is none, are told', () => {
    const text = starter
      .replace(':role/deploy', ':oidc-provider/token.actions.githubusercontent.com')
      .replace('::123456789012', '::x');
    const told = left(carry(text)).join('\n');
    expect(told).toContain('role-to-assume is the ARN of the identity provider');
    expect(told).toMatch(/images go to \$\{\{ steps\.login-ecr\.outputs\.registry \}\}\/shop/);
  });

  test('docker’s own action, with what a render and a deployment have', () => {
    const carried = carry(`on: [push, workflow_dispatch]
jobs:
  image:
    runs-on: ubuntu-24.04-arm
    steps:
      - uses: actions/checkout@v4
        with: { submodules: true }
      - uses: docker/setup-buildx-action@v3
      - uses: docker/build-push-action@v6
        with:
          context: apps/web
          file: apps/web/Dockerfile.prod
          platforms: linux/arm64
          push: true
          cache-from: type=gha
          tags: |
            123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:latest
            123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:\${{ github.ref_name }}
  deploy:
    needs: image
    runs-on: ubuntu-24.04-arm
    steps:
      - uses: aws-actions/amazon-ecs-render-task-definition@v1
        id: render
        with:
          task-definition-family: web
          container-name: app, sidecar
          image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/web:latest
          environment-variables: |
            A=1=2
            B=\${{ vars.B }}
      - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
        with:
          task-definition: \${{ steps.render.outputs.task-definition }}
          service: web
          wait-for-minutes: 20
          force-new-deployment: true
          desired-count: 3
          codedeploy-appspec: appspec.yml
`);
    expect(carried.settings).toEqual({
      'build.app': 'apps/web',
      'build.builder': 'dockerfile',
      'build.file': 'apps/web/Dockerfile.prod',
      'build.platform': ['linux/arm64'],
      'push.to': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/web',
      'deploy.cluster': 'default',
      'deploy.service': 'web',
      'deploy.container': 'app',
      'deploy.env': ['app:A=1=2'],
      'deploy.timeout': '20m',
    });
    expect(carried.workflow).toMatchObject({
      runsOn: 'ubuntu-24.04-arm',
      checkout: { submodules: 'true' },
      tags: ['latest', '${{ github.ref_name }}'],
      deploy: { 'force-new-deployment': 'true', 'desired-count': '3' },
      on: { push: {}, workflow_dispatch: {} },
    });
    expect(left(carried)).toEqual([
      'deploy.yml:15 docker build --cache-from type=gha',
      'deploy.yml:27 the container sidecar gets the same image',
      'deploy.yml:29 the variable B=${{ vars.B }} of the container',
      'deploy.yml:39 codedeploy-appspec: appspec.yml',
    ]);
  });

  test('the composite action push-and-deploy', () => {
    const carried = carry(`on: push
jobs:
  ship:
    runs-on: ubuntu-latest
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          aws-access-key-id: \${{ secrets.AWS_ACCESS_KEY_ID }}
          aws-secret-access-key: \${{ secrets.AWS_SECRET_ACCESS_KEY }}
          aws-region: eu-west-1
      - uses: somebody/push-and-deploy@v1
        with:
          ecr-registry: 123456789012.dkr.ecr.eu-west-1.amazonaws.com
          ecr-repository: shop
          ecs-service: shop
          ecs-cluster: staging
`);
    expect(carried.settings).toMatchObject({
      'push.to': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop',
      'deploy.cluster': 'staging',
      'deploy.service': 'shop',
    });
    expect(carried.workflow.tags).toEqual(['latest']);
    expect(carried.workflow.credentials).toHaveProperty('aws-access-key-id');
    expect(left(carried)).toEqual([
      'deploy.yml:8 keys that live in secrets sign in: they are carried over as they are',
    ]);
  });

  test('scripts that call aws', () => {
    const carried = carry(`on: push
jobs:
  ship:
    runs-on: ubuntu-latest
    env: { IMAGE: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop }
    steps:
      - run: |
          aws ecr get-login-password | docker login --username AWS --password-stdin $IMAGE
          docker build . --tag shop && docker tag shop:latest "$IMAGE:v1"
          docker push "\${IMAGE}:v1"
          aws ecs update-service --cluster prod --service shop --force-new-deployment --region eu-west-1
          aws ecs wait services-stable --cluster prod --services shop
`);
    expect(carried.settings).toMatchObject({
      'push.to': '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop',
      'deploy.cluster': 'prod',
      'deploy.service': 'shop',
      region: 'eu-west-1',
    });
    expect(left(carried)).toEqual([]);
  });

  test('a composite action of the repository', () => {
    const tree = readTree(
      `runs:
  using: composite
  steps:
    - run: docker build -t 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:\${{ inputs.tag }} .
      shell: bash
    - uses: aws-actions/amazon-ecs-deploy-task-definition@v2
      with: { service: shop, cluster: a, task-definition: td.json }
`,
      'action.yml',
    );
    const carried = carryComposite(tree, 'action.yml', facts);
    expect(carried.settings).toMatchObject({ 'deploy.service': 'shop', 'deploy.task-definition': 'td.json' });
    expect(left(carried)).toEqual(['action.yml:4 the tag ${{ inputs.tag }}']);
  });

  test.each([
    ['a list without an end', 'a: [1', 'deploy.yml:1'],
    ['twenty thousand lists', '['.repeat(20_000), 'deploy.yml'],
  ])('%s is a mistake with its place', (_name, text, where) => {
    expect(() => carry(text)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining(where) as string }) as Error,
    );
  });

  test('a text that names itself is read as far as one asks', () => {
    const carried = carry('a: &a [*a, *a]\njobs: &j\n  x: { steps: *a, y: *j }\n');
    expect(carried.settings).toEqual({});
  });
});
