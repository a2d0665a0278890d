/*
{
  "attempt": "Uses shared memory, where a clear error says that there is none.",
  "expect": {"failure": "threw"}
}
*/
export default async function handler(input, host) {
  return new SharedArrayBuffer(8).byteLength;
}
