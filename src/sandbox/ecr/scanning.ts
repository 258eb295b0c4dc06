import * as v from 'valibot';
import type { SandboxRepository, StoredManifest } from '../registry/images.js';
import type { Operation } from '../service.js';
import { AwsFault } from '../service.js';
import { chooseImage } from './image-choice.js';
import type { ImageId } from './input.js';
import { ofRepository, read, shapes } from './input.js';
import type { RegistryState } from './registry-state.js';

/** A scan takes as long; what it finds is nothing. */
const SCAN_MS = 2000;

const ofImage = { ...ofRepository, imageId: shapes.imageId };

/** Scanning: settings are kept, scans begin and end, and there are never findings. */
export function scanningOperations(state: RegistryState): Record<string, Operation> {
  const { setting } = state;

  function requireImage(repository: SandboxRepository, id: ImageId): StoredManifest {
    const image = chooseImage(repository, id);
    if (!('failureCode' in image)) return image;
    throw new AwsFault(
      'ImageNotFoundException',
      `The image with imageId ${shownId(id)} does not exist within ${placeText(repository)}`,
    );
  }

  const placeText = ({ name }: SandboxRepository) =>
    `the repository with name '${name}' in the registry with id '${setting.accountId}'`;

  /** When an image was scanned: when it was pushed, or when it was asked for. */
  function scannedAt(repository: SandboxRepository, { digest, pushedAt }: StoredManifest): number | undefined {
    const { scans, scanOnPush } = state.recordOf(repository);
    return scans.get(digest) ?? (scanOnPush ? pushedAt : undefined);
  }

  return {
    PutImageScanningConfiguration(input) {
      const imageScanningConfiguration = v.object({ scanOnPush: v.optional(v.boolean()) });
      const asked = read(v.object({ ...ofRepository, imageScanningConfiguration }), input);
      const repository = state.requireRepository(asked);
      const scanOnPush = asked.imageScanningConfiguration.scanOnPush ?? false;
      state.recordOf(repository).scanOnPush = scanOnPush;
      return { ...state.placeOf(repository), imageScanningConfiguration: { scanOnPush } };
    },
    BatchGetRepositoryScanningConfiguration(input) {
      const repositoryNames = v.pipe(v.array(shapes.repositoryName), v.minLength(1), v.maxLength(25));
      const asked = read(v.object({ repositoryNames }), input);
      const found = asked.repositoryNames.map((name) => ({ name, repository: state.images.repositories.get(name) }));
      return {
        scanningConfigurations: found.flatMap(({ name, repository }) => {
          if (!repository) return [];
          const { scanOnPush } = state.recordOf(repository);
          return [
            {
              repositoryArn: state.arnOf(repository),
              repositoryName: name,
              scanOnPush,
              scanFrequency: scanOnPush ? 'SCAN_ON_PUSH' : 'MANUAL',
              appliedScanFilters: [],
            },
          ];
        }),
        failures: found.flatMap(({ name, repository }) =>
          repository
            ? []
            : [{ repositoryName: name, failureCode: 'REPOSITORY_NOT_FOUND', failureReason: 'REPOSITORY_NOT_FOUND' }],
        ),
      };
    },
    GetRegistryScanningConfiguration: () => ({
      registryId: setting.accountId,
      scanningConfiguration: { scanType: 'BASIC', rules: [] },
    }),
    StartImageScan(input) {
      const asked = read(v.object(ofImage), input);
      const repository = state.requireRepository(asked);
      const image = requireImage(repository, asked.imageId);
      state.recordOf(repository).scans.set(image.digest, setting.clock.now());
      return {
        ...state.placeOf(repository),
        imageId: { ...asked.imageId, imageDigest: image.digest },
        imageScanStatus: { status: 'IN_PROGRESS' },
      };
    },
    DescribeImageScanFindings(input) {
      const maxResults = shapes.maxResults;
      const asked = read(v.object({ ...ofImage, nextToken: shapes.nextToken, maxResults }), input);
      const repository = state.requireRepository(asked);
      const image = requireImage(repository, asked.imageId);
      const began = scannedAt(repository, image);
      if (began === undefined)
        throw new AwsFault(
          'ScanNotFoundException',
          `Image scan does not exist for the image with '${shownId(asked.imageId)}' in ${placeText(repository)}`,
        );
      const head = { ...state.placeOf(repository), imageId: { ...asked.imageId, imageDigest: image.digest } };
      if (setting.clock.now() < began + SCAN_MS) return { ...head, imageScanStatus: { status: 'IN_PROGRESS' } };
      const imageScanCompletedAt = (began + SCAN_MS) / 1000;
      return {
        ...head,
        imageScanStatus: { status: 'COMPLETE', description: 'The scan was completed successfully.' },
        imageScanFindings: {
          imageScanCompletedAt,
          vulnerabilitySourceUpdatedAt: imageScanCompletedAt,
          findingSeverityCounts: {},
          findings: [],
        },
      };
    },
  };
}

function shownId({ imageDigest = 'null', imageTag = 'null' }: ImageId): string {
  return `{imageDigest:'${imageDigest}', imageTag:'${imageTag}'}`;
}
