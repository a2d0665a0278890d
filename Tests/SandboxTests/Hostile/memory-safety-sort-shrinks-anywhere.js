/*
{
  "attempt": "Shrinks a buffer at each of many moments of a native sort of it.",
  "expect": {"result": 170}
}
*/
export default async function handler(input, host) {
  let moments = 0;
  for (let at = 1; at < 2200; at += 13) {
    const buffer = new ArrayBuffer(256, { maxByteLength: 2560 }), array = new Uint8Array(buffer);
    for (let i = 0; i < 256; i++) array[i] = i;
    array[255] = 0;
    let count = 0;
    try { array.sort((a, b) => { if (++count === at) buffer.resize(10); return a - b; }); } catch (error) {}
    moments++;
  }
  return moments;
}
