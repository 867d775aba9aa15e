// Functions for tests: a few lines of JavaScript, run as the local cloud runs a bundle.
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FunctionConfig } from '#infra/local/lambda/execution-environment';
import { type LocalFunction, startFunction } from '#infra/local/lambda/local-function';
import { testFolder, writeIn } from './folder.ts';

export type Given = Partial<Omit<FunctionConfig, 'handlerFile' | 'log'>>;

export type Started = LocalFunction & { lines: string[] };

export const givenFunction = (source: string, given: Given = {}): Started => {
  const folder = testFolder();
  writeIn(folder, { 'index.mjs': source });
  const lines: string[] = [];
  const started = startFunction({
    handlerFile: join(folder, 'index.mjs'),
    handlerName: 'handler',
    functionName: 'example',
    functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:example',
    memoryMb: 128,
    timeoutMs: 5000,
    environment: {},
    concurrencyMax: 4,
    log: (line) => lines.push(line),
    ...given,
  });
  onTestFinished(() => started.stop());
  return { ...started, lines };
};
