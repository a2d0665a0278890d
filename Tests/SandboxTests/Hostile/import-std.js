/*
{
  "attempt": "Imports the engine's standard module.",
  "expect": {"failure": "compile_error"}
}
*/
import * as std from "std";
export default async function handler(input, host) {
  return 1;
}
