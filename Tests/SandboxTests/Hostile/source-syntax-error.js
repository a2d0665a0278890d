/*
{
  "attempt": "Is no JavaScript.",
  "expect": {"failure": "compile_error"}
}
*/
export default async function handler(input, host) { return ; ;; } }
