/*
{
  "attempt": "Returns at the top level, as a script within a function could.",
  "expect": {"failure": "compile_error"}
}
*/
return 1;
