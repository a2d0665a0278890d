/*
{
  "attempt": "Awaits a promise that is resolved with itself, and hears of its rejection nowhere.",
  "expect": {"failure": "never_settles"}
}
*/
export default async function handler(input, host) {
  const promise = (async () => { await null; return promise; })();
  await new Promise((resolve) => promise.then(resolve));
}
