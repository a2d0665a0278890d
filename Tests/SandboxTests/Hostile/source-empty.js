/*
{
  "attempt": "Is empty but for its comment.",
  "expect": {"failure": "compile_error"}
}
*/

