import { LadingError } from '../../src/base/errors.js';
import type { Http } from '../../src/base/http/http.js';

/** One request to AWS, as its operation: `iam CreateRole`, `s3 PUT ?versioning`. */
export interface AwsRequest {
  readonly name: string;
  readonly isWrite: boolean;
}

/** Keeps what is asked of AWS, and cuts the run short at one request: before it is sent, or before its answer is read. */
export function cutting(cut?: { readonly at: number; readonly when: 'before' | 'after' }) {
  const requests: AwsRequest[] = [];
  const http =
    (through: Http): Http =>
    async (url, request) => {
      const here = requests.length === cut?.at;
      requests.push(nameOf(String(url), request));
      if (here && cut.when === 'before') throw new LadingError('cancelled', 'cut', { code: 'CUT' });
      const answer = await through(url, request);
      if (here) {
        await answer.text();
        throw new LadingError('cancelled', 'cut', { code: 'CUT' });
      }
      return answer;
    };
  return { requests, http };
}

/** Loses the first answer of each kind of write, as a connection does that breaks when all is done. */
export function losing() {
  const lost = new Set<string>();
  const http =
    (through: Http): Http =>
    async (url, request) => {
      const { name, isWrite } = nameOf(String(url), request);
      const answer = await through(url, request);
      if (!isWrite || lost.has(name)) return answer;
      lost.add(name);
      await answer.text();
      throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
    };
  return { lost, http };
}

function nameOf(url: string, request: Parameters<Http>[1]): AwsRequest {
  const { method = 'GET', headers = {}, body } = request ?? {};
  const target = (headers as Record<string, string | undefined>)['x-amz-target'];
  const action = /^Action=(\w+)/.exec(typeof body === 'string' ? body : '')?.[1];
  const operation = target?.slice(target.indexOf('.') + 1) ?? action;
  if (operation !== undefined) return { name: operation, isWrite: !/^(Get|List|Describe|Scan)/.test(operation) };
  return { name: `${method} ${new URL(url).search}`, isWrite: method === 'PUT' || method === 'DELETE' };
}
