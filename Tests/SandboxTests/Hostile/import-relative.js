/*
{
  "attempt": "Imports a neighbour.",
  "expect": {"failure": "compile_error"}
}
*/
import neighbour from "./neighbour.js";
export default async function handler(input, host) {
  return 1;
}
