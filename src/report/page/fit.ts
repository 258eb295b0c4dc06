import type { Block, Page } from '../../base/tell/page.js';

/**
 * The page as `render` has it, with its longest blocks cut until it has at most `limit` bytes. What is cut says how
 * much is missing; of a log the end stays, of anything else the beginning.
 */
export function fitPage(page: Page, limit: number, render: (page: Page) => string): string {
  const whole = render(page);
  if (Buffer.byteLength(whole) <= limit) return whole;
  // Each block has the share that the smaller ones leave to it.
  const sizes = page.blocks.map((block) => Buffer.byteLength(render({ title: '', blocks: [block] })));
  const notice: Block = {
    type: 'note',
    level: 'warning',
    text: `This page was too long and is cut: ${limit} bytes is the limit.`,
  };
  const rest = Buffer.byteLength(render({ title: page.title, blocks: [notice] })) + 4 * page.blocks.length;
  let left = limit - rest;
  const order = sizes.map((_, index) => index).sort((a, b) => (sizes[a] ?? 0) - (sizes[b] ?? 0));
  const kept = new Map<number, Block>();
  order.forEach((index, place) => {
    const share = Math.floor(left / (order.length - place));
    const block = page.blocks[index];
    const cut = block && fitBlock(block, share, (one) => Buffer.byteLength(render({ title: '', blocks: [one] })));
    if (!cut) return;
    kept.set(index, cut);
    left -= Buffer.byteLength(render({ title: '', blocks: [cut] }));
  });
  const blocks = page.blocks.flatMap((_, index) => kept.get(index) ?? []);
  const text = render({ title: page.title, blocks: [...blocks, notice] });
  if (Buffer.byteLength(text) <= limit) return text;
  const last = render({ title: '', blocks: [notice] });
  return Buffer.byteLength(last) <= limit ? last : '';
}

/** The longest part of the block that has at most `share` bytes; undefined when not even its first line has. */
function fitBlock(block: Block, share: number, sizeOf: (block: Block) => number): Block | undefined {
  if (sizeOf(block) <= share) return block;
  const length = lengthOf(block);
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (sizeOf(part(block, middle, length)) <= share) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? undefined : part(block, low, length);
}

function lengthOf(block: Block): number {
  switch (block.type) {
    case 'facts':
    case 'table':
      return block.rows.length;
    case 'log':
      return block.lines.length;
    case 'code':
      return block.text.split('\n').length;
    case 'timeline':
      return block.spans.length;
    case 'note':
      return 0;
  }
}

function part(block: Block, count: number, length: number): Block {
  if (count === length) return block;
  const missing = length - count;
  switch (block.type) {
    case 'facts':
      return { ...block, rows: [...block.rows.slice(0, count), { name: '…', value: `${missing} more` }] };
    case 'table': {
      const more = block.columns.map((_, at) => (at === 0 ? `… ${missing} more` : ''));
      return { ...block, rows: [...block.rows.slice(0, count), more] };
    }
    case 'log':
      return { ...block, lines: [`… ${missing} lines before these`, ...block.lines.slice(missing)] };
    case 'code':
      return { ...block, text: [...block.text.split('\n').slice(0, count), `… ${missing} more lines`].join('\n') };
    case 'timeline':
      return { ...block, spans: block.spans.slice(0, count) };
    case 'note':
      return block;
  }
}
