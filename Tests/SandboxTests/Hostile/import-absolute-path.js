/*
{
  "attempt": "Imports a file by its path, for effect alone.",
  "expect": {"failure": "compile_error"}
}
*/
import "/etc/passwd";
export default async function handler(input, host) {
  return 1;
}
