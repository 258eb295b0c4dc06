import { AwsFault } from '../../service.js';

/** What is wrong with a parameter, in the type that nearly all of ECS uses. */
export function invalid(message: string): AwsFault {
  return new AwsFault('InvalidParameterException', message);
}
