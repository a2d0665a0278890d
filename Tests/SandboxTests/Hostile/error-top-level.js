/*
{
  "attempt": "Throws while the module is evaluated.",
  "expect": {"failure": "threw", "message": "while loading"}
}
*/
throw new Error("while loading");
export default async function handler(input, host) {
  return 1;
}
