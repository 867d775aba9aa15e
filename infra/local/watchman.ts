// Looks at the alarms every few seconds, and says in a plain line when one goes off or is over.
import type { AlarmChange } from './cloudwatch/alarms.ts';
import type { Control } from './control.ts';

const lookMs = 10_000;

/** That an alarm has begun to see data is no news. */
export const linesOf = ({ alarm, from, to, reason }: AlarmChange): string[] => {
  if (to === 'ALARM') return [`ALARM  ${alarm}: ${reason}`];
  return from === 'ALARM' ? [`over   ${alarm} is ${to}`] : [];
};

export const keepWatch = (control: Control, say: (line: string) => void): { stop: () => void } => {
  const timer = setInterval(() => {
    for (const line of control.look().flatMap(linesOf)) say(line);
  }, lookMs).unref();
  return { stop: () => clearInterval(timer) };
};
