// The code as it is.
import { decide } from '#domain/decide';
import type { Rules } from './bounds.ts';

export const rules: Rules = {
  decide,
  deviceFence: true,
  conditionalSave: true,
  settlesLeaving: true,
  sweeps: true,
};
