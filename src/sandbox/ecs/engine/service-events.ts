import type { SandboxService, SandboxTask } from '../state/records.js';
import type { EcsState } from '../state/state.js';
import { lastPart } from '../state/state.js';

const MOST = 100;

/**
 * What a service says: a hundred, newest first. The words are ECS's own.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
 */
export function addEvent(state: EcsState, service: SandboxService, message: string, at: number): void {
  const id = state.id();
  const parts = [id.slice(0, 8), id.slice(8, 12), id.slice(12, 16), id.slice(16, 20), id.slice(20)];
  service.events.unshift({ id: parts.join('-'), createdAt: at, message: `(service ${service.name}) ${message}` });
  service.events.length = Math.min(service.events.length, MOST);
}

/** One that ECS leaves out as long as its cause lasts. */
export function addEventOnce(state: EcsState, service: SandboxService, message: string, at: number): void {
  const [latest] = service.events;
  if (latest?.message !== `(service ${service.name}) ${message}`) addEvent(state, service, message, at);
}

export function nameTasks(tasks: readonly SandboxTask[]): string {
  return tasks.map((task) => `(task ${lastPart(task.arn)})`).join(' ');
}
