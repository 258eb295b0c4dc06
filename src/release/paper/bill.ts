import { formatBytes } from '../../base/bytes.js';
import { replaceFile } from '../../base/files/files.js';
import { makeOwnFolder } from '../../base/files/own-folder.js';
import { revisionOf } from '../../ecs/definition/read.js';
import type { ServiceResult, TaskResult } from '../roll-out.js';
import type { ReleaseTimes } from './times.js';
import { timesText } from './times.js';

/** What was loaded, where it went, and how it ended: the result of `lading ship`. */
export interface Bill {
  readonly outcome: string;
  /** Undefined outside a git repository. */
  readonly commit: { readonly sha: string; readonly dirty: boolean; readonly source?: string | undefined } | undefined;
  readonly images: readonly BillImage[];
  /** In the order in which they ran. */
  readonly tasks: readonly TaskResult[];
  /** In the order in which they were rolled out. */
  readonly services: readonly ServiceResult[];
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly times: ReleaseTimes;
}

export interface BillImage {
  readonly name: string;
  /** `repository@sha256:…` */
  readonly reference: string;
  readonly digest: string;
  readonly tags: readonly string[];
  readonly layers: readonly BillLayer[];
  readonly bytesUploaded: number;
  readonly requests: number;
}

export interface BillLayer {
  readonly kind: string;
  readonly digest: string;
  readonly size: number;
  /** The registry had it already: it was neither compressed nor sent. */
  readonly reused: boolean;
}

/** A few lines for people. */
export function formatBill(bill: Bill): string {
  const { commit, times } = bill;
  const rows: [string, string | undefined][] = [
    ['commit', commit && `${commit.sha.slice(0, 12)}${commit.dirty ? ' and changes that are not committed' : ''}`],
    ...bill.images.flatMap(imageRows),
    ...bill.tasks.map(taskRow),
    ...bill.services.flatMap(serviceRows),
    ['outcome', bill.outcome],
    ['time', timesText(times)],
  ];
  return rows
    .filter((row): row is [string, string] => Boolean(row[1]))
    .map(([name, text]) => `${name.padEnd(11)}${text}`)
    .join('\n');
}

function imageRows(image: BillImage): [string, string | undefined][] {
  const moved = image.layers.filter((layer) => !layer.reused);
  const which = moved.length === 0 ? '' : ` (${moved.map(layerText).join(', ')})`;
  return [
    ['image', image.reference],
    ['tags', image.tags.join(', ') || undefined],
    ['layers', `${moved.length} of ${image.layers.length} moved${which}`],
    ['sent', `${formatBytes(image.bytesUploaded)} in ${image.requests} requests`],
  ];
}

function taskRow({ name, outcome, exitCode }: TaskResult): [string, string] {
  return ['task', `${name}: ${outcome}${exitCode === undefined ? '' : ` (exit code ${exitCode})`}`];
}

function serviceRows(service: ServiceResult): [string, string | undefined][] {
  const { taskDefinition, previousTaskDefinition, registered, deployment, served } = service;
  const isNew = registered ? ' (new)' : taskDefinition === previousTaskDefinition ? ' (unchanged)' : '';
  return [
    ['service', `${service.cluster}/${service.service}: ${service.outcome}`],
    ['revision', taskDefinition && `${revisionOf(taskDefinition)}${isNew}`],
    ['deployment', deployment && `${deployment.id} ${deployment.status ?? ''}`.trim()],
    ['served', served && `${served.url} answers ${served.status}`],
  ];
}

function layerText(layer: BillLayer): string {
  return `${layer.kind} ${formatBytes(layer.size)}`;
}

/** Replaces the file in one step. */
export async function writeBill(file: string, bill: Bill): Promise<void> {
  await makeOwnFolder(file);
  await replaceFile(file, `${JSON.stringify(bill, undefined, 2)}\n`);
}
