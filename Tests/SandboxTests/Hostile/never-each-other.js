/*
{
  "attempt": "Two promises wait for each other.",
  "expect": {"failure": "never_settles"}
}
*/
export default async function handler(input, host) {
  let first, second;
  first = (async () => { await null; await second; })();
  second = (async () => { await null; await first; })();
  await first;
}
