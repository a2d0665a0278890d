/*
{
  "attempt": "Imports a file by its URL.",
  "expect": {"failure": "compile_error"}
}
*/
import secrets from "file:///proc/self/environ";
export default async function handler(input, host) {
  return 1;
}
