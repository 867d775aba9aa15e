// What `npm start` can be told on the command line.
import { parseArgs } from 'node:util';
import { PlainError } from './plain-error.ts';

export type StartOptions = {
  port: number;
  mqttPort: number;
  fresh: boolean;
  devices: number;
  tour: boolean;
};

const known = {
  port: { type: 'string', default: '8080' },
  'mqtt-port': { type: 'string', default: '8883' },
  fresh: { type: 'boolean', default: false },
  devices: { type: 'string', default: '0' },
  'no-tour': { type: 'boolean', default: false },
} as const;

const usage =
  'npm start takes --port <number>, --mqtt-port <number>, --devices <number>, --fresh and --no-tour (after "--", as in: npm start -- --port 9090)';

const wholeNumber = (name: string, text: string, max: number): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  throw new PlainError(`--${name} must be a whole number from 0 to ${max}, and "${text}" is not.`);
};

const parsed = (args: readonly string[]) => {
  try {
    return parseArgs({ args: [...args], options: known, strict: true }).values;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split(/\. |\n/)[0] : String(error);
    throw new PlainError(`${reason}: ${usage}.`);
  }
};

export const startOptions = (args: readonly string[]): StartOptions => {
  const values = parsed(args);
  return {
    port: wholeNumber('port', values.port, 65_535),
    mqttPort: wholeNumber('mqtt-port', values['mqtt-port'], 65_535),
    fresh: values.fresh,
    devices: wholeNumber('devices', values.devices, 1000),
    tour: !values['no-tour'],
  };
};
