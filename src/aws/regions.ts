import { LadingError } from '../base/errors.js';
import { nearest } from '../base/nearest.js';

/** As of November 2026. A region that is not here may be a new one. https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html */
const known = new Set(
  `af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1
  ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7 ca-central-1 ca-west-1
  cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1 eu-west-2 eu-west-3
  eusc-de-east-1 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2 us-gov-east-1
  us-gov-west-1 us-west-1 us-west-2`.split(/\s+/),
);

export function isKnownRegion(region: string): boolean {
  return known.has(region);
}

/** A known region that may be meant. */
export function nearestRegion(text: string): string | undefined {
  return nearest(text.toLowerCase(), known);
}

/** A region becomes part of the names of hosts. Throws for what is none by its form; whether it is there is not known. */
export function checkRegion(region: string): string {
  const [, ofZone] = /^([a-z]{2}(?:-[a-z]+)+-\d+)[a-z]$/.exec(region) ?? [];
  if (ofZone === undefined && /^[a-z]{2}[a-z0-9-]{1,40}$/.test(region)) return region;
  if (ofZone !== undefined) {
    throw new LadingError('input', `${JSON.stringify(region)} is an availability zone, not an AWS region`, {
      code: 'NO_SUCH_REGION',
      hint: `Write its region, ${ofZone}.`,
    });
  }
  const near = nearestRegion(region.trim());
  throw new LadingError('input', `${JSON.stringify(region)} is not the name of an AWS region`, {
    code: 'NO_SUCH_REGION',
    hint: near ? `Write it as ${near}.` : 'Write it as eu-central-1.',
  });
}
