export const tour = async (_cloud: unknown, _options: unknown): Promise<void> => {};
