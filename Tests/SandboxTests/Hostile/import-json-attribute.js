/*
{
  "attempt": "Imports a file as JSON, by an import attribute.",
  "expect": {"failure": "compile_error"}
}
*/
import secrets from "/proc/self/status" with { type: "json" };
export default async function handler(input, host) {
  return 1;
}
