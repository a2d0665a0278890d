/*
{
  "attempt": "Looks for timers.",
  "expect": {"result": []}
}
*/
export default async function handler(input, host) {
  return [
    "setTimeout", "setInterval", "setImmediate", "clearTimeout", "requestAnimationFrame", "scheduler",
  ].filter((name) => name in globalThis);
}
