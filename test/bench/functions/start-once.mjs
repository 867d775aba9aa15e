// A fresh process that loads one bundle, answers one event, and says how long that took: started by cold-start.ts, as Lambda starts one.
const [file, event] = process.argv.slice(2);
const { handler } = await import(file);
const loadedMs = performance.now();
const context = {
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'bench',
  awsRequestId: 'bench',
  getRemainingTimeInMillis: () => 1000,
};
// What it answers does not matter here, only that it does.
await handler(JSON.parse(event), context).catch(() => {});
process.send({ loadedMs, answeredMs: performance.now(), rssMb: process.memoryUsage().rss / 1024 ** 2 }, () =>
  process.exit(0),
);
