/*
{
  "attempt": "Takes the host apart: it is frozen, and its functions hold nothing.",
  "grants": {"tools": ["echo"], "functions": ["converse", "log", "now", "random"]},
  "expect": {"result": [true, []]}
}
*/
export default async function handler(input, host) {
  const found = [];
  for (const name of Reflect.ownKeys(host)) {
    const value = host[name];
    for (const key of Reflect.ownKeys(value)) if (!["name", "length", "prototype"].includes(key)) found.push(key);
  }
  return [Object.isFrozen(host), found];
}
