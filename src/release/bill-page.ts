import { formatBytes } from '../base/bytes.js';
import type { Block, Facts, Page, Text } from '../base/page.js';
import { revisionOf } from '../ecs/definition/read.js';
import type { Bill, BillImage } from './bill.js';
import { timesText } from './bill.js';
import type { ServiceResult } from './roll-out.js';

/** The bill as a page: what was loaded, where it went, and how it ended. */
export function billPage(bill: Bill): Page {
  const { commit, times, services } = bill;
  const facts: Facts = {
    type: 'facts',
    rows: [
      { name: 'outcome', value: bill.outcome },
      {
        name: 'commit',
        value: commit && [{ code: commit.sha.slice(0, 12) }, commit.dirty ? ' and changes that are not committed' : ''],
      },
      ...bill.images.flatMap(imageRows),
      { name: 'time', value: timesText(times) },
    ],
  };
  const rolled: Block = {
    type: 'table',
    title: 'Services',
    columns: [{ name: 'Service' }, { name: 'Outcome' }, { name: 'Revision' }, { name: 'Deployment' }],
    rows: services.map(serviceRow),
  };
  return {
    title: 'Bill of lading',
    blocks: [facts, ...(services.length > 0 ? [rolled] : []), ...bill.images.map(layers)],
  };
}

function imageRows(image: BillImage): Facts['rows'] {
  const moved = image.layers.filter(({ reused }) => !reused);
  return [
    { name: 'image', value: { code: image.reference } },
    { name: 'tags', value: image.tags.length > 0 ? image.tags.join(', ') : undefined },
    { name: 'layers', value: `${moved.length} of ${image.layers.length} moved` },
    { name: 'sent', value: `${formatBytes(image.bytesUploaded)} in ${image.requests} requests` },
  ];
}

function serviceRow(service: ServiceResult): readonly Text[] {
  const { taskDefinition, deployment, registered } = service;
  return [
    `${service.cluster}/${service.service}`,
    service.outcome,
    taskDefinition === undefined ? '' : `${revisionOf(taskDefinition)}${registered ? ' (new)' : ' (unchanged)'}`,
    deployment ? [{ code: deployment.id }, ` ${deployment.status ?? ''}`] : '',
  ];
}

function layers({ name, layers: all }: BillImage): Block {
  return {
    type: 'table',
    title: `Layers of ${name}`,
    folded: true,
    columns: [{ name: 'Layer' }, { name: 'Size', align: 'right' }, { name: 'Moved' }, { name: 'Digest' }],
    rows: all.map(({ kind, size, reused, digest }) => [
      kind,
      formatBytes(size),
      reused ? 'no' : 'yes',
      { code: digest },
    ]),
  };
}
