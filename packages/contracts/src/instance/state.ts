/**
 * The states of an instance and the only moves between them. The control server is the one writer; a move that is not in
 * the table is a bug, an action that is not in `instanceActions` for a state is refused with `wrong-state`.
 */
import { z } from 'zod';

export const instanceStates = [
  'creating',
  'stopped',
  'starting',
  'running',
  'stopping',
  'rebooting',
  'deleting',
  'unknown',
  'lost',
] as const;
export const instanceStateSchema = z.enum(instanceStates);
export type InstanceState = z.infer<typeof instanceStateSchema>;

/** From → allowed next states. `unknown`: its node is not heard of. `lost`: its node was removed as lost. */
export const instanceTransitions: Record<InstanceState, readonly InstanceState[]> = {
  creating: ['stopped', 'starting', 'running', 'deleting', 'unknown', 'lost'],
  stopped: ['starting', 'running', 'deleting', 'unknown', 'lost'],
  starting: ['running', 'stopped', 'unknown', 'lost'],
  running: ['stopping', 'stopped', 'rebooting', 'deleting', 'unknown', 'lost'],
  stopping: ['stopped', 'running', 'unknown', 'lost'],
  rebooting: ['running', 'stopped', 'unknown', 'lost'],
  deleting: ['stopped', 'running', 'unknown', 'lost'],
  unknown: ['stopped', 'running', 'deleting', 'starting', 'stopping', 'rebooting', 'creating', 'lost'],
  lost: ['deleting'],
};

export function mayMove(from: InstanceState, to: InstanceState): boolean {
  return instanceTransitions[from].includes(to);
}

/** An operation works on it; the state will change by itself. */
export const transientStates = [
  'creating',
  'starting',
  'stopping',
  'rebooting',
  'deleting',
] as const satisfies readonly InstanceState[];
export type TransientState = (typeof transientStates)[number];

/** What the newest order that was not taken back wants of it. What its node reports never changes that. */
export const wantedStates = ['running', 'stopped', 'deleted'] as const;
export type WantedState = (typeof wantedStates)[number];

export const instanceActions = [
  'start',
  'stop',
  'kill',
  'reboot',
  'reset',
  'delete',
  'rename',
  'display',
  'serial',
  'screenshot',
] as const;
export type InstanceAction = (typeof instanceActions)[number];

const allowedStates: Record<InstanceAction, readonly InstanceState[]> = {
  start: ['stopped'],
  stop: ['running'],
  kill: ['running', 'stopping', 'rebooting'],
  reboot: ['running'],
  reset: ['running'],
  delete: ['stopped', 'running', 'lost'],
  rename: ['stopped', 'running', 'starting', 'stopping', 'rebooting', 'lost'],
  display: ['running', 'stopping', 'rebooting'],
  serial: ['running', 'stopping', 'rebooting'],
  screenshot: ['running', 'stopping', 'rebooting'],
};

/** The one question to ask before an action; shared by server, console and CLI. */
export function instanceCan(action: InstanceAction, state: InstanceState): boolean {
  return allowedStates[action].includes(state);
}

export function statesAllowing(action: InstanceAction): readonly InstanceState[] {
  return allowedStates[action];
}

/** Why an instance is not running; shown beside the state. */
export const stopReasons = [
  'never-started',
  'requested',
  'guest-shutdown',
  'killed',
  'crashed',
  'node-restarted',
  'launch-failed',
] as const;
export const stopReasonSchema = z.enum(stopReasons);
export type StopReason = z.infer<typeof stopReasonSchema>;
