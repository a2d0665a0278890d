/*
{
  "attempt": "Reads a view beyond a buffer that shrank while its index was read.",
  "expect": {"result": "TypeError"}
}
*/
export default async function handler(input, host) {
  const buffer = new ArrayBuffer(4096, { maxByteLength: 4096 }), view = new DataView(buffer);
  try {
    view.getFloat64({ valueOf() { buffer.resize(0); return 4000; } });
    return "read";
  } catch (error) { return error.name; }
}
