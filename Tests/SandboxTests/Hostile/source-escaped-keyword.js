/*
{
  "attempt": "Writes a keyword by an escape.",
  "expect": {"failure": "compile_error"}
}
*/
export d\u0065fault () => 1;
