/*
{
  "attempt": "Awaits such a promise while the module is evaluated.",
  "expect": {"failure": "never_settles"}
}
*/
await new Promise(() => {});
export default async function handler(input, host) {
  return 1;
}
