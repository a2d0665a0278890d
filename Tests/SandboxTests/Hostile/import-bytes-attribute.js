/*
{
  "attempt": "Imports a file as bytes.",
  "expect": {"failure": "compile_error"}
}
*/
import secrets from "/proc/self/mem" with { type: "bytes" };
export default async function handler(input, host) {
  return 1;
}
