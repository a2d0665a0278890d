/*
{
  "attempt": "Awaits the second value of an async generator that waits for its consumer.",
  "expect": {"failure": "never_settles"}
}
*/
export default async function handler(input, host) {
  async function* source() { yield 1; await new Promise(() => {}); yield 2; }
  for await (const _ of source());
}
