/*
{
  "attempt": "Imports a native library, which the engine's own loader would open.",
  "expect": {"failure": "compile_error"}
}
*/
import native from "./libc.so.6";
export default async function handler(input, host) {
  return 1;
}
