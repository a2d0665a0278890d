/*
{
  "attempt": "Imports a file as text.",
  "expect": {"failure": "compile_error"}
}
*/
import secrets from "/proc/self/maps" with { type: "text" };
export default async function handler(input, host) {
  return 1;
}
