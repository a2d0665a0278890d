/*
{
  "attempt": "Looks for what import.meta tells of the machine.",
  "expect": {"result": []}
}
*/
export default async function handler(input, host) {
  return Object.keys(import.meta).filter((key) => /\//.test(String(import.meta[key])));
}
