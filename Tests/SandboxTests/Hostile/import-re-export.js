/*
{
  "attempt": "Exports all of another module again.",
  "expect": {"failure": "compile_error"}
}
*/
export * from "std";
export default async function handler(input, host) {
  return 1;
}
