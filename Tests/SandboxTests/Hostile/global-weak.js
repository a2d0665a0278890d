/*
{
  "attempt": "Looks for what tells when memory is collected, which no replay could repeat.",
  "expect": {"result": []}
}
*/
export default async function handler(input, host) {
  return ["WeakRef", "FinalizationRegistry"].filter((name) => name in globalThis);
}
