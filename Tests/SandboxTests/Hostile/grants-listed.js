/*
{
  "attempt": "Is granted three things, and looks for more, along the prototypes and by symbol too.",
  "grants": {"tools": ["echo"], "functions": ["log", "now"]},
  "expect": {"result": ["callTool", "log", "now"]}
}
*/
export default async function handler(input, host) {
  const names = [];
  for (let object = host; object && object !== Object.prototype; object = Object.getPrototypeOf(object)) names.push(...Reflect.ownKeys(object).map(String));
  return names.sort();
}
