/*
{
  "attempt": "Has a species hand native slice an array that is too small, detached, or the very array.",
  "expect": {"result": 16}
}
*/
export default async function handler(input, host) {
  const buffer = new ArrayBuffer(1 << 16, { maxByteLength: 1 << 16 });
  const array = new Uint8Array(buffer);
  let tried = 0;
  for (const species of [
    () => new Uint8Array(1),
    () => array,
    () => { const other = new Uint8Array(70000); other.buffer.transfer(); return other; },
    () => { buffer.resize(16); return new Uint8Array(70000); },
  ]) {
    array.constructor = { [Symbol.species]: function () { return species(); } };
    for (const call of [
      () => array.slice(0, 60000),
      () => array.map((x) => x),
      () => array.filter(() => true),
      () => array.subarray(1),
    ]) { try { call(); } catch (error) {} tried++; }
  }
  return tried;
}
