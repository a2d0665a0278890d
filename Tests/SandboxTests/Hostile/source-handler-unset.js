/*
{
  "attempt": "Exports a name as default that is never set.",
  "expect": {"failure": "compile_error"}
}
*/
export { later as default };
if (false) { var later = () => 1; }
