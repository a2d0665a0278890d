/*
{
  "attempt": "Logs everything that is no text.",
  "grants": {"functions": ["log"]},
  "expect": {"result": "logged"}
}
*/
export default async function handler(input, host) {
  host.log(
    undefined,
    null,
    NaN,
    -0,
    1n,
    Symbol("s"),
    () => 1,
    [1, [2]],
    { a: { b: 1 } },
    new Error("e"),
    new Map(),
    Object.create(null),
    new Date(0)
  );
  return "logged";
}
