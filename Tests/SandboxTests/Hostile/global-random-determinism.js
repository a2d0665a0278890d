/*
{
  "attempt": "Draws random numbers: a second run with the same seed draws the same.",
  "grants": {"functions": ["random"]},
  "twice": true,
  "expect": {"anyResult": true}
}
*/
export default async function handler(input, host) {
  return [Math.random(), Math.random(), host.random(), Math.random()];
}
