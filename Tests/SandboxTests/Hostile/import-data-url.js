/*
{
  "attempt": "Imports code from a data URL.",
  "expect": {"failure": "compile_error"}
}
*/
import injected from "data:text/javascript,export default 1";
export default async function handler(input, host) {
  return 1;
}
