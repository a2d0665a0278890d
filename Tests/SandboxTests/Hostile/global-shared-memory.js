/*
{
  "attempt": "Makes memory that threads could share.",
  "expect": {"result": "absent"}
}
*/
export default async function handler(input, host) {
  if (typeof SharedArrayBuffer === "undefined") return "absent";
  return new SharedArrayBuffer(8).byteLength;
}
