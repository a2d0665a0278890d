/*
{
  "attempt": "Reads an async iterator that never ends.",
  "limits": {"cpuMilliseconds": 60},
  "expect": {"failure": "cpu_limit"}
}
*/
export default async function handler(input, host) {
  const stream = { [Symbol.asyncIterator]() { return { next: async () => ({ done: false, value: 1 }) }; } };
  for await (const _ of stream);
}
