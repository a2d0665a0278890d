/*
{
  "attempt": "Awaits a promise that nothing resolves.",
  "expect": {"failure": "never_settles"}
}
*/
export default async function handler(input, host) {
  await new Promise(() => {});
}
