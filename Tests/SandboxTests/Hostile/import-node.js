/*
{
  "attempt": "Imports a module of Node.",
  "expect": {"failure": "compile_error"}
}
*/
import { readFileSync } from "node:fs";
export default async function handler(input, host) {
  return 1;
}
