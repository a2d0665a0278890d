/*
{
  "attempt": "Logs what throws when it is read.",
  "grants": {"functions": ["log"]},
  "expect": {"result": "went on"}
}
*/
export default async function handler(input, host) {
  let caught = 0;
  for (const value of [
    { toJSON() { throw 1; } },
    new Proxy({}, { ownKeys() { throw 2; }, get() { throw 3; } }),
    { toString() { throw 4; }, get a() { throw 5; } },
  ]) { try { host.log(value); } catch (error) { caught++; } }
  return "went on";
}
