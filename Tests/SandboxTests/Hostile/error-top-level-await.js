/*
{
  "attempt": "Is rejected while the module is evaluated.",
  "expect": {"failure": "threw", "message": "while loading"}
}
*/
await Promise.reject(new Error("while loading"));
export default async function handler(input, host) {
  return 1;
}
