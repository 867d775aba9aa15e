// Times as Humanitec writes them: UTC, to the millisecond.

export const time = (ms: number): string => new Date(ms).toISOString();
