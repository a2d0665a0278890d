/*
{
  "attempt": "Exports a number as its handler.",
  "expect": {"failure": "compile_error"}
}
*/
export default 42;
