/*
{
  "attempt": "Measures time by anything that moves while it spins.",
  "expect": {"result": true}
}
*/
export default async function handler(input, host) {
  const sources = () => JSON.stringify([
    Date.now(),
    globalThis.performance?.now?.(),
    globalThis.performance?.timeOrigin,
    new Date().getMilliseconds(),
  ]);
  const before = sources();
  for (let i = 0; i < 300000; i++);
  return sources() === before;
}
