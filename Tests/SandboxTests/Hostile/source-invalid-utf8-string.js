/*
{
  "attempt": "Has bytes within a string that are no UTF-8.",
  "bytes": {"@BAD@": {"hex": "ff"}},
  "expect": {"failure": "compile_error"}
}
*/
const text = "@BAD@";
export default () => 1;
