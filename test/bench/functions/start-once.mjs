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
const answeredMs = performance.now();
const { user, system } = process.cpuUsage();
const rssMb = process.memoryUsage().rss / 1024 ** 2;
process.send({ loadedMs, answeredMs, cpuMs: (user + system) / 1000, rssMb }, () => process.exit(0));
