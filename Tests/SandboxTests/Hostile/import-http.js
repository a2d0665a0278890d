/*
{
  "attempt": "Imports code from the network.",
  "expect": {"failure": "compile_error"}
}
*/
import injected from "https://localhost/injected.js";
export default async function handler(input, host) {
  return 1;
}
