/*
{
  "attempt": "Reads fresh buffers for what was in the memory before.",
  "expect": {"result": false}
}
*/
export default async function handler(input, host) {
  const bytes = [
    new Uint8Array(1 << 20),
    new Uint8Array(new ArrayBuffer(1 << 20)),
    new Uint8Array(new ArrayBuffer(16, { maxByteLength: 1 << 20 })),
  ];
  bytes[2].buffer.resize(1 << 20);
  bytes.push(new Uint8Array(new ArrayBuffer(8).transfer(1 << 20)));
  return bytes.some((list) => list.some((byte) => byte !== 0));
}
