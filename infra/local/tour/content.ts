// What the tour configures: how a robot moves. The schema is what makes the bad configuration bad.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

export const filePath = 'motion/control.json';

export const schema = JSON.stringify(
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    required: ['max_speed', 'mode'],
    properties: {
      max_speed: { type: 'number', minimum: 0, maximum: 5 },
      mode: { enum: ['careful', 'normal', 'fast'] },
    },
    additionalProperties: false,
  },
  null,
  2,
);

/** `1.0` must arrive as `1.0`: content is text, and stays as it was written. */
export const careful = '{\n  "max_speed": 1.0,\n  "mode": "careful"\n}\n';
export const faster = '{\n  "max_speed": 2.50,\n  "mode": "normal"\n}\n';
export const bad = '{\n  "max_speed": "very",\n  "mode": "normal"\n}\n';

export const sha256 = (content: string | Uint8Array): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`;

/** Undefined where there is no such file. */
export const digestOf = (file: string): Promise<string | undefined> =>
  readFile(file).then(sha256, () => undefined);
