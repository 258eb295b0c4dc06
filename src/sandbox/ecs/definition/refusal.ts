import { AwsFault } from '../../service.js';

/** What is wrong with a task definition is a ClientException. */
export function refusal(message: string): AwsFault {
  return new AwsFault('ClientException', message);
}
