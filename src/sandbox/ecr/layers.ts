import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import * as v from 'valibot';
import type { Digest } from '../../oci/digest.js';
import { isDigest } from '../../oci/digest.js';
import type { SandboxRepository } from '../registry/images.js';
import type { Operation } from '../service.js';
import { AwsFault } from '../service.js';
import { ofRepository, read, shapes } from './input.js';
import type { RegistryState } from './registry-state.js';

/** What ECR proposes. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_InitiateLayerUpload.html */
const PART_SIZE = 10_485_760;
/** Of every part but the last. */
const LEAST_PART = 5 << 20;
const MOST_PART = 20_971_520;

interface Upload {
  readonly repository: SandboxRepository;
  size: number;
  latest: number | undefined;
  /** A part before the last one was smaller than it may be. */
  hasSmallPart: boolean;
}

const natural = v.pipe(v.number(), v.integer(), v.minValue(0));
const uploadId = v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$/));

/** Layers by the ECR API, beside the registry: looked for, read by an address, sent in parts. */
export function layerOperations(
  state: RegistryState,
  addressOf: (digest: Digest) => string,
): Record<string, Operation> {
  const { images, setting } = state;
  const uploads = new Map<string, Upload>();

  function requireUpload(repository: SandboxRepository, id: string): Upload {
    const upload = uploads.get(id);
    if (upload?.repository === repository) return upload;
    throw new AwsFault(
      'UploadNotFoundException',
      `The upload with id '${id}' could not be found in the repository with name '${repository.name}' in the registry with id '${setting.accountId}'`,
    );
  }

  return {
    async BatchCheckLayerAvailability(input) {
      const layerDigests = v.pipe(v.array(v.pipe(v.string(), v.maxLength(1000))), v.minLength(1), v.maxLength(100));
      const asked = read(v.object({ ...ofRepository, layerDigests }), input);
      const repository = state.requireRepository(asked);
      const known = asked.layerDigests.filter(isDigest);
      const layers = known.map(async (layerDigest) =>
        repository.blobs.has(layerDigest)
          ? { layerDigest, layerAvailability: 'AVAILABLE', layerSize: await images.size(layerDigest) }
          : { layerDigest, layerAvailability: 'UNAVAILABLE' },
      );
      const failures = asked.layerDigests
        .filter((text) => !isDigest(text))
        .map((layerDigest) => ({
          layerDigest,
          failureCode: 'InvalidLayerDigest',
          failureReason: 'Invalid layer digest provided',
        }));
      return { layers: await Promise.all(layers), failures };
    },
    GetDownloadUrlForLayer(input) {
      const asked = read(v.object({ ...ofRepository, layerDigest: shapes.digest }), input);
      const repository = state.requireRepository(asked);
      const { layerDigest } = asked;
      if (!isDigest(layerDigest) || !repository.blobs.has(layerDigest))
        throw new AwsFault(
          'LayersNotFoundException',
          `The layer with digest '${layerDigest}' does not exist in the repository with name '${repository.name}' in the registry with id '${setting.accountId}'`,
        );
      return { downloadUrl: addressOf(layerDigest), layerDigest };
    },
    InitiateLayerUpload(input) {
      const repository = state.requireRepository(read(v.object(ofRepository), input));
      const id = randomUUID();
      uploads.set(id, { repository, size: 0, latest: undefined, hasSmallPart: false });
      return { uploadId: id, partSize: PART_SIZE };
    },
    async UploadLayerPart(input) {
      const asked = read(
        v.object({
          ...ofRepository,
          uploadId,
          partFirstByte: natural,
          partLastByte: natural,
          layerPartBlob: v.pipe(v.string(), v.maxLength(Math.ceil(MOST_PART / 3) * 4)),
        }),
        input,
      );
      const repository = state.requireRepository(asked);
      const upload = requireUpload(repository, asked.uploadId);
      const bytes = Buffer.from(asked.layerPartBlob, 'base64');
      const { partFirstByte: first, partLastByte: last } = asked;
      if (first !== upload.size || last - first + 1 !== bytes.length)
        throw new AwsFault(
          'InvalidLayerPartException',
          `The layer part of bytes ${first} to ${last} with ${bytes.length} bytes is not the next one: the last byte that was received is ${upload.size - 1}`,
        );
      if (upload.latest !== undefined && upload.latest < LEAST_PART) upload.hasSmallPart = true;
      upload.latest = bytes.length;
      upload.size = await images.append(asked.uploadId, Readable.from([bytes]));
      return { ...state.placeOf(repository), uploadId: asked.uploadId, lastByteReceived: upload.size - 1 };
    },
    async CompleteLayerUpload(input) {
      const layerDigests = v.pipe(v.array(shapes.digest), v.minLength(1), v.maxLength(100));
      const asked = read(v.object({ ...ofRepository, uploadId, layerDigests }), input);
      const repository = state.requireRepository(asked);
      const upload = requireUpload(repository, asked.uploadId);
      const [layerDigest = ''] = asked.layerDigests;
      const of = `the upload with id '${asked.uploadId}' to the repository with name '${repository.name}'`;
      if (upload.size === 0) throw new AwsFault('EmptyUploadException', `There are no layer parts in ${of}`);
      uploads.delete(asked.uploadId);
      if (upload.hasSmallPart)
        throw new AwsFault('LayerPartTooSmallException', `A layer part but the last is smaller than 5 MB in ${of}`);
      if (!isDigest(layerDigest) || !(await images.finish(asked.uploadId, layerDigest)))
        throw new AwsFault('InvalidLayerException', `Digest '${layerDigest}' is not that of the layer in ${of}`);
      if (repository.blobs.has(layerDigest))
        throw new AwsFault(
          'LayerAlreadyExistsException',
          `Layer with digest '${layerDigest}' already exists in the repository with name '${repository.name}'`,
        );
      repository.blobs.add(layerDigest);
      return { ...state.placeOf(repository), uploadId: asked.uploadId, layerDigest };
    },
  };
}
