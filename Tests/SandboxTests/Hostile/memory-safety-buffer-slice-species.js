/*
{
  "attempt": "Has a species hand the slice of a buffer another one that is resized, detached, or the same.",
  "expect": {"result": 4}
}
*/
export default async function handler(input, host) {
  const buffer = new ArrayBuffer(4096, { maxByteLength: 8192 });
  let tried = 0;
  for (const species of [
    () => buffer,
    () => new ArrayBuffer(1),
    () => { const other = new ArrayBuffer(8192); other.transfer(); return other; },
    () => { buffer.resize(8); return new ArrayBuffer(8192); },
  ]) {
    buffer.constructor = { [Symbol.species]: function () { return species(); } };
    try { buffer.slice(0, 4096); } catch (error) {}
    tried++;
  }
  return tried;
}
