import v8 from 'node:v8';

/**
 * Keeps V8's young generation at 2 MB: with the lists of large apps it grows to 48 MB and more that are never given back.
 * Measured on 60,000 files: 170 MB resident instead of 205, at the same speed.
 */
export function keepHeapSmall(): void {
  v8.setFlagsFromString('--semi-space-growth-factor=1');
}
