/*
{
  "attempt": "Shrinks a buffer in the prototype getter of new.target, between the check of its bounds and its use.",
  "expect": {"result": true}
}
*/
export default async function handler(input, host) {
  const buffer = new ArrayBuffer(1 << 16, { maxByteLength: 1 << 16 });
  const target = function () {}.bind();
  Object.defineProperty(target, "prototype", { get() { buffer.resize(16); return Float64Array.prototype; } });
  const made = [];
  for (const given of [
    [buffer], [buffer, 8], [buffer, 0, 8000], [new Float64Array(buffer)], [new Uint8Array(buffer)],
  ]) {
    buffer.resize(1 << 16);
    try { made.push(Reflect.construct(Float64Array, given, target)); } catch (error) {}
  }
  return made.every((array) => { for (let i = 0; i < 8192; i += 64) { array[i]; array[i] = 1.5; } return true; });
}
