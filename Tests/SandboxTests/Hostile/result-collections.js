/*
{
  "attempt": "Returns what JSON knows nothing of.",
  "expect": {"result": [{}, {}, {}, "1970-01-01T00:00:00.000Z", {"0": 0, "1": 0}, {}, {"shown": 2}]}
}
*/
export default async function handler(input, host) {
  return [
    new Map([[1, 2]]),
    new Set([1]),
    /x/g,
    new Date(0),
    new Uint8Array(2),
    Object.create({ inherited: 1 }),
    new (class { #hidden = 1; shown = 2; })(),
  ];
}
