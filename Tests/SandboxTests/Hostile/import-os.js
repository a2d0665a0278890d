/*
{
  "attempt": "Imports the engine's module of the operating system.",
  "expect": {"failure": "compile_error"}
}
*/
import { exec } from "os";
export default async function handler(input, host) {
  return 1;
}
