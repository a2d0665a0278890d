/*
{
  "attempt": "Exports functions, but no default.",
  "expect": {"failure": "compile_error"}
}
*/
export async function handler(input, host) { return 1; }
