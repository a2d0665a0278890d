/*
{
  "attempt": "Imports it by the newer name.",
  "expect": {"failure": "compile_error"}
}
*/
import * as os from "qjs:os";
export default async function handler(input, host) {
  return 1;
}
