/*
{
  "attempt": "Imports a module without a name.",
  "expect": {"failure": "compile_error"}
}
*/
import "";
export default async function handler(input, host) {
  return 1;
}
